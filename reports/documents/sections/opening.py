"""The first sentence: who reports on what, as of when."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now

from reports.documents import wording
from reports.documents.blocks import Writer
from reports.documents.figures import days
from reports.documents.section import Report, Section
from reports.documents.wording import say


def texts() -> Mapping[str, str]:
    return {"opening": _now("Opening")}


def write(to: Writer, report: Report) -> None:
    to.text(report.text("opening") or sentence(report))


def sentence(report: Report) -> str:
    figures = report.figures
    issuer, span = report.letterhead.issuer_and_area, wording.span_name(figures)
    as_of = _day(figures["as_of"])
    return say(
        f"{issuer} báo cáo kết quả thực hiện {wording.inside(span)} "
        f"({days(figures)}), số liệu đến hết ngày {as_of}, như sau:",
        f"{issuer} reports on {wording.inside(span)} ({days(figures)}), "
        f"figures up to {as_of}, as follows:",
    )


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"


def suggest(report: Report) -> Mapping[str, str]:
    return {"opening": sentence(report)}


SECTION = Section(write, texts=texts, suggest=suggest)
