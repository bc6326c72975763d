"""What a list is: declared by its page, read by `core.lists.view`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from core.lists.columns import Column
from core.services.access import Actor
from core.values.text import Label

if TYPE_CHECKING:
    from core.lists.filters import Filters

Rows = QuerySet[Model] | list[Any]  # asked of the database, or worked out in Python
NOTHING_YET = _("Nothing here yet")


@dataclass(frozen=True)
class Empty:
    """What stands where there is nothing yet: what to do first, and a link to do it."""

    title: Label = NOTHING_YET
    text: Label = ""
    href: str = ""
    action: Label = ""


@dataclass(frozen=True)
class Figure:
    """A figure above the table, made of all the rows found."""

    label: Label
    value: str
    tone: str = ""


@dataclass(frozen=True)
class Whole:
    """What all the rows found come to: how many, the sums by the names of columns, and what stands
    above the table. `rows`: the same rows by their keys, where they are few and were looked for."""

    count: int
    sums: Mapping[str, int]
    figures: Sequence[Figure]
    rows: Rows | None = None


@dataclass(frozen=True)
class Action:
    """What can be done with the rows that are ticked: a button below the list."""

    name: str
    label: Label


@dataclass(frozen=True)
class Ticks:
    """The boxes to tick of a list: what a person can do with the ticked rows, and where that is
    sent as `do` (the action) with `row` (the values of boxes) or `all` (all the address finds).

    `value(row)` stands for a row, `worth(row)` is what the bar adds up (đồng) and `whole` the
    column whose sum is that of all rows found.
    """

    actions: Callable[[Any], Sequence[Action]]
    href: Label
    value: Callable[[Any], str]
    worth: Callable[[Any], int] | None = None
    whole: str = ""


def _as_they_are(rows: Sequence[object], user: Actor) -> Sequence[object]:
    return rows


def _not_skipped(
    rows: object, filters: object, user: object, column: Column, descending: bool, first: int
) -> tuple[object, int]:
    return rows, first


@dataclass(frozen=True)
class Listing:
    """A list. `name` names its files and what the session keeps of it.

    `rows(user)` is the query in the person's scope, `filters` the class of its filter set (none: a
    list of what its page asks for), of which the page always offers the `usual` ones (none: all).
    `narrowed(rows, filters)` is what they leave; a list computed in Python says it itself.
    `ticks`: rows can be ticked, and something done with them.
    `edit(row)` is the address of the form that changes a row, "" where it cannot be changed;
    answering a script with `?cell=FIELD` it is that field alone (static/js/cell.js).
    `aside` are parameters of the page around the list: no filters, and never kept.
    `notes(rows)` are sentences that its workbook carries on a sheet of their own.
    `whole(rows, filters, user)` is what they come to where that is known without looking at each of
    them; `skip(rows, filters, user, column, descending, first)` the rows from somewhere before the
    place `first` of that order on, and how many of them come before it.
    `prepare(rows, user)` turns the rows of a page, or of a stretch of a file, into what the
    columns read. `order` is the column sorted by at first ("-date"); none: the query's own order.
    """

    name: str
    title: Label
    columns: tuple[Column, ...]
    rows: Callable[[Any], Any]
    filters: "type[Filters] | None" = None
    usual: tuple[str, ...] = ()
    narrowed: Callable[[Any, Any], Any] = lambda rows, filters: filters.qs
    href: Callable[[Any], str] | None = None
    order: str = ""
    tie: str = "pk"  # what orders rows that are otherwise alike
    empty: Empty = Empty()
    aside: tuple[str, ...] = ()
    notes: Callable[[Any], Iterable[str]] = lambda rows: ()
    figures: Callable[[Any], Iterable[Figure]] = lambda rows: ()
    whole: Callable[[Any, Any, Any], Whole | None] = lambda rows, filters, user: None
    skip: Callable[[Any, Any, Any, Column, bool, int], tuple[Any, int]] = _not_skipped
    prepare: Callable[[Sequence[Any], Any], Sequence[Any]] = _as_they_are
    ticks: Ticks | None = None
    edit: Callable[[Any], str] | None = None
    per_page: int = 50
    sentences: bool = False  # its rows say something to a person: no text of them is cut
    live: bool = True  # whether filters change the list alone (htmx), and not the page around it
    remembered: bool = True  # whether the person finds their last filters again

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)
