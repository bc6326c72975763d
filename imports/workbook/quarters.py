"""Quarters and months by what they say: Quý III/2022 (7–9/2022) is quarter I of fiscal year 2023.

The fiscal year begins in July. A quarter is one of the fiscal year or of the calendar's; where both
stay possible it is asked, never chosen.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from core.values.text import fold, squash

from .fields import QUARTERS

if TYPE_CHECKING:
    from .header import Header

FIRST_MONTH = 7
MONTHS = {f"m{number}": number for number in range(1, 13)}
QUARTER_NAMES = frozenset(QUARTERS)

_QUARTER = re.compile(
    r"^(?:kehoach|kh|dutoan|dt|ngansach|kinhphi|von|sotien|plan|planned|budget)*"
    r"(?:quy|q|quarter|qtr)(iv|iii|ii|i|[1-4])"
    r"(?:(?:nam|fy|nam?tc|namtaichinh)?(?:20)?[0-9]{2})?"
    r"(?:(?:tu)?thang[0-9]{1,2}(?:(?:den|thang|va)*[0-9]{1,8})*)?$"
)
_ORDINAL = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
ORDINALS = frozenset((*_ORDINAL, "1", "2", "3", "4"))
_QUARTER_IN_LINE = re.compile(r"\bquy (iv|iii|ii|i|[1-4])\b([^;.]{0,40})")
_NAMES = "january february march april may june july august september october november december"
_MONTH_OF = {name[: length]: number for number, name in enumerate(_NAMES.split(), 1)
             for length in (3, len(name))}  # fmt: skip
_MONTH = re.compile(
    rf"^(?:(?:kehoach|kh)?(?:thang|th|t)(1[0-2]|0?[1-9])(?:nam)?(?:20[0-9]{{2}})?"
    rf"|({'|'.join(_MONTH_OF)})(?:20[0-9]{{2}}|[0-9]{{2}})?)$"
)
_SPAN = re.compile(
    r"\b(?:thang |t)?(1[0-2]|0?[1-9])(?:/(20[0-9]{2}))?\s*(?:-|–|—|den|toi|to)\s*"
    r"(?:thang |t)?(1[0-2]|0?[1-9])(?:\s*(?:/|nam )\s*(20[0-9]{2}))?\b(?![0-9/])"
)
_LIST = re.compile(
    r"\b(?:thang |t)?(1[0-2]|0?[1-9]), ?(?:t)?(1[0-2]|0?[1-9]),? ?(?:va )?t?(1[0-2]|0?[1-9])\b"
)
_MONTH_NAME = re.compile(rf"\b({'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\b\.?")
_CALENDAR = re.compile(r"\bduong lich\b|\bcalendar (?:year|quarter)s?\b")
_FISCAL = re.compile(r"\b(?:fy|nam tai chinh|nam tc)\.? ?(20[0-9]{2}|[0-9]{2})\b")
_TWO_YEARS = re.compile(r"(?<![0-9/])20[0-9]{2} ?[-–/] ?(20[0-9]{2})(?![0-9])")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])|(?:[/.'’]|(?<=[a-z])-)([0-9]{2})(?![0-9/])")


def quarter_or_month(keys: Iterable[str]) -> tuple[str, bool] | None:
    """The quarter as it is called ('Quý III' → q3), or the month, that a folded header names."""
    for key in keys:
        if found := _MONTH.match(key):
            number = int(found[1]) if found[1] else _MONTH_OF[found[2]]
            return f"m{number}", True
        if found := _QUARTER.match(key):
            return f"q{_ORDINAL.get(found[1]) or found[1]}", True
    return None


class QuarterHeading(NamedTuple):
    """What the headings of a quarter's column say."""

    number: int  # as it is called
    year: int | None
    is_fiscal: bool  # the year is said to be a fiscal one
    months: int | None  # the first of its months, where they are named
    text: str


def fiscal_quarter_of(month: int) -> int:
    return (month - FIRST_MONTH) % 12 // 3 + 1


def fiscal_year_of(month: int, year: int) -> int:
    return year + (month >= FIRST_MONTH)


