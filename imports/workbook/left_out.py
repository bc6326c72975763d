"""Columns with figures that belong to no field: named, never dropped in silence."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from .header import Header
from .model import Issue, Reading, Sheet
from .values import stored

SHOWN = 10


class LeftOut:
    """Notes the columns of one table whose figures are not read."""

    def __init__(self, sheet: Sheet, header: Header, ordinals: set[int]) -> None:
        self.sheet, self.header = sheet, header
        self.known = set(header.columns.values()) | ordinals
        self.known |= {column for columns in header.months.values() for column in columns}
        self.found: dict[int, int] = {}  # column → first row with a figure

    def look(self, number: int, cells: dict[int, Any]) -> None:
        """Note the figures of a data row that no field takes."""
        for column, cell in cells.items():
            if column not in self.known and column not in self.found and _is_figure(cell):
                self.found[column] = number

    def tell(self, reading: Reading) -> None:
        """One warning that names the columns."""
        if not self.found:
            return
        columns = sorted(self.found)
        names = ", ".join(self._name(column) for column in columns[:SHOWN])
        text = _("Columns with figures that were not read: %(columns)s.")
        message = text % {"columns": names + (" …" if len(columns) > SHOWN else "")}
        first = columns[0]
        label, letter = self.header.texts.get(first), get_column_letter(first)
        row = self.found[first]
        reading.warn(Issue(self.sheet.name, row, label, "columns_left_out", message, letter))

    def _name(self, column: int) -> str:
        path = self.header.path(column)
        return f"{get_column_letter(column)} “{path}”" if path else get_column_letter(column)


def _is_figure(cell: Any) -> bool:
    value = stored(cell)
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value != 0
