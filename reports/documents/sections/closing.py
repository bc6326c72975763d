"""The last sentence of a report."""

from reports.documents import wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section


def write(to: Writer, report: Report) -> None:
    span = wording.inside(wording.span_name(report.figures))
    to.text(f"Trên đây là báo cáo kết quả thực hiện {span} của {report.letterhead.issuer}")


SECTION = Section(write)