def settle_quarters(header: "Header", lines_around: Callable[[], Iterable[str]]) -> None:
    """Put the columns of quarters and months where they belong in the fiscal year."""
    if any(name in header.columns for name in MONTHS):
        _settle_months(header)
    named = {
        n: header.columns[n] for n in QUARTERS if n in header.columns and n not in header.months
    }
    if not (named or header.months) and "year" in header.columns:
        _note_year(header)
    if len(named) < 4 or header.months:
        return
    said = {n: _year_and_months(int(n[1]), header.paths[column]) for n, column in named.items()}
    texts = [text for column in named.values() for text in header.paths[column]]
    try:
        around = [fold(text) for text in lines_around()]
        if any(_CALENDAR.search(text) for text in [*map(fold, texts), *around]) or any(
            _says_other_months(text) for text in around
        ):
            _refuse_unless_dated(said.values())
        meant = _quarter_numbers(
            list(said.values()), [c for _c, c in sorted((c, n) for n, c in named.items())]
        )
    except Unclear as problem:
        header.unclear = str(problem)
        return
    for (_name, column), quarter in zip(named.items(), meant, strict=True):
        header.columns[f"q{quarter}"] = column
    header.years += list(_years(said.values(), meant))


class Unclear(ValueError):
    """The quarters can be read in two ways."""


def _says_other_months(text: str) -> bool:
    """A line such as 'Quý I: tháng 1–3', which is not the fiscal year's quarter I."""
    for found in _QUARTER_IN_LINE.finditer(text):
        months = _months(found[2])
        if months and fiscal_quarter_of(months[0]) != int(_ORDINAL.get(found[1]) or found[1]):
            return True
    return False


def _refuse_unless_dated(said: Iterable[QuarterHeading]) -> None:
    """Where the file speaks of the calendar, each quarter must say its months or its year."""
    if not all(quarter.months or quarter.year for quarter in said):
        raise Unclear(_ambiguous_message())


