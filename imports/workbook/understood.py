"""How a sheet was understood, for its sender to see before anything is saved. Plain data."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import get_column_letter

from core.values.text import squash

from .columns import field_of_heading
from .fields import FIELDS, MONEY, QUARTERS
from .header import Header
from .model import Sheet
from .quarters import FIRST_MONTH
from .roles import Role, is_meant, role_of
from .unit_words import is_unit

MOST = 200  # of anything listed for one sheet
_LONGEST = 120

WHY_ROW = {
    "above": gettext_lazy("above the table"),
    "skip": gettext_lazy("the numbers of the columns, or a unit"),
    "heading": gettext_lazy("a heading"),
    "subtotal": gettext_lazy("a total"),
    "unnamed": gettext_lazy("a total without a name"),
    "balance": gettext_lazy("a balance"),
    "footer": gettext_lazy("below the table"),
    "remark": gettext_lazy("a remark about the unit"),
    "same_header": gettext_lazy("the header again"),
    "stray": gettext_lazy("words alone"),
    "hidden": gettext_lazy("hidden"),
    "new_header": gettext_lazy("another header"),
    "blank": gettext_lazy("nothing in the columns that are read"),
}
WHY_SHEET = {
    "hidden": gettext_lazy("hidden"),
    "no_table": gettext_lazy("no table of this kind"),
    "empty": gettext_lazy("empty"),
    "left_out": gettext_lazy("left out, as somebody said"),
}
WHY_COLUMN = {
    Role.ADJUSTED: gettext_lazy("the plan as adjusted"),
    Role.CHANGE: gettext_lazy("a change alone"),
    Role.RATE: gettext_lazy("a rate"),
    Role.REST: gettext_lazy("what is left"),
    Role.INITIAL: gettext_lazy("as it was at first"),
    Role.EARLIER: gettext_lazy("of an earlier time"),
    Role.CUMULATIVE: gettext_lazy("cumulative"),
    Role.PERIOD: gettext_lazy("of this period"),
    Role.OF_WHICH: gettext_lazy("a part of another column"),
    Role.ASKED: gettext_lazy("asked for"),
    Role.ADVANCED: gettext_lazy("paid ahead"),
    Role.PLANNED: gettext_lazy("planned"),
    Role.DONE: gettext_lazy("carried out"),
    Role.QUANTITY: gettext_lazy("not money"),
}


@dataclass
class SheetReading:
    """What was found on one sheet. Rows are counted from 1; money is in đồng.

    `layout` is the fingerprint of its headings, `unit_said` what it says of the unit, in short:
    both are what a correction holds on to.
    """

    name: str
    is_read: bool = True
    why: str = ""  # why it was not read: one of WHY_SHEET
    layout: str = ""
    header: dict[str, Any] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    unit: dict[str, object] = field(default_factory=dict)
    unit_said: str = ""
    quarters: list[dict[str, Any]] = field(default_factory=list)
    years: list[dict[str, object]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    rows_left_out: list[dict[str, Any]] = field(default_factory=list)
    columns_left_out: list[dict[str, Any]] = field(default_factory=list)
    subtotals: list[dict[str, Any]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)
    struck_rows: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def all_of(cls, reading: dict[str, Any]) -> list["SheetReading"]:
        """The sheets of a reading that was kept."""
        names = {each.name for each in fields(cls)}
        return [
            cls(**{name: value for name, value in kept.items() if name in names})
            for kept in reading.get("sheets", ())
        ]

    def describe(self, sheet: Sheet, header: Header, kind: str) -> None:
        """The header, and what each of its columns was taken for."""
        texts = [
            squash(value)[:_LONGEST]
            for number in range(header.first, header.last + 1)
            for value in sheet.rows.get(number, {}).values()
            if isinstance(value, str)
        ]
        self.header = {"first": header.first, "last": header.last, "texts": texts[:MOST]}
        taken = {c: name for name in header.columns for c in header.parts(name)}
        if header.unclear:
            taken = {c: name for c, name in taken.items() if name not in QUARTERS}
        self.columns = [
            {
                "letter": get_column_letter(column),
                "heading": header.path(column)[:_LONGEST],
                "field": (name := taken.get(column)),
                "label": str(FIELDS[kind][name].label) if name else None,
                "unit": None,
            }
            for column in sorted(header.paths.keys() | taken.keys())
        ][:MOST]
        if kind == "plan" and not header.unclear:
            self.quarters = [_quarter(header, n) for n in QUARTERS if n in header.columns]

    def say_units(self, header: Header, units: dict[str, dict[str, object]]) -> None:
        """The unit of each column of money: đồng per unit, its words, the cell they stand in."""
        by_letter = {
            get_column_letter(c): units[name]
            for name in units
            if name in MONEY
            for c in header.parts(name)
        }
        for column in self.columns:
            column["unit"] = by_letter.get(column["letter"])
        self.unit = next(iter(units.values()), {})

    def leave_out_row(
        self, number: int, why: str, cells: dict[int, object], text: str = ""
    ) -> None:
        """Note a row with figures that is not data."""
        if len(self.rows_left_out) < MOST:
            found = [squash(v) for v in cells.values() if isinstance(v, str)]
            shown = (text or " ".join(found))[:_LONGEST]
            self.rows_left_out.append({"row": number, "why": str(WHY_ROW[why]), "kind": why,
                                       "text": shown})  # fmt: skip

    def leave_out_columns(self, header: Header, kind: str, columns: dict[int, int]) -> None:
        """Note columns with figures that are no field; column → first row with a figure."""
        for column, row in sorted(columns.items())[:MOST]:
            path = header.path(column)[:_LONGEST]
            code = _why_not(header, kind, column)
            self.columns_left_out.append(
                {
                    "letter": get_column_letter(column),
                    "heading": path,
                    "why": why_column(code),
                    "code": code,
                    "row": row,
                }
            )


def why_column(code: str) -> str:
    """In words why a column is not read; `code` is a role, the letter of another, or ""."""
    if code in Role.__members__:
        return str(WHY_COLUMN[Role[code]])
    if code:
        return _("column %(letter)s is read instead") % {"letter": code}
    return _("no column of this kind of file")


def _why_not(header: Header, kind: str, column: int) -> str:
    """Why a column is not read: its role, or the letter of the one that is read for its field."""
    words = [text for text in header.paths.get(column, []) if not is_unit(text)]
    role = role_of(" ".join(words))
    if role and not is_meant(kind, role):
        return role.name
    found = field_of_heading(kind, words) if words else None
    return header.letter(found[0]) if found and found[0] in header.columns else ""


def _quarter(header: Header, name: str) -> dict[str, object]:
    """A quarter of the fiscal year: its columns and its months (7 is July)."""
    number = int(name[1])
    parts = header.parts(name)
    first = FIRST_MONTH + 3 * (number - 1)
    return {
        "quarter": number,
        "letters": [get_column_letter(column) for column in parts],
        "heading": " + ".join(header.path(column) for column in parts)[:_LONGEST],
        "months": [(first + ahead - 1) % 12 + 1 for ahead in range(3)],
    }
