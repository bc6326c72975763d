"""The columns of a list, and how a value stands in a cell of the screen or of a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.lists.exports import harmless
from core.values import display
from core.values.dates import ZONE

BY_VALUE = "value"  # the `order` of rows that are worked out in Python


@dataclass(frozen=True)
class Column:
    """A column: its name in the address, its heading, and what stands there (text, number, day).

    `order` are the fields to sort by; text is sorted by a `sort_key`, which knows the Vietnamese
    alphabet. `sum` is the field that is added up over all the rows found. `note` is small print
    below the value; in a file it has a column of its own, headed `note_label`. `tone` makes the
    value a badge.
    """

    name: str
    label: Any
    value: Callable[[Any], Any]
    order: str | tuple[Any, ...] = ()
    sum: str = ""
    numeric: bool = False
    hidden: bool = False  # until somebody chooses it
    short: bool = False  # never broken into two lines
    note: Callable[[Any], Any] | None = None
    note_label: Any = ""
    tone: Callable[[Any], str] | None = None
    buttons: bool = False  # what can be done to the row: no file has it
    template: str = ""  # writes the cell on the screen, given `row`; files have the value

    @property
    def orders(self) -> tuple[Any, ...]:
        return (self.order,) if isinstance(self.order, str) else self.order

    @property
    def is_number(self) -> bool:
        return self.numeric or bool(self.sum)

    @property
    def heading(self) -> str:
        text = str(self.label)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Cell:
    """A value as the screen writes it; `label` heads it where rows are cards (on a phone)."""

    text: str
    label: str
    kind: str = ""  # its class: n for a number, nowrap, none where there is nothing
    note: str = ""
    tone: str = ""
    template: str = ""


def cell(column: Column, row: Any) -> Cell:
    value = column.value(row)
    text = shown(value)
    note = str(column.note(row) or "") if column.note else ""
    kind = "n" if column.is_number else ""
    if text == display.NOTHING and not note:
        kind = "none"
    elif not kind and (column.short or isinstance(value, date)):
        kind = "nowrap"
    tone = column.tone(row) if column.tone else ""
    return Cell(
        text=text, label=column.heading, kind=kind, note=note, tone=tone, template=column.template
    )


def shown(value: Any) -> str:
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
        return display.percent(value).removesuffix("%")
    return str(value)


def kept(value: Any) -> Any:
    """A value as a file keeps it: a number, a day, text that no spreadsheet runs as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return localtime(value, ZONE).replace(tzinfo=None, microsecond=0)
    if isinstance(value, int | date | Decimal):
        return value
    return harmless(str(value))
