"""Pages of plain records, declared: a list with filters and a sheet, a record with what can be
done with it, and the form. One set of views for every kind; see `programs/pages.py` for an area.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import display
from core.access import requires
from core.exports import xlsx_bytes, xlsx_response
from core.forms import CONFLICT, OK, attempt
from core.history import trail_of
from core.record_forms import filter_form, form_for
from core.records import Records

VIEW = "view"
PER_PAGE = 50
SHEET_ROWS = 20_000


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading, and what stands there (text, number, day)."""

    label: Any
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Section:
    """A part of a record's page: a table (`head`, `rows` of texts), texts, links, a form."""

    title: Any
    head: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    texts: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()  # (text, address)
    form: Any = None
    action: str = ""
    button: Any = ""
    folded: bool = False  # the form is opened by whoever wants it


@dataclass(frozen=True)
class Act:
    """Something done to a record: `call(actor=…, row=…, version=…, **fields of the form)`.

    `when(row, user)` says whether it is offered; the service says whether it may be done.
    """

    name: str
    label: Any
    permissions: tuple[str, ...]
    call: Callable[..., Any]
    form: Any = None
    when: Callable[[Any, Any], bool] = lambda row, user: True
    answer: Callable[[Any], str] | None = None  # the address to go to, given the result
    start: Callable[[Any], dict[str, Any]] = lambda row: {}  # what its form begins with

    def blank(self, data: Any = None, row: Any = None) -> Any:
        """Its form, if it has one; ids of its own, since a page shows several."""
        if not self.form:
            return None
        given = self.start(row) if row is not None else {}
        return self.form(data, auto_id=f"id_{self.name}_%s", initial=given)


@dataclass(frozen=True)
class Area:
    """A kind of record with pages. `name` is the address and the name of the list's URL, `one`
    that of a record's."""

    name: str
    one: str
    records: Records
    title: Any
    new: Any
    filterset: Any
    filters: tuple[str, ...]
    columns: tuple[Column, ...]
    help: Any = ""
    optional: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    sections: Callable[[Any, Any], Iterable[Section]] = lambda row, user: ()
    more: tuple[tuple[Any, str], ...] = ()  # (label, URL name) of further pages
    initial: Callable[[HttpRequest], dict[str, Any]] = field(default=lambda request: {})

    @property
    def model(self) -> Any:
        return self.records.model

    @property
    def fields(self) -> tuple[str, ...]:
        return self.records.fields + self.records.many

    def rows(self, user: Any) -> Any:
        rows = self.model._default_manager.visible_to(user)
        return rows.select_related(*self.related).prefetch_related(*self.prefetch)

    def urls(self) -> list[Any]:
        """List, entry, record, change, and one address per act."""
        AREAS[self.model] = self
        at = f"{self.name}/"
        return [
            path(at, list_view(self), name=self.name),
            path(f"{at}new/", new_view(self), name=f"{self.one}-new"),
            path(f"{at}<int:pk>/", detail_view(self), name=self.one),
            path(f"{at}<int:pk>/edit/", edit_view(self), name=f"{self.one}-edit"),
            *(
                path(f"{at}<int:pk>/{a.name}/", act_view(self, a), name=f"{self.one}-{a.name}")
                for a in self.acts
            ),
        ]


AREAS: dict[Any, Area] = {}  # the areas that have pages, by model


def area_of(model: Any) -> Area:
    """The area of a model's pages."""
    return AREAS[model]


# What other apps add to a record's page: (request, row) → sections.
EXTRAS: list[Callable[[HttpRequest, Any], Iterable[Section]]] = []


def shown(value: Any) -> str:
    """A value as the screen writes it."""
    if value is None or value == "":
        return display.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return display.number(value)
    if isinstance(value, date):
        return display.day(value)
    if isinstance(value, Decimal):
        return display.percent(value).removesuffix("%")
    return str(value)


def fact(row: Any, name: str) -> tuple[str, str]:
    """The name of a field and what stands in it."""
    meta = row._meta.get_field(name)
    if said := getattr(row, f"{name}_text", None):  # where the model says it in words
        return str(meta.verbose_name), said
    if isinstance(meta, models.ManyToManyField):
        value: Any = ", ".join(str(each) for each in getattr(row, name).all())
    elif meta.choices:
        value = getattr(row, f"get_{name}_display")()
    else:
        value = getattr(row, name)
    return str(meta.verbose_name), shown(value)


def list_view(area: Area) -> Any:
    @requires(VIEW)
    def view(request: HttpRequest) -> HttpResponse:
        form = filter_form(area, request.user, request.GET or None)
        rows = _filtered(area, request, form)
        if request.GET.get("format") == "xlsx":
            return _sheet(area, rows)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        lines = [
            {
                "href": reverse(area.one, args=[row.pk]),
                "cells": [shown(column.value(row)) for column in area.columns],
            }
            for row in page
        ]
        context = {
            "area": area,
            "form": form,
            "page": page,
            "count": display.number(page.paginator.count),
            "lines": lines,
            "can_write": _may(request.user, area.records.permissions),
            "new_href": reverse(f"{area.one}-new"),
            "more": [(label, reverse(name)) for label, name in area.more],
        }
        return render(request, "records/list.html", context)

    return view


