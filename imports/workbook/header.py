"""Where a sheet's header is and which column holds what, found by the words alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from core.values.text import fold, squash

from .columns import LONGEST, field_of_heading
from .fields import COUNTS, FIELDS, MONEY, QUARTERS, REQUIRED
from .model import ErrorValue, Sheet
from .quarters import MONTHS, settle_quarters
from .roles import Role, is_meant
from .unit_words import FOREIGN_IN_BRACKETS, THINGS_IN_BRACKETS, is_unit, unit_of
from .values import stored

SEARCHED_ROWS = 30
LAST_ROWS = 10  # of a sheet, which may say what its quarters are
DEEPEST = 6
LEAST_ABOVE = 2  # cells of a row over columns of figures
LEAST_AGAIN = 3  # columns that a second row of headings names just so
LEAST_MONTHS = 3  # cells with days that can be the headings of months

_FIGURES = re.compile(
    r"^[-+]?[0-9]{1,3}(?:[., ][0-9]{3})+\b|^[-+]?[0-9]{5,}|"
    r"^[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2,4}\b"
)
NUMBERED = re.compile(r"^\(?[0-9]{1,2}\)?(?:\s*=.*)?$|^\(?[A-Za-z]\)?$|^\([IVX]+\)$")
_KEYS = frozenset(("activity", "title", "commune", "date", "voucher_no", "topic", "start"))


class Claim(NamedTuple):
    """A column that may hold a field."""

    column: int
    strong: bool  # named outright
    role: Role | None
    part: bool  # known by the heading above it alone: 'Plan' under 'Số tiền'


PREFERRED: tuple[Callable[[Claim], bool], ...] = (  # of several columns that may be a field
    lambda claim: claim.role is Role.ADJUSTED,
    # of 'Tổng số' and 'Trong đó DTTS', each with men and women, the first; not what was asked for
    lambda claim: claim.role not in (Role.OF_WHICH, Role.ASKED),
    lambda claim: not claim.part or claim.role not in (None, Role.DONE, Role.INITIAL),
    lambda claim: claim.role is Role.TOTAL and claim.part,
    lambda claim: claim.strong,
)


@dataclass
class Header:
    """The header of one table. Rows are counted from 1, columns too."""

    first: int
    last: int
    columns: dict[str, int] = field(default_factory=dict)  # field → column
    months: dict[str, list[int]] = field(default_factory=dict)  # quarter → columns that make it
    texts: dict[int, str] = field(default_factory=dict)  # column → its header as found
    paths: dict[int, list[str]] = field(default_factory=dict)  # column → headings above, and it
    doubled: dict[str, list[int]] = field(default_factory=dict)  # field → columns claiming it
    weak: set[str] = field(default_factory=set)  # fields not named outright
    unclear: str = ""  # why the quarters cannot be told, for the person
    years: list[tuple[str, int]] = field(default_factory=list)  # heading, fiscal year it means

    def letter(self, name: str) -> str:
        return str(get_column_letter(self.columns[name]))

    @property
    def money_columns(self) -> set[int]:
        """The columns that amounts are read from."""
        return {c for name in self.columns if name in MONEY for c in self.parts(name)}

    def missing(self, kind: str) -> list[tuple[str, ...]]:
        """Groups of fields of which one is needed and none is there."""
        have = set(self.columns) | set(self.doubled)
        missing = [group for group in REQUIRED[kind] if not have.intersection(group)]
        if kind == "plan":
            lacking = [q for q in QUARTERS if q not in have]
            if len(lacking) == 4:
                missing += [] if "year" in have else [("q1", "year")]
            else:
                missing += [(quarter,) for quarter in lacking]
        return missing

    def found(self, kind: str) -> int:
        """How many of the needed groups of columns are there."""
        have = set(self.columns) | set(self.doubled)
        money = have.intersection((*QUARTERS, "year")) if kind == "plan" else ()
        return sum(bool(have.intersection(g)) for g in REQUIRED[kind]) + bool(money)

    def looks_like_table(self, kind: str) -> bool:
        needed = len(REQUIRED[kind]) + (kind == "plan")
        return self.found(kind) * 2 >= needed

    def path(self, column: int) -> str:
        """'Quý I > Plan': all headings of a column, for a message."""
        return " > ".join(squash(text) for text in self.paths.get(column, []))

    def parts(self, name: str) -> list[int]:
        """The columns whose sum the field is: mostly one."""
        return self.months.get(name) or [self.columns[name]]


def find_header(sheet: Sheet, kind: str) -> Header | None:
    """The header in the first rows that names most columns of the kind; None if it names none."""
    best: tuple[tuple[int, int, int], Header] | None = None
    for first in sorted(number for number in sheet.rows if number <= SEARCHED_ROWS):
        for last in _last_rows(sheet, first):
            header = read_header(sheet, kind, first, last)
            named = len(header.columns) + len(header.doubled)
            score = (header.found(kind), named, first - last)
            if named and (best is None or score > best[0]):
                best = (score, header)
    return _with_rows_below(sheet, kind, best[1]) if best else None


def _last_rows(sheet: Sheet, first: int) -> list[int]:
    """Where a header that begins in this row may end: no row with figures is one of a header."""
    rows: list[int] = []
    for number in range(first, first + DEEPEST):
        if number in sheet.rows:
            if not _is_words(sheet.rows[number]):
                break
            rows.append(number)
    return rows


def _is_words(cells: dict[int, object]) -> bool:
    months = _months_of(cells)
    return all(column in months or _is_word(stored(value)) for column, value in cells.items())


def _months_of(cells: dict[int, object]) -> dict[int, str]:
    """column → 'Tháng 7/2022' of the cells that hold the first day of a month each, as a program
    makes of '7/2022'. Two days in a row may be those of a record."""
    days = {c: day for c, cell in cells.items() if isinstance(day := stored(cell), date)}
    if len(days) < LEAST_MONTHS or any(day.day != 1 for day in days.values()):
        return {}
    return {column: f"Tháng {day.month}/{day.year}" for column, day in days.items()}


def _is_word(value: object) -> bool:
    if isinstance(value, str):
        return value.strip()[:1] == "(" or not _FIGURES.match(squash(value)) or is_unit(value)
    if isinstance(value, bool | ErrorValue | None):
        return True
    return isinstance(value, int) and (0 <= value <= 100 or 1990 <= value <= 2100)


def _with_rows_below(sheet: Sheet, kind: str, header: Header) -> Header:
    """With the rows of sub-columns and units under it, which name no column on their own."""
    header = _with_row_above(sheet, kind, header)
    last = header.last
    while last < header.first + DEEPEST and _is_row_below(sheet, header, last + 1):
        last += 1
        header = read_header(sheet, kind, header.first, last)
    _take_other_language(sheet, kind, header)
    return header


def _with_row_above(sheet: Sheet, kind: str, header: Header) -> Header:
    """With the row right above it of years, months or groups over its columns of figures alone."""
    cells = sheet.rows.get(header.first - 1, {})
    keys = _of_keys(header)
    inside = all(column in header.texts and column not in keys for column in cells)
    if not (cells and inside and _is_words(cells)) or any(is_unit(str(v)) for v in cells.values()):
        return header
    merges = [m for m in sheet.header_merges if m[0] == header.first - 1 and m[1] in cells]
    if len(cells) < LEAST_ABOVE and not any(right > left for _t, left, _b, right in merges):
        return header
    return read_header(sheet, kind, header.first - 1, header.last)


def _take_other_language(sheet: Sheet, kind: str, header: Header) -> None:
    """The row below that says the same once more, in another language: it belongs to the header,
    and the units in it hold."""
    cells = sheet.rows.get(header.last + 1, {})
    if len(cells) < LEAST_AGAIN or not all(isinstance(cell, str) for cell in cells.values()):
        return
    below = read_header(sheet, kind, header.last + 1, header.last + 1)
    again = [name for name in below.columns if header.columns.get(name) == below.columns[name]]
    if len(again) < LEAST_AGAIN or len(again) * 5 < len(below.columns) * 4:
        return
    texts = [(fold(t), fold(header.texts.get(c, ""))) for c, t in below.texts.items()]
    if sum(one == other for one, other in texts) * 2 > len(texts):
        return  # the same header again: two tables
    header.last += 1
    for column, path in below.paths.items():
        header.paths.setdefault(column, []).extend(path)


def _is_row_below(sheet: Sheet, header: Header, number: int) -> bool:
    """Words under the columns of money and people alone, in more than a numbering row."""
    cells = sheet.rows.get(number, {})
    taken = set(header.columns.values())

    def _opens_group(column: int) -> bool:
        return column + 1 in cells and column + 1 not in header.texts

    under = {column for name, column in header.columns.items() if name in MONEY | COUNTS}
    under |= {c for columns in header.doubled.values() for c in columns} | {
        c for columns in header.months.values() for c in columns
    }
    under |= {c for c, path in header.paths.items() if len(path) > 1 and c not in _of_keys(header)}
    under |= {c for c in header.texts if c not in taken and c in cells and _opens_group(c)}
    for column in sorted(cells):
        if column not in header.texts and column - 1 in under:
            under.add(column)
    texts = [squash(value) for value in cells.values() if isinstance(value, str)]
    if not texts or not _is_words(cells) or all(NUMBERED.match(text) for text in texts):
        return False
    others = set(cells) - under
    units = {c for c in others if is_unit(str(cells[c])) and c not in _of_keys(header)}
    return bool(set(cells) & under) and others == units


def _of_keys(header: Header) -> set[int]:
    return {column for name, column in header.columns.items() if name in _KEYS}


def read_header(sheet: Sheet, kind: str, first: int, last: int) -> Header:
    """What the rows first..last name, taken as a header."""
    header = Header(first, last)
    claims: dict[str, list[Claim]] = {}
    for column, path in _paths(sheet, first, last).items():
        header.paths[column] = path
        words = [text for text in path if not is_unit(text)]
        if not words:
            continue
        header.texts[column] = squash(words[-1])
        if found := field_of_heading(kind, words):
            name, strong, role, part = found
            claims.setdefault(name, []).append(Claim(column, strong, role, part))
    for name, found_claims in claims.items():
        _settle(kind, header, name, found_claims)
    _settle_voucher_date(header)
    settle_quarters(header, lambda: _lines_around(sheet, header))
    if header.months.keys() | header.columns.keys() >= set(QUARTERS) and "year" in header.weak:
        header.doubled.pop("year", None)  # the quarters say it all
    return header


def _lines_around(sheet: Sheet, header: Header) -> Iterator[str]:
    """The texts above a header and at the end of the sheet, and the sheet's name."""
    yield sheet.name
    above = [number for number in islice(sheet.rows, SEARCHED_ROWS) if number < header.first]
    last = [number for number in islice(reversed(sheet.rows), LAST_ROWS) if number > header.last]
    for number in [*above, *last]:
        yield from (text for text in sheet.rows[number].values() if isinstance(text, str))


