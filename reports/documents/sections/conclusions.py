"""What a meeting concluded: as a list in its minutes, numbered in the notice."""

from reports.documents.blocks import Writer
from reports.documents.meetings import items
from reports.documents.section import Report, Section


def write(to: Writer, report: Report) -> None:
    to.section("Kết luận")
    items(to, report.figures["meeting"]["conclusions"])


def write_numbered(to: Writer, report: Report) -> None:
    conclusions = report.figures["meeting"]["conclusions"]
    for number, line in enumerate(conclusions, start=1):
        to.text(f"{number}. {line}")
    if not conclusions:
        to.text("Chưa ghi nhận kết luận.")


OF_MEETING = Section(write)
NUMBERED = Section(write_numbered)
