"""The columns of a list, and how a value stands in a cell of the screen or of a file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter, methodcaller
from typing import Any

from django.db.models import Expression
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.lists.exports import harmless
from core.values import display
from core.values.dates import ZONE
from core.values.sql_text import Alphabetical
from core.values.text import Label

NEVER_CUT = 12  # letters of a text that always stand whole on one line
BY_VALUE = "value"  # the `order` of rows that are worked out in Python


@dataclass(frozen=True)
class Column:
    """A column: its name in the address, its heading, and what stands there (text, number, day).

    `order` are the fields to sort by; text is sorted by a `sort_key`, which knows the Vietnamese
    alphabet. `sum` is the field that is added up over all the rows found. `note` belongs to
    the value (a title to its code) and has a column of its own, headed `note_label`; on the screen
    it stands within the cell where it is `inside`. `tone` makes the value a badge. Where it
    `sorts_few` no index has its order: it is offered for lists that are not long.
    """

    name: str
    label: Label
    value: Callable[[Any], Any]
    order: str | tuple[str | Expression, ...] = ()
    sum: str = ""
    numeric: bool = False
    hidden: bool = False  # until somebody chooses it
    short: bool = False  # never broken into two lines
    note: Callable[[Any], Any] | None = None
    note_label: Label = ""
    inside: bool = False  # its note is a word or two that not every row has
    tone: Callable[[Any], str] | None = None
    buttons: bool = False  # what can be done to the row: no file has it
    template: str = ""  # writes the cell on the screen, given `row`; files have the value
    edits: str = ""  # the field of the row's form that changes this value (`Listing.edit`)
    said: Callable[[Any], str] | None = None  # the value on the screen; files have the number
    sorts_few: bool = False

    @classmethod
    def own(cls, field: str, label: Label, **options: Any) -> "Column":
        """Of a field of the record's own, sorted by it."""
        return cls(field, label, attrgetter(field), field, **options)

    @classmethod
    def text(cls, field: str, label: Label, **options: Any) -> "Column":
        """The same of free text, sorted as dictionaries do."""
        return cls(field, label, attrgetter(field), (Alphabetical(field),), **options)

    @classmethod
    def choice(cls, field: str, label: Label, **options: Any) -> "Column":
        """The same of a choice, in words."""
        return cls(field, label, methodcaller(f"get_{field}_display"), field, **options)

    def hide(self) -> "Column":
        """The same column, hidden until somebody chooses it."""
        return replace(self, hidden=True)

    @property
    def orders(self) -> tuple[str | Expression, ...]:
        return (self.order,) if isinstance(self.order, str) else self.order

    @property
    def is_number(self) -> bool:
        return self.numeric or bool(self.sum)

    @property
    def heading(self) -> str:
        return _capital(self.label)

    @property
    def note_heading(self) -> str:
        """The heading of the note's own column on the screen; empty where it has none."""
        return _capital(self.note_label or self.label) if self.note and not self.inside else ""


def two_lines(heading: str) -> list[str]:
    """A heading in the parts, one or two, that it may be broken into."""
    places = [at for at, letter in enumerate(heading) if letter == " "]
    if not places:
        return [heading]
    middle = min(places, key=lambda at: abs(2 * at - len(heading)))
    return [heading[:middle], heading[middle + 1 :]]


def _capital(label: Label) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Cell:
    """A value as the screen writes it; `label` heads it where rows are cards (on a phone)."""

    text: str
    label: str
    kind: str = ""  # its class: n for a number, nowrap, text that may be cut, none for nothing
    note: str = ""
    note_label: str = ""  # heads the note where it has a cell of its own, of its own kind
    note_kind: str = ""
    tone: str = ""
    template: str = ""
    edits: str = ""


def cell(column: Column, row: object, is_key: bool = False) -> Cell:
    """A row's cell of a column. Only text of more than `NEVER_CUT` letters may be cut on a line.
    `is_key`: the sum that stands beside the row's name where there is room for one (on a phone)."""
    value = column.value(row)
    text = column.said(value) if column.said else screen_text(value)
    note = str(column.note(row) or "") if column.note else ""
    return Cell(
        text=text,
        label=column.heading,
        kind=f"{_kind(column, value, text, note)}{' key' if is_key else ''}",
        note=note,
        note_label=column.note_heading,
        note_kind=fitting(note) if note else "none",
        tone=column.tone(row) if column.tone else "",
        template=column.template,
        edits=column.edits,
    )


def _kind(column: Column, value: object, text: str, note: str) -> str:
    if column.template:
        return "own" if column.buttons else "own text"
    if text == display.NOTHING and not (note and column.inside):
        return "n none" if column.is_number else "none"
    if column.is_number:
        return "n"
    if column.tone:
        return "nowrap state"
    return "nowrap" if column.short or isinstance(value, date) else fitting(text)


def fitting(text: str) -> str:
    """The class of a text: whether it may be cut."""
    return "nowrap" if len(text) <= NEVER_CUT else "text"


def screen_text(value: object) -> str:
    """A value as the screen writes it."""
    if value is None or value == "":
        return display.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return display.number(value)
    if isinstance(value, datetime):
        return display.moment(value)
    if isinstance(value, date):
        return display.day(value)
    if isinstance(value, Decimal):
        return display.decimal(value)
    return str(value)


def file_value(value: object) -> int | date | Decimal | str:
    """A value as a file (CSV, Excel) has it: a number, a day, text that no spreadsheet runs as a
    formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return localtime(value, ZONE).replace(tzinfo=None, microsecond=0)
    if isinstance(value, int | date | Decimal):
        return value
    return str(harmless(str(value)))
