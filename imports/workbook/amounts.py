"""The amounts of one table: the unit of each column, and one cell or several to whole đồng."""

import re

from django.utils.translation import gettext as _

from core.values.text import squash

from .corrections import Correction
from .fields import MONEY
from .formulas import is_placeholder
from .header import Header
from .model import Formula, Look, Sheet
from .remarks import Remarks
from .unit_words import unit_of
from .units import UnknownUnit, scale_around, scale_of, unit_named, where_said
from .values import CellError, cell_text, convert, is_empty, stored

_DOT = re.compile(r"^[1-9][0-9]{0,2}\.[0-9]{3}$")
TWO = re.compile(
    r"[0-9]\s*[\n\r\t]\s*[0-9]|[0-9] {2,}[0-9]|^[1-9][0-9]{0,2}(?: 000)+ [1-9][0-9]{2}(?: 000)+$"
)


def two_amounts(value: str) -> CellError:
    text = _("“%(value)s” holds two amounts. Write each in a row of its own.")
    return CellError("two_amounts", text % {"value": squash(value)[:40]})


class UnitOfSome(ValueError):
    """Some columns of money name a unit, others do not."""


class Amounts:
    """Reads the cells of money of one table."""

    def __init__(self, sheet: Sheet, header: Header, remarks: Remarks) -> None:
        self.sheet, self.header, self.remarks = sheet, header, remarks
        self.scales: dict[str, int] = {}
        self.is_said = False  # does the workbook say the unit?
        self.said = ""  # and what, in short
        self.is_corrected = False

    def find_units(self, corrected: Correction | None = None) -> None:
        """The unit of each column, or the one somebody said, if the workbook still says what it
        said then. Raises `UnknownUnit`, `UnitOfSome`."""
        try:
            self._find_units()
            self.said = ",".join(sorted(map(str, set(self.scales.values())))) * self.is_said
        except (UnknownUnit, UnitOfSome) as problem:
            self.said = f"? {problem}"[:300]
            if not self._still_applies(corrected):
                raise
        if corrected and self._still_applies(corrected):
            names = [name for name in self.header.columns if name in MONEY]
            self.scales = dict.fromkeys(names, int(corrected.value))
            self.is_said = self.is_corrected = True

    def _still_applies(self, corrected: Correction | None) -> bool:
        return corrected is not None and corrected.was == self.said

    def units(self) -> dict[str, dict[str, object]]:
        """Of each column of money: đồng per unit, its words, the cell and text that say it."""
        found: dict[str, dict[str, object]] = {}
        for name, scale in self.scales.items():
            place = None
            if self.is_said and not self.is_corrected:
                place = where_said(self.sheet, self.header, self.header.parts(name)[0], scale)
            found[name] = {
                "scale": scale,
                "name": unit_named(scale),
                "cell": place and place[0],
                "text": place and place[1][:120],
                "is_corrected": self.is_corrected,
            }
        return found

    def _find_units(self) -> None:
        names = [name for name in self.header.columns if name in MONEY]
        if not names:
            return
        own = {
            name: {scale_of(self.sheet, self.header, c) for c in self.header.parts(name)}
            for name in names
        }
        around = scale_around(self.sheet, self.header)
        said = set().union(*own.values())
        if any(len(scales) > 1 for scales in own.values()) or (
            around is None and None in said and said - {None, 1}
        ):
            raise UnitOfSome
        self.is_said = around is not None or said != {None}
        self.scales = {name: next(iter(own[name])) or around or 1 for name in names}

    def read(self, name: str, number: int, cells: dict[int, object]) -> int | None:
        """Whole đồng of a field in a row, None for none. Raises `CellError`."""
        amounts = [self._cell(name, number, c, cells.get(c)) for c in self.header.parts(name)]
        given = [amount for amount in amounts if amount is not None]
        return sum(given) if given else None

    def stated(self, name: str, number: int, cells: dict[int, object]) -> int | None:
        """The amount of a total's row, None where none can be read."""
        try:
            return self.read(name, number, cells)
        except CellError:
            return None

    def _cell(self, name: str, number: int, column: int, cell: object) -> int | None:
        if is_empty(cell):
            return None
        self.refuse_placeholder(cell)
        value, scale = stored(cell), self.scales.get(name, 1)
        if isinstance(value, str):
            if TWO.search(value.strip()):
                raise two_amounts(value)
            if scale > 1 and _DOT.match(squash(value)):
                self.remarks.add("dot_in_unit", number, self.header.texts[column])
        elif look := self.sheet.looks.get((number, column)):
            scale = self._scale_shown(look, scale, number, column, value)
        amount: int | None = convert(name, cell, scale)
        return amount

    def _scale_shown(self, look: Look, scale: int, number: int, column: int, value: object) -> int:
        """đồng per unit of what the cell holds, by what it shows."""
        if look.percent:
            text = _("The cell shows %(value)s as a percentage. Write the amount in đồng.")
            raise CellError("percentage", text % {"value": cell_text(value)})
        unit = unit_of(look.unit) if look.unit else None
        if look.unit and (unit is None or unit.foreign or scale not in (1, unit.scale)):
            text = _("The cell shows its amount in “%(unit)s”. Write it in đồng.")
            raise CellError("unit_shown", text % {"unit": look.unit})
        if unit:
            scale = unit.scale
        if look.divisor == 1:
            return scale
        if scale != look.divisor:
            text = _(
                "The cell holds %(value)s and shows it divided by %(divisor)d, which is not the "
                "table's unit. Show the whole amount, or name its unit in the header."
            )
            numbers = {"value": cell_text(value), "divisor": look.divisor}
            raise CellError("shown_divided", text % numbers)
        self.remarks.add("shown_in_unit", number, self.header.texts[column])
        return 1

    def refuse_placeholder(self, cell: object) -> None:
        """Raises `CellError` for a formula whose 0 nobody has worked out."""
        if isinstance(cell, Formula) and is_placeholder(self.sheet, cell):
            text = _(
                "The formula %(formula)s has 0 stored beside it, which is not its result. Open "
                "the file in Excel, save it and try again."
            )
            raise CellError("formula_without_value", text % {"formula": cell.text[:40]})