def _filtered(area: Area, request: HttpRequest, form: Any) -> Any:
    """The rows of the filters that can be read; a filter that cannot shows its error."""
    data = {name: request.GET.getlist(name) for name in area.filters if name in request.GET}
    if form.is_bound and not form.is_valid():
        data = {name: value for name, value in data.items() if name not in form.errors}
    query = request.GET.copy()
    query.clear()
    for name, values in data.items():
        query.setlist(name, values)
    found = area.filterset(query, queryset=area.rows(request.user))
    return found.qs if found.is_valid() else area.rows(request.user)


def _sheet(area: Area, rows: Any) -> HttpResponse:
    keys = [str(number) for number in range(len(area.columns))]
    lines = [
        {key: column.value(row) for key, column in zip(keys, area.columns, strict=True)}
        for row in rows[:SHEET_ROWS]
    ]
    titles = [str(column.label) for column in area.columns]
    body = xlsx_bytes(keys, lines, title=str(area.title)[:31], titles=titles)
    return xlsx_response(body, f"{area.name}.xlsx")


def _may(user: Any, permissions: tuple[str, ...]) -> bool:
    return any(user.can(permission) for permission in permissions)


def detail_view(area: Area) -> Any:
    @requires(VIEW)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return show(area, request, get_object_or_404(area.rows(request.user), pk=pk))

    return view


def show(
    area: Area, request: HttpRequest, row: Any, tried: Any = None, status: int = OK
) -> HttpResponse:
    """A record's page; `tried` is (act, its form with what was wrong)."""
    user = request.user
    acts = []
    for act in area.acts:
        if _may(user, act.permissions) and act.when(row, user):
            form = tried[1] if tried and tried[0] is act else act.blank(row=row)
            href = reverse(f"{area.one}-{act.name}", args=[row.pk])
            failed = bool(tried and tried[0] is act)
            acts.append({"act": act, "form": form, "href": href, "open": failed})
    sections = [*area.sections(row, user)]
    for extra in EXTRAS:
        sections += extra(request, row)
    context = {
        "area": area,
        "row": row,
        "facts": [fact(row, name) for name in (*area.fields, *_state_fields(row, area))],
        "acts": acts,
        "sections": sections,
        "can_edit": _may(user, area.records.permissions) and area.records.editable(row),
        "edit_href": reverse(f"{area.one}-edit", args=[row.pk]),
        "list_href": reverse(area.name),
        "trail": trail_of(row),
    }
    return render(request, "records/detail.html", context, status=status)


def _state_fields(row: Any, area: Area) -> list[str]:
    """What people change by acts and not in the form, where it is said."""
    names = ("state", "reason", "result", "resolved_on", "done_note", "done_on", "level")
    there = {f.name for f in row._meta.fields}
    wanted = [name for name in names if name in there and name not in area.fields]
    return [name for name in wanted if getattr(row, name) not in (None, "")]


def new_view(area: Area) -> Any:
    @requires(*area.records.permissions)
    def view(request: HttpRequest) -> HttpResponse:
        return _entry(area, request, None)

    return view


def edit_view(area: Area) -> Any:
    @requires(*area.records.permissions)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return _entry(area, request, get_object_or_404(area.rows(request.user), pk=pk))

    return view


def _entry(area: Area, request: HttpRequest, row: Any) -> HttpResponse:
    kind = form_for(area.model, area.fields, area.optional)
    given = {} if row else area.initial(request)
    form = kind(request.POST or None, instance=row, user=request.user, initial=given)
    status = OK
    if request.method == "POST" and form.is_valid():
        saved, status = attempt(request, lambda: _write(area, request.user, row, form), form)
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect(area.one, pk=saved.pk)
        if status == CONFLICT and row is not None:
            _renew_version(area, form, row)
    elif request.method == "POST":
        status = 400
    back = reverse(area.one, args=[row.pk]) if row else reverse(area.name)
    context = {"area": area, "form": form, "row": row, "back": back}
    return render(request, "records/form.html", context, status=status)


def _write(area: Area, actor: Any, row: Any, form: Any) -> Any:
    if row is None:
        return area.records.create(actor=actor, **form.values)
    version = form.cleaned_data["version"] or 0
    return area.records.change(actor=actor, record=row, version=version, **form.values)


def _renew_version(area: Area, form: Any, row: Any) -> None:
    """After a stale save the form holds what was typed, and the version now: saving again
    puts it over the other's."""
    now = area.model._default_manager.values_list("version", flat=True).get(pk=row.pk)
    form.data = form.data.copy()
    form.data["version"] = str(now)


def act_view(area: Area, act: Act) -> Any:
    @requires(*act.permissions)
    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(area.rows(request.user), pk=pk)
        form = act.blank(request.POST)
        if form is not None and not form.is_valid():
            return show(area, request, row, (act, form), 400)
        fields = dict(form.cleaned_data) if form is not None else {}
        version = request.POST.get("version", "")
        fields["version"] = int(version) if version.isdigit() and len(version) < 10 else None
        done, status = attempt(
            request, lambda: act.call(actor=request.user, row=row, **fields), form
        )
        if status == OK:
            messages.success(request, _("Done."))
            return redirect(act.answer(done) if act.answer else reverse(area.one, args=[pk]))
        fresh = get_object_or_404(area.rows(request.user), pk=pk)
        return show(area, request, fresh, (act, form), status)

    return view