def _settle(kind: str, header: Header, name: str, claims: list[Claim]) -> None:
    """The one column that is meant; or, if its words do not tell, all that may be."""
    if name in MONEY | COUNTS | set(MONTHS):
        claims = _of_the_kind(kind, header, name, claims)
    strong = any(claim.strong for claim in claims)
    if kind != "plan" or name != "year":
        claims = [claim for claim in claims if claim.strong == strong]
    for is_better in PREFERRED:
        claims = [claim for claim in claims if is_better(claim)] or claims
    if not strong:
        header.weak.add(name)
    if len(claims) == 1:
        header.columns[name] = claims[0].column
    elif claims:
        header.doubled[name] = [claim.column for claim in claims]


def _of_the_kind(kind: str, header: Header, name: str, claims: list[Claim]) -> list[Claim]:
    """Without the columns that cannot be what a workbook of the kind tells."""
    roles = {claim.role for claim in claims}
    claims = [claim for claim in claims if is_meant(kind, claim.role)]
    if {Role.EARLIER, Role.PERIOD} <= roles:  # a total beside them is of both
        claims = [claim for claim in claims if claim.role is not Role.TOTAL]
    if name in COUNTS:
        return [c for c in claims if not THINGS_IN_BRACKETS.search(fold(header.texts[c.column]))]
    if all(claim.role is Role.CHANGE for claim in claims):
        return []  # a change of nothing that is known
    return [claim for claim in claims if not _is_foreign(header, claim)] or claims


