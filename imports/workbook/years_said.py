"""The years that a workbook names: in the lines above a table, its sheets' names, its headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.values.text import fold, squash

from .header import Header
from .model import Kind, Sheet

_FISCAL = re.compile(
    r"\b(?:nam tai chinh|nam tc|nam hoc|fy|fiscal year)[ :.]*(20[0-9]{2}|[0-9]{2})"
    r"(?: ?[-–/] ?(20[0-9]{2}|[0-9]{2}))?\b"
)
_SPAN = re.compile(
    r"\b([0-9]{1,2})/([0-9]{1,2})/(20[0-9]{2}) ?(?:-|–|—|den|toi) ?(?:ngay )?"
    r"([0-9]{1,2})/([0-9]{1,2})/(20[0-9]{2})\b"
)
_CALENDAR = re.compile(
    r"(?<!thang [0-9] )(?<!thang [0-9]{2} )(?<!hoc )\bnam (20[0-9]{2})(?: ?[-–/] ?(20[0-9]{2}))?\b"
)
_SHEET = re.compile(r"(?<![0-9/.])(20[0-9]{2})(?![0-9/.])")
_OTHER_PAPERS = re.compile(r"^\(?(?:can cu|kem theo|ban hanh|theo)\b|quyet dinh|giai doan")


@dataclass(frozen=True)
class YearSaid:
    """A year named in the file: a fiscal one, a calendar one, or the days it spans."""

    sheet: str
    row: int | None
    text: str
    fiscal: int | None = None
    calendar: int | None = None
    span: tuple[date, date] | None = None
    is_header: bool = False
    is_plan: bool = False

    def agrees(self, code: str, start: date, end: date) -> bool:
        """Is it the fiscal year with this code and these days?"""
        if self.span:
            return start <= self.span[0] and self.span[1] <= end
        if self.fiscal:
            return str(self.fiscal) == code
        return str(self.calendar) == code or (
            not self.is_plan and self.calendar in (start.year, end.year)
        )


def years_said(sheet: Sheet, header: Header, kind: Kind) -> Iterator[YearSaid]:
    """All years named around one table."""
    for text, year in header.years:
        yield YearSaid(sheet.name, header.last, text, fiscal=year, is_header=True)
    for number, cells in sorted(sheet.rows.items()):
        if number >= header.first:
            break
        for value in cells.values():
            if isinstance(value, str) and (said := _in_text(sheet.name, number, value, kind)):
                yield said
    name = fold(sheet.name)
    if found := _fiscal(name):
        yield YearSaid(sheet.name, None, sheet.name, fiscal=found)
    elif found_year := _SHEET.search(name):
        plan = kind == "plan"
        yield YearSaid(sheet.name, None, sheet.name, calendar=int(found_year[1]), is_plan=plan)


def _in_text(sheet: str, row: int, value: str, kind: Kind) -> YearSaid | None:
    text, plain = squash(value), fold(value)
    if span := _span(plain):
        return YearSaid(sheet, row, text, span=span)
    if year := _fiscal(plain):
        return YearSaid(sheet, row, text, fiscal=year)
    found = _CALENDAR.search(plain)
    if found and not _OTHER_PAPERS.search(plain):
        year = int(found[2] or found[1])
        return YearSaid(sheet, row, text, calendar=year, is_plan=kind == "plan")
    return None


def _fiscal(plain: str) -> int | None:
    """2023 of 'năm tài chính 2023', 'FY22-23', 'năm tài chính 2022–2023'."""
    found = _FISCAL.search(plain)
    return int(found[2] or found[1]) % 100 + 2000 if found else None


def _span(plain: str) -> tuple[date, date] | None:
    if found := _SPAN.search(plain):
        numbers = [int(number) for number in found.groups()]
        try:
            return date(*reversed(numbers[:3])), date(*reversed(numbers[3:]))  # type: ignore[arg-type]
        except ValueError:
            return None
    return None
