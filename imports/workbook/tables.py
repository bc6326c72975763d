"""The rows of one sheet's table, from below its header to its end."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from .fields import COUNTS, DATES, FIELDS, MONEY, QUARTERS
from .header import Header, describe
from .layout import LAYOUTS
from .model import Formula, Issue, Reading, Row, Sheet
from .rowkinds import (
    BLANK,
    DATA,
    FOOTER,
    HEADING,
    NEW_HEADER,
    SKIP,
    STRAY,
    SUBTOTAL,
    Found,
    RowKinds,
    amount_or_none,
)
from .subtotals import Difference, Subtotals, difference_message
from .units import UnknownUnit, scale_of, unknown_unit_message
from .values import CellError, convert, is_empty, shown, stored

DOUBTFUL_AMOUNT = 10**12  # with a unit of thousands or more, likely written in đồng after all

_RECOMPUTED = {"plan": "year", "trainings": "total"}


class Table:
    """Reads one sheet into `reading`."""

    def __init__(self, sheet: Sheet, header: Header, reading: Reading) -> None:
        self.sheet, self.header, self.reading = sheet, header, reading
        self.kind = reading.kind
        self.columns = header.columns
        self.names = {name: header.texts[column] for name, column in self.columns.items()}
        self.letters = {name: get_column_letter(c) for name, c in self.columns.items()}
        self.kinds = RowKinds(self.kind, header)
        self.subtotals = Subtotals()
        self.heading: str | None = None
        self.scales: dict[str, int] = {}
        self.reported = 0

    def read(self) -> None:
        try:
            self.scales = {
                name: scale_of(self.sheet, self.header, column)
                for name, column in self.columns.items()
                if name in MONEY
            }
        except UnknownUnit as unit:
            message = unknown_unit_message(str(unit))
            self._report(self._issue(self.header.first, None, "unknown_unit", message))
            return
        for number in sorted(self.sheet.rows):
            if number > self.header.last:
                self._read_row(number, self.sheet.rows[number])
        self._close()

    def _read_row(self, number: int, cells: dict[int, Any]) -> None:
        found = self.kinds.tell(cells)
        if found.kind == DATA:
            self._data(number, cells)
        elif found.kind == HEADING:
            self.heading = found.text
            self.subtotals.heading(number, self._stated(cells))
        elif found.kind == SUBTOTAL:
            stated = self._stated(cells)
            self._differ(self.subtotals.subtotal(number, found.text, stated))
        elif found.kind in (STRAY, NEW_HEADER):
            self._strange(number, found)
        else:
            assert found.kind in (BLANK, SKIP, FOOTER)

    def _strange(self, number: int, found: Found) -> None:
        if found.kind == STRAY:
            text = _("This row has only the text “%(text)s” and was left out.")
            message = text % {"text": found.text[:60]}
            self.reading.warn(self._issue(number, None, "row_left_out", message))
        else:
            text = _("A second table with other columns begins here. Put it on a sheet of its own.")
            self._report(self._issue(number, None, "second_table", text))

    # --- one data row ----------------------------------------------------------------------

    def _data(self, number: int, cells: dict[int, Any]) -> None:
        row = Row(self.sheet.name, number, {}, {}, self.names, self.letters, self.heading)
        before = self.reported
        bad = self._fill(row, cells)
        self._require(row, cells, bad)
        stated = row.values.get(_RECOMPUTED.get(self.kind, ""))
        self._check(row, cells, bad)
        self._count(row, stated, bad)
        is_right = self.reported == before
        (self.reading.rows if is_right else self.reading.wrong).append(row)

    def _fill(self, row: Row, cells: dict[int, Any]) -> set[str]:
        """Every field's value; the names of those that could not be read."""
        bad = set()
        for name in FIELDS[self.kind]:
            cell = cells.get(self.columns.get(name, 0))
            row.values[name] = None if name in MONEY | DATES | COUNTS else ""
            if name in self.columns:
                row.raw[name] = shown(cell)
            if is_empty(cell) or self._is_recomputed(name, cell):
                continue
            try:
                row.values[name] = convert(name, cell, self.scales.get(name, 1))
            except CellError as error:
                bad.add(name)
                self._report(row.issue(name, error.code, error.message))
        return bad

    def _is_recomputed(self, name: str, cell: Any) -> bool:
        """A total left as a formula without a value is added up from its parts instead."""
        if name != _RECOMPUTED.get(self.kind) or not isinstance(cell, Formula):
            return False
        parts = QUARTERS if name == "year" else ("male", "female")
        return cell.value is None and all(part in self.columns for part in parts)

    def _require(self, row: Row, cells: dict[int, Any], bad: set[str]) -> None:
        for group in LAYOUTS[self.kind].needed:
            if bad.isdisjoint(group) and all(row.values[name] in (None, "") for name in group):
                name = next((name for name in group if name in self.columns), group[-1])
                self._report(row.issue(name, "required", self._empty_message(name)))

    def _empty_message(self, name: str) -> str:
        """The forms' own sentence, and what to do about it here."""
        said = str(forms.Field.default_error_messages["required"])
        text = _("Fill in the cell “%(column)s”, or delete the row.")
        column = self.names.get(name) or FIELDS[self.kind][name].label
        return f"{said} {text % {'column': column}}"

    def _check(self, row: Row, cells: dict[int, Any], bad: set[str]) -> None:
        self._check_size(row)
        if bad & (MONEY | COUNTS):
            return
        layout, total = LAYOUTS[self.kind], _RECOMPUTED.get(self.kind, "")
        is_formula = isinstance(cells.get(self.columns.get(total, 0)), Formula)
        for name, code, message in layout.settle(row.values, is_formula):
            self.reading.warn(row.issue(name, code, message))
        for name, code, message in layout.check(row.values, set(self.columns)):
            self._report(row.issue(name, code, message))

    def _check_size(self, row: Row) -> None:
        for name, scale in self.scales.items():
            if scale > 1 and (row.values[name] or 0) >= DOUBTFUL_AMOUNT:
                text = _("The table is in units of %(unit)s đồng: is this amount in that unit too?")
                message = text % {"unit": f"{scale:,}".replace(",", ".")}
                self.reading.warn(row.issue(name, "unit_doubtful", message))
                return

    # --- subtotals -------------------------------------------------------------------------

    def _count(self, row: Row, stated: int | None, bad: set[str]) -> None:
        numbers = {n: row.values[n] or 0 for n in self.columns if n in MONEY | COUNTS}
        unsure = bad & (MONEY | COUNTS)
        if unsure:
            unsure = unsure | {_RECOMPUTED.get(self.kind, "")}
        elif stated is not None and stated != row.values[_RECOMPUTED[self.kind]]:
            unsure = {_RECOMPUTED[self.kind]}  # already reported on the row itself
        self.subtotals.add(numbers, unsure)

    def _stated(self, cells: dict[int, Any]) -> dict[str, int]:
        """The numbers of a subtotal row, where it has any; formulas by their stored value."""
        numbers = {}
        for name, column in self.columns.items():
            if name in MONEY | COUNTS and not is_empty(stored(cells.get(column))):
                number = amount_or_none(cells[column], self.scales.get(name, 1))
                if number is not None:
                    numbers[name] = number
        return numbers

    def _differ(self, differences: list[Difference]) -> None:
        for number, name, stated, counted in differences:
            message = difference_message(name, stated, counted)
            self.reading.warn(self._issue(number, name, "subtotal_differs", message))

    def _close(self) -> None:
        differences, lonely = self.subtotals.close()
        self._differ(sorted(differences))
        for number in lonely:
            name = "activity" if "activity" in self.columns else "commune"
            self._report(self._issue(number, name, "required", self._empty_message(name)))

    # --- issues ----------------------------------------------------------------------------

    def _issue(self, number: int, name: str | None, code: str, message: str) -> Issue:
        column = self.names.get(name) if name else None
        letter = self.letters.get(name) if name else None
        return Issue(self.sheet.name, number, column, code, message, letter)

    def _report(self, issue: Issue) -> None:
        self.reported += 1
        self.reading.error(issue)


def header_issues(sheet: Sheet, header: Header, kind: str) -> list[Issue]:
    """What is wrong with a sheet's header: columns missing, columns claimed twice."""
    from .header import found_labels

    issues = []
    if missing := header.missing(kind):
        text = _("No column for %(missing)s. Found: %(found)s. Add it or rename its header.")
        names = ", ".join(describe(kind, group) for group in missing)
        message = text % {"missing": names, "found": found_labels(header)}
        issues.append(Issue(sheet.name, header.first, None, "missing_column", message))
    for name, columns in header.doubled.items():
        text = _("Columns %(letters)s both say “%(label)s”. Keep one, or rename the other.")
        letters = ", ".join(get_column_letter(column) for column in columns)
        label = header.texts[columns[0]]
        message = text % {"letters": letters, "label": FIELDS[kind][name].label}
        issues.append(
            Issue(sheet.name, header.last, label, "double_column", message,
                  get_column_letter(columns[1]))
        )  # fmt: skip
    return issues
