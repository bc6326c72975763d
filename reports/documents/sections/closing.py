"""The last sentence of a report."""

from reports.documents import wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section


def write(to: Writer, report: Report) -> None:
    span = wording.inside(wording.span_name(report.figures))
    issuer = report.letterhead.issuer
    to.say(
        f"Trên đây là báo cáo kết quả thực hiện {span} của {issuer}",
        f"This is the report on {span} of {issuer}",
    )


SECTION = Section(write)
