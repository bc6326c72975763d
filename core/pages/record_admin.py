"""How a kind of plain record is administered: declared once, it has a list, pages and forms."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict

from core.lists.columns import Column
from core.lists.filters import Filters
from core.lists.listing import Figure
from core.services.access import Actor
from core.services.records import RecordServices
from core.values.text import Label


@dataclass(frozen=True)
class Section:
    """A part of a record's page: a table (`head`, `rows` of texts), texts, links, a form."""

    title: Label
    head: Sequence[object] = ()
    rows: Sequence[Sequence[object]] = ()
    texts: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()  # (text, address)
    files: Sequence[tuple[object, str]] = ()  # (file, address); pictures are shown
    form: BaseForm | None = None
    action: str = ""
    button: Label = ""
    takes_files: bool = False  # its form is one of files, which follow by themselves (ADR 14)
    numbers: bool = False  # all but the first column of its table
    picture: str = ""  # a drawing, as markup that a template made
    folded: bool = False  # the form is opened by whoever wants it


@dataclass(frozen=True)
class RecordAction:
    """Something done to a record: `call(actor=…, row=…, version=…, **fields of the form)`; the row
    by the name that its services have for it (`RecordAdmin.called`).

    `when(row, user)` says whether it is offered; the service says whether it may be done.
    """

    name: str
    label: Label
    permissions: tuple[str, ...]
    call: Callable[..., object]
    form: Any = None
    when: Callable[[Any, Any], bool] = lambda row, user: True
    answer: Callable[[Any], str] | None = None  # the address to go to, given the result
    start: Callable[[Any], dict[str, object]] = lambda row: {}  # what its form begins with
    choices: Callable[[Any], dict[str, object]] = lambda row: {}  # of its fields, for this record
    decision: bool = False  # made then and there, never sent later by the browser itself (ADR 14)

    def blank(self, data: QueryDict | None = None, row: object = None) -> Any:
        """Its form, if it has one; ids of its own, since a page shows several."""
        if not self.form:
            return None
        given = self.start(row) if row is not None else {}
        form = self.form(data, auto_id=f"id_{self.name}_%s", initial=given)
        for name, choices in (self.choices(row) if row is not None else {}).items():
            form.fields[name].choices = choices
        return form


@dataclass(frozen=True)
class RecordAdmin:
    """A kind of record with pages. `name` is the address and the name of the list's URL, `one`
    that of a record's. Records that nobody may write here have a list and pages, and no forms."""

    name: str
    one: str
    records: RecordServices[Any]
    title: Label
    new: Label
    filterset: type[Filters]
    filters: tuple[str, ...]
    columns: tuple[Column, ...]
    help: Label = ""
    optional: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    annotated: Callable[[Any], Any] = lambda rows: rows  # what the list's columns compute
    actions: tuple[RecordAction, ...] = ()
    sections: Callable[[Any, Any], Iterable[Section]] = lambda row, user: ()
    more: tuple[tuple[object, str], ...] = ()  # (label, URL name) of further pages
    called: str = "row"  # by the services that its actions call
    order: str = ""  # the column its list is sorted by at first; none: the model's own order
    first: Label = ""  # what to do first, said where nothing is there yet
    figures: Callable[[Any], Iterable[Figure]] = lambda rows: ()  # above the list, of what is found
    first_fields: tuple[str, ...] = ()  # of its form when new; the others are folded away
    initial: Callable[[HttpRequest], dict[str, object]] = field(default=lambda request: {})

    @property
    def model(self) -> Any:
        return self.records.model

    @property
    def fields(self) -> tuple[str, ...]:
        return self.records.fields + self.records.many

    def rows(self, user: Actor) -> Any:
        rows = self.model._default_manager.visible_to(user)
        return rows.select_related(*self.related).prefetch_related(*self.prefetch)


ADMINS: dict[type[Model], RecordAdmin] = {}  # what has pages, by model


def admin_of(model: type[Model]) -> RecordAdmin:
    """What was declared for a model's pages."""
    return ADMINS[model]
