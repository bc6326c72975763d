"""What a person has said of a layout: how its tables are to be read.

A layout is known by its headings. A correction holds for every sheet with these headings; one of
the unit only where the workbook still says what it said when it was corrected.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from core.values.text import fold, fold_key

from .fields import FIELDS, QUARTERS
from .header import Header

UNIT, YEAR, COLUMN, SHEET = "unit", "year", "column", "sheet"
HIDDEN_ROWS, ACTIVITY, COMMUNE, DOUBT = "hidden_rows", "activity", "commune", "doubt"
IN, OUT, NOTHING = "in", "out", "-"  # values: read it, leave it out; a column that is no field

MONTHS_OF_A_QUARTER = 3

_YEARS = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class Correction:
    """One thing said: `what` of the layout's `subject` (a column's letter, a sheet, a word) is
    `value`. `was`: what the workbook itself said then, where that matters."""

    layout: str
    what: str
    value: str
    subject: str = ""
    was: str = ""


def layout_of(kind: str, header: Header) -> str:
    """The fingerprint of a table's headings: kind, columns, words, without the years in them."""
    words = [
        f"{column}:{'>'.join(_YEARS.sub('', fold(text)) for text in path)}"
        for column, path in sorted(header.paths.items())
    ]
    return hashlib.sha256("|".join([kind, *words]).encode()).hexdigest()


def said_of(
    corrections: Iterable[Correction], layout: str, what: str, subject: str = ""
) -> Correction | None:
    """The correction of this layout's subject, None if there is none."""
    for one in corrections:
        if (one.layout, one.what) == (layout, what) and _key(one.subject) == _key(subject):
            return one
    return None


def _key(subject: str) -> str:
    return fold_key(subject) or subject


def correct_columns(
    header: Header, kind: str, layout: str, corrections: Sequence[Correction]
) -> list[Correction]:
    """Put columns where somebody said they belong; what was put."""
    applied = []
    for column in sorted(header.paths):
        one = said_of(corrections, layout, COLUMN, get_column_letter(column))
        if one and (one.value == NOTHING or one.value in FIELDS[kind]):
            _release_column(header, column)
            applied.append(one)
    for name in dict.fromkeys(one.value for one in applied if one.value != NOTHING):
        _assign_column(
            header, name, [column_index_from_string(c.subject) for c in applied if c.value == name]
        )
    if {one.value for one in applied} >= set(QUARTERS):
        header.unclear, header.years = "", []
    return applied


def _release_column(header: Header, column: int) -> None:
    """Take a column from whatever field had it."""
    for name in [n for n, c in header.columns.items() if c == column]:
        del header.columns[name]
    for name in [n for n, columns in header.months.items() if column in columns]:
        del header.months[name]
        header.columns.pop(name, None)
    for name, columns in list(header.doubled.items()):
        header.doubled[name] = left = [c for c in columns if c != column]
        if len(left) == 1:
            header.columns[name] = left[0]
        if len(left) < 2:
            del header.doubled[name]


def _assign_column(header: Header, name: str, columns: list[int]) -> None:
    """A field's column; of a quarter its three months."""
    header.columns[name] = columns[0]
    header.doubled.pop(name, None)
    header.months.pop(name, None)
    if len(columns) == MONTHS_OF_A_QUARTER and name in QUARTERS:
        header.months[name] = columns
    header.weak.discard(name)
