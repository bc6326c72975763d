"""The rows of one sheet's table, from below its header to its end."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from .amounts import TWO, Amounts, UnitOfSome, two_amounts
from .asides import Asides, is_figure
from .corrections import HIDDEN_ROWS, OUT, UNIT, Correction, said_of
from .days import Days
from .fields import COUNTS, DATES, FIELDS, MONEY, QUARTERS, ROW_ID
from .formulas import is_placeholder
from .header import Header
from .layout import LAYOUTS
from .merged import merged_amounts, shared_words
from .model import NOTHING, Formula, Issue, Look, Reading, Row, Sheet
from .remarks import Remarks, list_of
from .rowkinds import (
    BALANCE,
    BLANK,
    DATA,
    FOOTER,
    HEADING,
    NEW_HEADER,
    REMARK,
    SAME_HEADER,
    SKIP,
    STRAY,
    SUBTOTAL,
    UNNAMED,
    Found,
    RowKinds,
    amount_or_none,
)
from .subtotals import Difference, Subtotals, difference_message
from .understood import MOST, SheetReading
from .units import UnknownUnit, scale_of_line, unknown_unit_message
from .values import CellError, cell_text, convert, is_empty, stored

THOUSAND = 1000
WRITTEN_OUT = 10**6  # of the table's unit; a round number as large looks like one of đồng
DOUBTFUL_AMOUNT = 10**12  # with a unit of thousands or more, likely written in đồng after all

SEVERAL = 3  # empty cells of one row are said in one line
MANY_VALUES = 10_000  # kept at a time to be found equal
_RECOMPUTED = {"plan": "year", "trainings": "total"}


def _refuse_look_of_people(look: Look, cell: object) -> None:
    """A number format that makes something else than people of a number. Raises `CellError`."""
    if look.percent:
        text = _("The cell shows %(value)s as a percentage. Write a number of people.")
        raise CellError("percentage", text % {"value": cell_text(cell)})
    if look.things:
        text = _("The cell shows “%(value)s %(things)s”. Write a number of people.")
        raise CellError("unit_shown", text % {"value": cell_text(cell), "things": look.things})
    if look.divisor != 1:
        text = _("The cell holds %(value)s and shows it divided by %(divisor)d. Show the number.")
        raise CellError("shown_divided", text % {"value": cell_text(cell), "divisor": look.divisor})


class Table:
    """Reads one sheet into `reading`."""

    def __init__(
        self, sheet: Sheet, header: Header, reading: Reading, as_read: SheetReading
    ) -> None:
        self.sheet, self.header, self.reading = sheet, header, reading
        self.as_read = as_read
        self.kind = reading.kind
        self.columns = header.columns
        self.names = {name: header.texts[column] for name, column in self.columns.items()}
        self.letters = {name: get_column_letter(c) for name, c in self.columns.items()}
        self.kinds = RowKinds(self.kind, header)
        self.subtotals = Subtotals()
        self.heading: str | None = None
        self.remarks = Remarks(sheet.name)
        self.amounts = Amounts(sheet, header, self.remarks)
        self.asides = Asides(sheet, header, self.kinds.ordinals, self.remarks)
        self.merged = merged_amounts(sheet, header)
        self.shared = shared_words(sheet, header)
        self.reported = 0
        self.large: list[tuple[Row, str]] = []  # and the field
        self.last_row, self.last_kind = header.last, BLANK
        self.met: dict[str | date, str | date] = {}
        self.days = {name: Days() for name in self.columns if name in DATES}

    def read(self) -> None:
        unit_said = self._corrected(UNIT)
        try:
            self.amounts.find_units(unit_said)
        except UnknownUnit as unit:
            self.as_read.unit_said = self.amounts.said
            message = unknown_unit_message(str(unit))
            self._report(self._issue(self.header.first, None, "unknown_unit", message))
            return
        except UnitOfSome:
            self.as_read.unit_said = self.amounts.said
            text = _(
                "Some columns of money name a unit, others none. Name it once above the table."
            )
            self._report(self._issue(self.header.first, None, "unit_of_some", text))
            return
        self._say_unit(unit_said)
        is_out = (hidden := self._corrected(HIDDEN_ROWS)) is not None and hidden.value == OUT
        if hidden:
            self.reading.corrections.append(hidden)
        for number in sorted(self.sheet.rows):
            cells = self.sheet.rows[number]
            if number < self.header.first:
                self._leave_out(number, "above", cells)
            elif number > self.header.last and is_out and number in self.sheet.unseen:
                self._leave_out(number, "hidden", cells)
            elif number > self.header.last:
                shared = self.shared.get(number)
                self._read_row(number, {**shared, **cells} if shared else cells)
        self._close()
        for name, days in self.days.items():
            for row in days.swapped():
                self.remarks.add("days_mixed", row, self.names[name])
        if self.amounts.is_said and self.subtotals.agreed:
            self.reading.vouched.add(self.sheet.name)
        self._say_large()
        for issue in self.asides.unit_issues(self.scales):
            self._report(issue)
        self.asides.tell(self.reading)
        self._say_how()

    def _corrected(self, what: str) -> Correction | None:
        """What somebody said of this layout."""
        return said_of(self.reading.given, self.as_read.layout, what)

    def _say_unit(self, corrected: Correction | None) -> None:
        if corrected:
            used = self.amounts.is_corrected
            (self.reading.corrections if used else self.reading.unused).append(corrected)
        self.as_read.unit_said = self.amounts.said
        units = self.amounts.units()
        self.as_read.say_units(self.header, units)
        for place in {unit["cell"] for unit in units.values() if unit["cell"]}:
            row = int(str(place).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            if row in self.sheet.unseen:
                self.remarks.add("hidden_rows", row)

    def _leave_out(self, number: int, why: str, cells: dict[int, object], text: str = "") -> None:
        if any(is_figure(cell) for cell in cells.values()):
            self.as_read.leave_out_row(number, why, cells, text)

    def _say_how(self) -> None:
        """Rows and columns that were read, and those that were not."""
        said, remarks = self.as_read, self.remarks.rows
        numbers = [r.row for r in [*self.reading.rows, *self.reading.wrong] if r.sheet == said.name]
        said.rows = {"count": len(numbers)}
        said.rows |= {"first": min(numbers), "last": max(numbers)} if numbers else {}
        said.leave_out_columns(self.header, self.kind, self.asides.left_out)
        said.hidden_columns = [get_column_letter(c) for c in self.asides.hidden_columns]
        said.hidden_rows = remarks.get(("hidden_rows", None), [])[:MOST]
        said.struck_rows = remarks.get(("struck_rows", None), [])[:MOST]
        said.subtotals = [
            {
                "row": row,
                "text": text[:120],
                "field": name,
                "label": self.names[name],
                "stated": stated,
                "counted": counted,
                "agrees": stated == counted,
            }
            for row, text, name, stated, counted in sorted(self.subtotals.compared)[:MOST]
        ]

    @property
    def scales(self) -> dict[str, int]:
        """đồng per unit of each column of money."""
        return self.amounts.scales

    def _read_row(self, number: int, cells: dict[int, object]) -> None:
        row_id = None
        if (column := self.columns.get(ROW_ID)) in cells:  # it says nothing of what the row is
            row_id, cells = cells[column], {c: v for c, v in cells.items() if c != column}
        found = self.kinds.tell(cells)
        is_apart = number > self.last_row + 1 or self.last_kind in (BLANK, HEADING, STRAY, FOOTER)
        self.last_row, self.last_kind = number, found.kind
        if found.kind not in (DATA, SKIP):
            self._leave_out(number, found.kind, cells, found.text)
        if found.kind == DATA:
            self._data(number, cells, cell_text(row_id))
        elif found.kind == SAME_HEADER:
            if is_apart and self.subtotals.sheet.rows:
                text = _(
                    "The same header stands here again: are these two variants of one table? "
                    "The rows of both were read."
                )
                self.reading.warn(self._issue(number, None, "table_again", text))
        elif found.kind == BALANCE:
            text = _("The balance “%(text)s” was left out: it is no row of the ledger.")
            message = text % {"text": found.text[:60]}
            self.reading.warn(self._issue(number, None, "row_left_out", message))
        elif found.kind == HEADING:
            self.heading = found.text
            self.subtotals.heading(number, found.text, self._stated(number, cells))
        elif found.kind in (SUBTOTAL, UNNAMED):
            stated = self._stated(number, cells)
            if found.kind == SUBTOTAL or any(stated.values()):
                unnamed = found.kind == UNNAMED
                self.subtotals.subtotal(number, found.text, stated, is_unnamed=unnamed)
        elif found.kind == REMARK:
            self._remark(number, cells)
        elif found.kind in (STRAY, NEW_HEADER):
            self._note_odd_row(number, found)
        else:
            assert found.kind in (BLANK, SKIP, FOOTER)

    def _remark(self, number: int, cells: dict[int, object]) -> None:
        """A line about the unit: it must not name another one than the rows were read in."""
        if self.amounts.is_corrected:
            return
        try:
            scale = scale_of_line(cells)
        except UnknownUnit:
            scale = 0
        if scale is not None and scale not in self.scales.values() and self.scales:
            text = _("Another unit is named here. Put its rows on a sheet of their own.")
            self._report(self._issue(number, None, "unit_changes", text))

    def _note_odd_row(self, number: int, found: Found) -> None:
        if found.kind == STRAY:
            text = _("This row has only the text “%(text)s” and was left out.")
            message = text % {"text": found.text[:60]}
            self.reading.warn(self._issue(number, None, "row_left_out", message))
        else:
            text = _("A second table with other columns begins here. Put it on a sheet of its own.")
            self._report(self._issue(number, None, "second_table", text))

    # --- one data row ----------------------------------------------------------------------

    def _data(self, number: int, cells: dict[int, object], row_id: str) -> None:
        row = Row(self.sheet.name, number, {}, NOTHING, self.names, self.letters, self.heading)
        before = self.reported
        self.asides.look(number, cells)
        bad = self._fill(row, cells)
        if row_id:
            row.values[ROW_ID] = row_id
        self._refuse_merged(row, cells)
        self._require(row, cells, bad)
        stated = row.values.get(_RECOMPUTED.get(self.kind, ""))
        self._check(row, cells, bad)
        self._count(row, stated, bad)
        is_right = self.reported == before
        (self.reading.rows if is_right else self.reading.wrong).append(row)

    def _fill(self, row: Row, cells: dict[int, object]) -> set[str]:
        """Every field's value; the names of those that could not be read."""
        bad, number = set(), row.row
        for name in FIELDS[self.kind]:
            if name == ROW_ID:
                continue
            cell = cells.get(self.columns.get(name, 0))
            row.values[name] = None if name in MONEY | DATES | COUNTS else ""
            several = len(self.header.months.get(name, ())) > 1
            is_open = is_empty(cell) and not several
            if not is_open and not self._is_recomputed(name, cell):
                try:
                    row.values[name] = self._interned(self._value(name, number, cell, cells))
                except CellError as error:
                    bad.add(name)
                    self._report(row.issue(name, error.code, error.message))
            if name in MONEY and (text := cell_text(cell)) not in ("", str(row.values[name])):
                row.raw = {**row.raw, name: text}
        return bad

    def _interned(self, value: object) -> object:
        """Equal words and days are one object, in the rows of one piece of the answer, too."""
        if not isinstance(value, str | date):
            return value
        if len(self.met) > MANY_VALUES:  # of a long table they would take more than they save
            self.met.clear()
        return self.met.setdefault(value, value)

    def _value(self, name: str, number: int, cell: object, cells: dict[int, object]) -> object:
        if name in MONEY:
            return self.amounts.read(name, number, cells)
        if name in COUNTS:
            self.amounts.refuse_placeholder(cell)
            if look := self.sheet.looks.get((number, self.columns[name])):
                _refuse_look_of_people(look, cell)
            if isinstance(value := stored(cell), str) and TWO.search(value.strip()):
                raise two_amounts(value)
        if name in DATES and isinstance(day := stored(cell), int | Decimal):
            cell = day + self.sheet.days_off
        value = convert(name, cell)
        if name in DATES:
            self.days[name].note(number, stored(cell), value)
        return value

    def _refuse_merged(self, row: Row, cells: dict[int, object]) -> None:
        """An amount in a cell merged over several rows or columns: of which is it?"""
        for name, area in self.merged.get(row.row, ()):
            if not is_empty(cells.get(self.columns[name])):
                text = _("This amount stands in a cell merged over %(area)s. Write each its own.")
                self._report(row.issue(name, "merged_amount", text % {"area": area}))

    def _is_recomputed(self, name: str, cell: object) -> bool:
        """A total left as a formula without a value is added up from its parts instead."""
        if name != _RECOMPUTED.get(self.kind) or not isinstance(cell, Formula):
            return False
        parts = QUARTERS if name == "year" else ("male", "female")
        is_open = cell.value is None or is_placeholder(self.sheet, cell)
        return is_open and all(part in self.columns for part in parts)

    def _require(self, row: Row, cells: dict[int, object], bad: set[str]) -> None:
        lacking = [
            next((name for name in group if name in self.columns), group[-1])
            for group in LAYOUTS[self.kind].needed
            if bad.isdisjoint(group) and all(row.values[name] in (None, "") for name in group)
        ]
        together = [lacking] if len(lacking) >= SEVERAL else [[name] for name in lacking]
        for names in filter(None, together):
            self._report(row.issue(names[0], "required", self._empty_message(*names)))

    def _empty_message(self, *names: str) -> str:
        """The forms' own sentence, and what to do about it here."""
        said = str(forms.Field.default_error_messages["required"])
        text = _("Fill in the cell “%(column)s”, or delete the row.")
        if len(names) > 1:
            text = _("Fill in the cells %(column)s, or delete the row.")
        columns = [self.names.get(name) or FIELDS[self.kind][name].label for name in names]
        shown = columns[0] if len(names) == 1 else ", ".join(f"“{one}”" for one in columns)
        return f"{said} {text % {'column': shown}}"

    def _check(self, row: Row, cells: dict[int, object], bad: set[str]) -> None:
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
            if scale < THOUSAND or not (amount := row.values[name]):
                continue
            is_round = not amount // scale % THOUSAND
            if amount >= DOUBTFUL_AMOUNT or (is_round and amount // scale >= WRITTEN_OUT):
                self.large.append((row, name))
                return

    def _say_large(self) -> None:
        """The amounts that look as if they were written out in đồng, in one line."""
        doubted = [one for one in self.large if one[0].values[one[1]] >= DOUBTFUL_AMOUNT]
        if self.sheet.name not in self.reading.vouched:
            doubted = self.large
        if doubted:
            row, name = doubted[0]
            text = _(
                "The table is in units of %(unit)s đồng: are the amounts of rows %(rows)s in that "
                "unit too?"
            )
            unit = f"{self.scales[name]:,}".replace(",", ".")
            facts = {"unit": unit, "rows": list_of(each.row for each, _name in doubted)}
            self.reading.warn(row.issue(name, "unit_doubtful", text % facts))

    # --- subtotals -------------------------------------------------------------------------

    def _count(self, row: Row, stated: int | None, bad: set[str]) -> None:
        numbers = {n: row.values[n] or 0 for n in self.columns if n in MONEY | COUNTS}
        unsure = bad & (MONEY | COUNTS)
        if unsure:
            unsure = unsure | {_RECOMPUTED.get(self.kind, "")}
        elif stated is not None and stated != row.values[_RECOMPUTED[self.kind]]:
            unsure = {_RECOMPUTED[self.kind]}  # already reported on the row itself
        self.subtotals.add(numbers, unsure)

    def _stated(self, row: int, cells: dict[int, object]) -> dict[str, int]:
        """The numbers of a subtotal row, where it has any; formulas by their stored value."""
        numbers = {
            name: self.amounts.stated(name, row, cells)
            if name in MONEY
            else amount_or_none(cells.get(column), 1)
            for name, column in self.columns.items()
            if name in MONEY | COUNTS and not is_placeholder(self.sheet, cells.get(column))
        }
        return {name: number for name, number in numbers.items() if number is not None}

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
