"""Which fiscal year a workbook is about, when nobody says."""

import re
from collections import Counter
from typing import NamedTuple

from core.values.text import fold
from imports.workbook import Reading
from programs.models import FiscalYear

TITLE = re.compile(r"(?:nam tai chinh|nam tc|fy|fiscal year)\s*:?\s*(20[0-9]{2})")
DATE_FIELDS = ("date", "start")

CHOSEN, SAID, DATES, CORRECTED = "chosen", "said", "dates", "corrected"  # how a year is known


class YearFound(NamedTuple):
    """A fiscal year, how it is known, and the words or place that say it."""

    year: FiscalYear | None
    known: str = ""
    text: str = ""
    sheet: str | None = None
    row: int | None = None

    def as_dict(self) -> dict[str, object]:
        code = self.year.code if self.year else None
        return {"code": code, **{name: getattr(self, name) for name in self._fields[1:]}}


def guess_year(reading: Reading) -> YearFound:
    """By what the workbook says: above its tables, in a sheet's name, in its headings ("năm tài
    chính 2023", "FY2023", the days it spans), else the year most of the rows' dates lie in, else
    for a plan the calendar year in its title."""
    codes = Counter(code for text in reading.titles for code in TITLE.findall(fold(text)))
    years = list(FiscalYear.objects.all())
    for code, _count in codes.most_common(1):
        said = [one for one in reading.years if code in TITLE.findall(fold(one.text))]
        for one in sorted(said, key=lambda one: one.row is None):
            return YearFound(_with_code(years, code), SAID, one.text[:120], one.sheet, one.row)
        return YearFound(_with_code(years, code), SAID)
    if found := _agreed_year(reading, years):
        return found
    days = [row.values[f] for row in reading.rows for f in DATE_FIELDS if row.values.get(f)]
    by_day = Counter(next((y.pk for y in years if d in y), None) for d in days)
    by_day.pop(None, None)
    if by_day:
        pk = by_day.most_common(1)[0][0]
        return YearFound(next(year for year in years if year.pk == pk), DATES)
    if found := _agreed_year(reading, years, is_calendar=True):
        return found
    return YearFound(None)


def _agreed_year(
    reading: Reading, years: list[FiscalYear], *, is_calendar: bool = False
) -> YearFound | None:
    """The one year that all its lines and headings agree on."""
    for year in years:
        said = [one for one in reading.years if is_calendar or not one.calendar]
        if said and all(one.agrees(year.code, year.start, year.end) for one in said):
            one = said[0]
            if not is_calendar or one.is_plan:
                return YearFound(year, SAID, one.text[:120], one.sheet, one.row)
    return None


def _with_code(years: list[FiscalYear], code: str) -> FiscalYear | None:
    return next((year for year in years if year.code == code), None)
