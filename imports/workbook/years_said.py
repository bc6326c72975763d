"""The years that a workbook names: in the lines above a table, its sheets' names, its headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.values.text import fold, squash

from .header import Header
from .model import Kind, Sheet

_FISCAL = re.compile(
    r"\b(?:nam tai chinh|nam tc|nam hoc|nien do|nien khoa|nam ngan sach|fy|fiscal year)"
    r"[ :.'’]*(20[0-9]{2}|[0-9]{2})"
    r"(?: ?[-–/] ?(20[0-9]{2}|[0-9]{2}))?\b"
)
_SPAN = re.compile(
    r"\b([0-9]{1,2})/([0-9]{1,2})/(20[0-9]{2}) ?(?:-|–|—|den|toi) ?(?:ngay )?"
    r"([0-9]{1,2})/([0-9]{1,2})/(20[0-9]{2})\b"
)
_MONTHS = re.compile(
    r"(?<![0-9/.])(?:thang )?(1[0-2]|0?[1-9])[/.](20[0-9]{2}) ?(?:-|–|—|den|toi)(?: het)? ?"
    r"(?:thang )?(1[0-2]|0?[1-9])[/.](20[0-9]{2})(?![0-9/.])"
)
_MONTH = re.compile(r"(?<!den )(?<!den het )\bthang (1[0-2]|0?[1-9])(?: nam |[/.-])(20[0-9]{2})\b")
_QUARTER = re.compile(r"\bquy (?:iv|i{1,3}|[1-4])(?: nam |[/.-])(20[0-9]{2})\b")
_BARE = re.compile(r"(?<![0-9/.,\-])(20[0-9]{2})(?: ?[-–/] ?(20[0-9]{2}))?(?![0-9/.,\-])")
_TITLE = re.compile(
    r"\b(?:ke hoach|du toan|ngan sach|bao cao|giai ngan|bang ke|danh sach|tong hop|plan|budget|"
    r"report|disbursements?|trainings?)\b"
)
_CALENDAR = re.compile(
    r"(?<!thang [0-9] )(?<!thang [0-9]{2} )(?<!hoc )\bnam (20[0-9]{2})(?: ?[-–/] ?(20[0-9]{2}))?\b"
)
_SHEET = re.compile(r"(?<![0-9/.])(20[0-9]{2})(?![0-9/.])")
_A_DAY = re.compile(r"\bngay [0-9]")
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
    if _OTHER_PAPERS.search(plain):
        return None
    if kind != "plan" and not _A_DAY.search(plain) and (found := _MONTH.search(plain)):
        year, month = int(found[2]), int(found[1])
        return YearSaid(sheet, row, text, span=_of_months(year, month, year, month))
    if found := _CALENDAR.search(plain) or (_TITLE.search(plain) and _years_of_title(plain)):
        year = int(found[2] or found[1])
        return YearSaid(sheet, row, text, calendar=year, is_plan=kind == "plan")
    if kind != "plan" and (found := _QUARTER.search(plain)):
        return YearSaid(sheet, row, text, calendar=int(found[1]))
    return None


def _years_of_title(plain: str) -> re.Match[str] | None:
    """'KẾ HOẠCH 2024', 'PLAN 2023-2024'; not the years of a programme of several."""
    found = [] if _A_DAY.search(plain) else list(_BARE.finditer(plain))
    spans = [int(match[2] or match[1]) - int(match[1]) for match in found]
    return found[0] if len(found) == 1 and 0 <= spans[0] <= 1 else None


def _of_months(year: int, month: int, last_year: int, last: int) -> tuple[date, date]:
    """The first day of a month, the last one of another."""
    after = date(last_year + last // 12, last % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def _fiscal(plain: str) -> int | None:
    """2023 of 'năm tài chính 2023', 'FY22-23', 'năm tài chính 2022–2023'."""
    found = _FISCAL.search(plain)
    return int(found[2] or found[1]) % 100 + 2000 if found else None


def _span(plain: str) -> tuple[date, date] | None:
    if found := _MONTHS.search(plain):
        month, year, last, last_year = (int(number) for number in found.groups())
        return _of_months(year, month, last_year, last)
    if found := _SPAN.search(plain):
        numbers = [int(number) for number in found.groups()]
        try:
            return date(*reversed(numbers[:3])), date(*reversed(numbers[3:]))  # type: ignore[arg-type]
        except ValueError:
            return None
    return None
