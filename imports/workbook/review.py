"""Is what was read plausible as a whole? One line per kind of doubt, listing its rows.

`review(reading, year)` adds to what the reader itself said: the year that the file names against
the one it is loaded for, money that is hardly money, sheets that repeat the others.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from core.values.dates import format_date
from core.values.money import format_vnd
from core.values.text import fold, fold_key

from .fields import MONEY, QUARTERS
from .model import Issue, Reading, Row
from .remarks import list_of

SMALL = 1000  # đồng; less is hardly an amount
LOW = 100_000  # đồng; a file of nothing but less hardly tells đồng
SEVERAL = 4  # rows, from which on a low level of all is odd
DOUBTS = ("small_amount", "amounts_low", "amount_apart")  # which somebody can say are none
NEARLY_ALL = (2, 3)  # of a sheet's rows: so many on others, and it repeats them
APART = 50  # times: a gap this wide, and closed by a factor of 1000, is one of units
THOUSAND = 1000
MONTHS = 12
_FEE = re.compile(r"\b(?:phi|le phi|fees?)\b")

_CONTENT = (
    "date", "voucher_no", "activity", "commune", "fund", "amount", *QUARTERS, "year",
    "topic", "title", "start", "male", "female",
)  # fmt: skip

Amount = tuple[Row, str, int]


class Year(Protocol):
    """The fiscal year that a workbook is loaded for."""

    code: str
    start: date
    end: date


def review(reading: Reading, year: Year) -> None:
    """Say what is doubtful about the workbook as a whole."""
    _check_years(reading, year)
    _check_sizes(reading)
    _check_repeats(reading)
    _check_days(reading)


# --- the year ------------------------------------------------------------------------------


def _check_years(reading: Reading, year: Year) -> None:
    text = _("“%(text)s” is about another year than the one chosen: %(year)s (%(start)s–%(end)s).")
    chosen = {"year": year.code, "start": format_date(year.start), "end": format_date(year.end)}
    told: set[tuple[str, bool]] = set()
    for said in reading.years:
        if said.agrees(year.code, year.start, year.end) or (said.sheet, said.is_header) in told:
            continue
        told.add((said.sheet, said.is_header))
        message = text % {"text": said.text[:100], **chosen}
        issue = Issue(said.sheet, said.row, None, "other_year", message)
        if said.is_header:
            reading.error(issue)
        else:
            reading.warn(issue)


def _check_days(reading: Reading) -> None:
    """Days outside the months that the file names, and within them once day and month change
    places: a program may have swapped them."""
    text = _(
        "“%(text)s” names other months than the days of rows %(rows)s. Day and month may have been "
        "swapped by a program: check them."
    )
    for said in reading.years:
        if not said.span:
            continue
        rows = [row for row in reading.rows if row.sheet == said.sheet]
        swapped = [r for r in rows if (day := _day_of(r)) and _is_swapped(day, *said.span)]
        if swapped:
            facts = {"text": said.text[:100], "rows": list_of(row.row for row in swapped)}
            name = "date" if "date" in swapped[0].columns else "start"
            reading.warn(swapped[0].issue(name, "days_mixed", text % facts))


def _day_of(row: Row) -> date | None:
    found = row.values.get("date") or row.values.get("start")
    return found if isinstance(found, date) else None


def _is_swapped(day: date, first: date, last: date) -> bool:
    if first <= day <= last or day.day > MONTHS:
        return False
    return first <= date(day.year, day.day, day.month) <= last


# --- sizes ---------------------------------------------------------------------------------


def _check_sizes(reading: Reading) -> None:
    amounts = [amount for row in reading.rows for amount in _amounts(row)]
    small = [
        (row, name, amount)
        for row, name, amount in amounts
        if amount < SMALL and row.sheet not in reading.vouched
    ]
    text = _("Amounts under 1.000 đồng in rows %(rows)s: are they in another unit, or no money?")
    _say(reading, small, "small_amount", text)
    if small and len(small) == len(amounts):
        return
    said = {sheet.name for sheet in reading.sheets if sheet.unit_said}
    if (
        not small
        and len({id(a[0]) for a in amounts}) >= SEVERAL
        and all(a[2] < LOW and a[0].sheet not in said for a in amounts)
    ):
        text = _(
            "No amount is as much as 100.000 đồng, and no unit is named: are the amounts of rows "
            "%(rows)s in another unit, or no money?"
        )
        _say(reading, amounts, "amounts_low", text)
        return
    told = set(map(id, small))
    apart = [a for a in _smaller_group(amounts) if id(a) not in told]
    text = _(
        "The amounts in rows %(rows)s are about 1.000 times off the others, for example "
        "%(example)s đồng: are they in another unit?"
    )
    _say(reading, apart, "amount_apart", text)


def _amounts(row: Row) -> Iterable[Amount]:
    """The amounts of a row that is not about a fee; of a plan its quarters, else its year."""
    words = fold(f"{row.values.get('description', '')} {row.values.get('title', '')}")
    if _FEE.search(words):
        return
    names = [name for name in (*QUARTERS, "amount") if row.values.get(name)]
    for name in names or ["year"]:
        if name in MONEY and (amount := row.values.get(name)):
            yield row, name, abs(amount)  # a reversal is as large as what it reverses


def _smaller_group(amounts: list[Amount]) -> list[Amount]:
    """The smaller of two groups of amounts with a wide gap between them, if a factor of 1000
    would put it among the others."""
    ordered = sorted(amounts, key=lambda amount: amount[2])
    gaps = [
        (ordered[i + 1][2] / ordered[i][2], i + 1)
        for i in range(len(ordered) - 1)
        if ordered[i + 1][2] >= APART * ordered[i][2]
    ]
    if not gaps:
        return []
    low, high = ordered[: max(gaps)[1]], ordered[max(gaps)[1] :]
    scaled = (low[0][2] * THOUSAND, low[-1][2] * THOUSAND)
    if scaled[1] * APART < high[0][2] * 10 or scaled[0] > 10 * high[-1][2]:
        return []
    return min(low, high, key=len) if len(low) != len(high) else high


def _say(reading: Reading, amounts: list[Amount], code: str, text: str) -> None:
    """One line for the file, unless somebody has said of the layout that such a doubt is none."""
    doubted = [a for a in amounts if (a[0].sheet, code) not in reading.dismissed]
    if not doubted:
        return
    order = {sheet.name: number for number, sheet in enumerate(reading.sheets)}
    doubted.sort(key=lambda a: (order.get(a[0].sheet, 0), a[0].sheet, a[0].row))
    rows: dict[str, dict[int, None]] = defaultdict(dict)
    for row, _name, _amount in doubted:
        rows[row.sheet][row.row] = None
    lists = [list_of(numbers) for numbers in rows.values()]
    if len(rows) > 1:
        lists = [f"{found} ({sheet})" for found, sheet in zip(lists, rows, strict=True)]
    row, name, example = doubted[0]
    message = text % {"rows": "; ".join(lists), "example": format_vnd(example)}
    reading.warn(row.issue(name, code, message))


# --- sheets --------------------------------------------------------------------------------


def _check_repeats(reading: Reading) -> None:
    """A sheet whose rows all stand on the others as well: what they come to is doubled. The
    longest is named first, then the others are held against what is left."""
    by_sheet: dict[str, Counter[object]] = defaultdict(Counter)
    for row in reading.rows:
        by_sheet[row.sheet][_content(row)] += 1
    text = _(
        "This sheet repeats the rows of the others, so that everything counts twice. Delete it, "
        "or the others."
    )
    left = Counter(key for rows in by_sheet.values() for key in rows)  # on how many sheets
    for sheet, rows in sorted(by_sheet.items(), key=lambda one: -one[1].total()):
        shared = sum(count for key, count in rows.items() if left[key] > 1)
        if rows.total() > 1 and shared * NEARLY_ALL[1] >= rows.total() * NEARLY_ALL[0]:
            reading.warn(Issue(sheet, None, None, "sheet_repeats", text))
            left.subtract(rows.keys())


def _content(row: Row) -> tuple[object, ...]:
    """What makes two rows the same, whatever else a sheet says of them."""
    values = (row.values.get(name) for name in _CONTENT)
    return tuple(fold_key(value) if isinstance(value, str) else value for value in values)