def _is_foreign(header: Header, claim: Claim) -> bool:
    """'Số tiền (USD)', beside which the amount in đồng is meant."""
    own = header.paths[claim.column][-1]
    unit = unit_of(own)
    return bool(FOREIGN_IN_BRACKETS.search(fold(own))) or (unit is not None and unit.foreign)


def _settle_voucher_date(header: Header) -> None:
    """The voucher's day is the day of the disbursement where no other is given."""
    columns = header.columns
    if "date" in header.weak and "voucher_date" in columns:
        columns.pop("date", None)
    if "voucher_date" in columns and "date" not in columns and "date" not in header.doubled:
        columns["date"] = columns.pop("voucher_date")


def _paths(sheet: Sheet, first: int, last: int) -> dict[int, list[str]]:
    """column → the texts from the top heading down to the column's own, repeats dropped."""
    rows = {number: _texts(sheet.rows.get(number, {})) for number in range(first, last + 1)}
    own = {column for texts in rows.values() for column in texts}
    filled = {number: _spread(sheet, rows, number, last) for number in rows}
    paths = {}
    for column in sorted(own):
        path: list[str] = []
        for number in rows:
            text = filled[number].get(column, "")
            if text and (not path or path[-1] != text):
                path.append(text)
        paths[column] = path
    return paths


