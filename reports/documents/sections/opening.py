"""The first sentence: who reports on what, as of when."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now

from reports.documents import wording
from reports.documents.blocks import Writer
from reports.documents.figures import days
from reports.documents.section import Report, Section


def texts() -> Mapping[str, str]:
    return {"opening": _now("Opening")}


def write(to: Writer, report: Report) -> None:
    to.text(report.text("opening") or sentence(report))


def sentence(report: Report) -> str:
    figures = report.figures
    return (
        f"{report.letterhead.issuer_and_area} báo cáo kết quả thực hiện "
        f"{wording.inside(wording.span_name(figures))} "
        f"({days(figures)}), số liệu đến hết ngày {_day(figures['as_of'])}, như sau:"
    )


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"


SECTION = Section(write, texts=texts)
