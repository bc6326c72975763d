"""What stands beside the fields in a table and is not read with them, or not seen by its sender."""

import re
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from core.values.text import squash

from .fields import COUNTS, MONEY, ROW_ID
from .header import Header
from .model import Issue, Reading, Sheet
from .remarks import Remarks
from .unit_words import is_unit_heading, names_money, unit_of
from .units import unknown_unit_message
from .values import stored

SHOWN = 10
_FIGURE = re.compile(r"^[1-9][0-9]{0,2}(?:[., ]?[0-9]{3})*(?:[.,][0-9]+)?\s*([^\W\d].{0,20})?$")


class Asides:
    """Notes columns with figures that belong to no field, rows and columns that are hidden or
    struck through, and units named row by row."""

    def __init__(self, sheet: Sheet, header: Header, ordinals: set[int], remarks: Remarks) -> None:
        self.sheet, self.header, self.remarks = sheet, header, remarks
        self.known = set(header.columns.values()) | ordinals
        self.known |= {column for columns in header.months.values() for column in columns}
        first = min(self.known, default=1)
        self.known |= {column for column in range(1, first) if column not in header.texts}
        self.figures = {c for n in header.columns if n in MONEY | COUNTS for c in header.parts(n)}
        self.left_out: dict[int, int] = {}  # column → first row with a figure
        self.units: dict[int, tuple[int, str]] = {}  # đồng per unit → first row, its words
        texts = header.texts.items()
        self.unit_column = next((column for column, text in texts if is_unit_heading(text)), 0)

    @property
    def hidden_columns(self) -> list[int]:
        """The columns that are read and hidden; that of the row ids is meant to be."""
        header, spans = self.header, self.sheet.unseen_columns
        names = [name for name in header.columns if name != ROW_ID]
        columns = {column for name in names for column in header.parts(name)}
        return sorted({c for c in columns for first, last in spans if first <= c <= last})

    def look(self, number: int, cells: dict[int, object]) -> None:
        """Note what is beside the fields of a data row."""
        if number in self.sheet.unseen:
            self.remarks.add("hidden_rows", number)
        struck = self.sheet.struck.get(number, set())
        if struck & self.known:
            self.remarks.add("struck_rows", number)
        looks = self.sheet.looks
        if looks and any((look := looks.get((number, c))) and look.hidden for c in self.figures):
            self.remarks.add("hidden_values", number)
        for column, cell in cells.items():
            if column not in self.known and column not in self.left_out and _is_figure(cell):
                self.left_out[column] = number
        text = stored(cells.get(self.unit_column))
        unit = unit_of(text) if isinstance(text, str) and names_money(text) else None
        if unit and not unit.counted:
            self.units.setdefault(unit.scale, (number, squash(text)))

    def unit_issues(self, scales: dict[str, int]) -> Iterator[Issue]:
        """A column ĐVT that names a unit of money which is not the table's."""
        for scale, (number, text) in self.units.items():
            if scales and scale not in scales.values():
                label = self.header.texts[self.unit_column]
                letter = get_column_letter(self.unit_column)
                message = unknown_unit_message(text)
                yield Issue(self.sheet.name, number, label, "unknown_unit", message, letter)

    def tell(self, reading: Reading) -> None:
        """One warning for each kind of thing."""
        self.remarks.tell(reading)
        if self.left_out:
            first = min(self.left_out)
            text = _("Columns with figures that were not read: %(columns)s.")
            self._warn(reading, "columns_left_out", text, self.left_out, self.left_out[first])
        if hidden := self.hidden_columns:
            text = _("Hidden columns were read: %(columns)s. Delete them if they do not count.")
            self._warn(reading, "hidden_columns", text, hidden, self.header.last)

    def _warn(
        self, reading: Reading, code: str, text: str, columns: dict[int, int] | list[int], row: int
    ) -> None:
        ordered = sorted(columns)
        names = ", ".join(self._name(column) for column in ordered[:SHOWN])
        message = text % {"columns": names + (" …" if len(ordered) > SHOWN else "")}
        label, letter = self.header.texts.get(ordered[0]), get_column_letter(ordered[0])
        reading.warn(Issue(self.sheet.name, row, label, code, message, letter))

    def _name(self, column: int) -> str:
        letter, path = get_column_letter(column), self.header.path(column)
        return f"{letter} “{path}”" if path else letter


def _is_figure(cell: object) -> bool:
    """A number, or one written as text: '7', '25 hộ'. A telephone number begins with 0."""
    found = _FIGURE.match(squash(cell)) if isinstance(cell, str) else None
    if found is None:
        return is_figure(cell)
    return not found[1] or unit_of(found[1]) is not None


def is_figure(cell: object) -> bool:
    value = stored(cell)
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value != 0