def _texts(cells: dict[int, object]) -> dict[int, str]:
    """column → text of the cells that can be words of a header; lines stay lines."""
    texts = {
        column: _lines(str(value)[:LONGEST])
        for column, cell in cells.items()
        if isinstance(value := stored(cell), str | int)
    } | _months_of(cells)
    return {c: text for c, text in texts.items() if text}


@lru_cache(maxsize=20_000)
def _lines(text: str) -> str:
    return "\n".join(line for part in text.splitlines() if (line := squash(part)))


def _spread(
    sheet: Sheet, rows: dict[int, dict[int, str]], number: int, last: int
) -> dict[int, str]:
    """The texts of one row with group headings repeated over the columns they span."""
    texts = dict(rows[number])
    merged = [
        m for m in sheet.header_merges if m[0] <= number <= m[2] and rows.get(m[0], {}).get(m[1])
    ]
    for top, left, _bottom, right in merged:
        for column in range(left, right + 1):
            texts.setdefault(column, rows[top][left])
    if number < last:
        _spread_unmerged(texts, rows, number, {c for m in merged for c in range(m[1], m[3] + 1)})
    return texts


def _spread_unmerged(
    texts: dict[int, str], rows: dict[int, dict[int, str]], number: int, merged: set[int]
) -> None:
    """A heading without a merge reaches right over columns that have words further down only."""
    below = {column for row in rows if row > number for column in rows[row]}
    for column in sorted(below):
        left = texts.get(column - 1)
        if column not in texts and left and column - 1 in below and column - 1 not in merged:
            texts[column] = left


def describe(kind: str, group: tuple[str, ...]) -> str:
    """What a missing column is called, for a message."""
    return " / ".join(f"“{FIELDS[kind][name].label}”" for name in group)


def found_labels(header: Header, limit: int = 15) -> str:
    """The headers as found, for a message."""
    texts = [text for text in header.texts.values() if len(fold(text)) <= 60]
    shown = ", ".join(f"“{text}”" for text in texts[:limit])
    return shown + (" …" if len(texts) > limit else "")