def _note_year(header: "Header") -> None:
    """The year in the heading of the one column for the year: 'Kế hoạch năm 2024'."""
    path = header.paths[header.columns["year"]]
    for text in (fold(text) for text in reversed(path)):
        years = sorted({int(year) for year in re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", text)})
        if found := _FISCAL.search(text):
            years = [*years, int(found[1]) % 100 + 2000]
        if years and years[-1] - years[0] <= 1:
            header.years.append((squash(" > ".join(path)), years[-1]))
            return


def _settle_months(header: "Header") -> None:
    """Twelve month columns make the quarters, unless columns of their own do."""
    columns = {MONTHS[n]: header.columns.pop(n) for n in list(header.columns) if n in MONTHS}
    if any(name in header.columns or name in header.doubled for name in QUARTERS):
        return
    texts = {month: " ".join(header.paths[column]) for month, column in columns.items()}
    years = {month: year for month, text in texts.items() if (year := _year_in(fold(text)))}
    order = [month for _column, month in sorted((c, m) for m, c in columns.items())]
    is_calendar = order == list(range(1, 13))
    own = (_year_in(fold(header.paths[column][-1])) for column in columns.values())
    if not is_calendar and not any(own) and len(set(years.values())) == 1:
        header.years.append(
            (squash(" > ".join(header.paths[next(iter(columns.values()))])), years.popitem()[1])
        )
        years = {}  # 'Kế hoạch năm tài chính 2023' over July to June
    if is_calendar and not years:
        text = _("The months run from 1 to 12. Write each with its year: “Tháng 7/2022”.")
        header.unclear = text
    for quarter in range(1, 5):
        months = [m for m in columns if fiscal_quarter_of(m) == quarter]
        if len(months) == 3:
            header.months[f"q{quarter}"] = sorted(columns[m] for m in months)
            header.columns[f"q{quarter}"] = min(columns[m] for m in months)
    header.years += [
        (squash(header.texts[columns[m]]), fiscal_year_of(m, year)) for m, year in years.items()
    ]


def _year_and_months(number: int, path: list[str]) -> QuarterHeading:
    texts = [fold(text) for text in reversed(path)]
    said = (_TWO_YEARS.search(text) or _FISCAL.search(text) for text in texts)
    fiscal = next((found[1] for found in said if found), None)
    months, year_of_months = next((m for text in texts if (m := _months(text))), (None, None))
    year = next((year for text in texts if (year := _year_in(text))), None)
    if fiscal:
        year = int(fiscal) % 100 + 2000
    heading = " > ".join(squash(text) for text in path)
    return QuarterHeading(number, year_of_months or year, bool(fiscal), months, heading)


def _months(text: str) -> tuple[int, int | None] | None:
    """(first month, its year) of '7-9/2022', '11/2022–1/2023', 'tháng 7, 8, 9', 'Jul–Sep'."""
    text = _MONTH_NAME.sub(lambda name: str(_MONTH_OF[name[1]]), text)
    text = re.sub(r" ?[+&] ?", ", ", text)
    if found := _SPAN.search(text):
        first, last = int(found[1]), int(found[3])
        if (last - first) % 12 == 2:
            later = int(found[4]) if found[4] else None
            year = int(found[2]) if found[2] else later and later - (last < first)
            return first, year
    if (found := _LIST.search(text)) and (int(found[3]) - int(found[1])) % 12 == 2:
        return int(found[1]), _year_in(text)
    return None


def _year_in(text: str) -> int | None:
    found = _YEAR.search(text)
    return (int(found[1]) if found[1] else int(found[2]) + 2000) if found else None


def _quarter_numbers(said: list[QuarterHeading], order: list[str]) -> list[int]:
    """The fiscal quarter of each of the four. Raises `Unclear`."""
    if any(quarter.months for quarter in said):
        return _by_months(said)
    years = [quarter.year for quarter in said]
    by_fiscal = len({y for y in years if y}) <= 1
    calendar = {fiscal_year_of(3 * q.number - 2, q.year) for q in said if q.year}
    if all(years) and not any(quarter.is_fiscal for quarter in said) and len(calendar) == 1:
        return [fiscal_quarter_of(3 * quarter.number - 2) for quarter in said]
    if not all(years) and order == ["q3", "q4", "q1", "q2"]:
        raise Unclear(_ambiguous_message())
    if by_fiscal or _is_fiscal_with_calendar_years(said):
        return [quarter.number for quarter in said]
    raise Unclear(_ambiguous_message())


def _ambiguous_message() -> str:
    return _(
        "Quarters can be those of the fiscal year or of the calendar here. "
        "Write their months: “Quý I (7–9/2022)”."
    )


def _is_fiscal_with_calendar_years(said: list[QuarterHeading]) -> bool:
    """Quý I/2022, II/2022, III/2023, IV/2023: fiscal quarters beside the year they lie in."""
    if not all(quarter.year for quarter in said):
        return False
    return len({(q.year or 0) + (q.number <= 2) for q in said}) == 1


def _by_months(said: list[QuarterHeading]) -> list[int]:
    meant = [quarter.months and fiscal_quarter_of(quarter.months) for quarter in said]
    aligned = all((q.months - FIRST_MONTH) % 3 == 0 for q in said if q.months)
    shifts = {(m - q.number) % 4 for m, q in zip(meant, said, strict=True) if m}
    if not aligned or len(shifts) != 1:
        raise Unclear(_ambiguous_message())
    shift = shifts.pop()
    return [(quarter.number + shift - 1) % 4 + 1 for quarter in said]


def _years(said: Iterable[QuarterHeading], meant: list[int]) -> Iterable[tuple[str, int]]:
    """(heading, fiscal year) of the quarters that name a year."""
    quarters = list(said)
    one_year = len({quarter.year for quarter in quarters if quarter.year}) == 1
    for quarter, number in zip(quarters, meant, strict=True):
        if quarter.year is None:
            continue
        is_fiscal = quarter.is_fiscal or (one_year and not quarter.months)
        month = quarter.months or (FIRST_MONTH + 3 * (number - 1) - 1) % 12 + 1
        yield (
            quarter.text,
            quarter.year if is_fiscal else fiscal_year_of(month, quarter.year),
        )
