"""A record's page: its facts, what other apps add to it, and what can be done with it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core.lists.columns import shown
from core.pages.forms import OK
from core.pages.history import trail_of
from core.services.access import requires
from core.values.display import NOTHING

if TYPE_CHECKING:
    from core.pages.record_admin import Area

VIEW = "view"


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
    numbers: bool = False  # all but the first column of its table
    folded: bool = False  # the form is opened by whoever wants it


# What other apps add to a record's page: (request, row) → sections.
EXTRAS: list[Callable[[HttpRequest, Any], Iterable[Section]]] = []


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


def may(user: Any, permissions: tuple[str, ...]) -> bool:
    return any(user.can(permission) for permission in permissions)


def detail_view(area: "Area") -> Any:
    @requires(VIEW)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return show(area, request, get_object_or_404(area.rows(request.user), pk=pk))

    return view


def show(
    area: "Area", request: HttpRequest, row: Any, tried: Any = None, status: int = OK
) -> HttpResponse:
    """A record's page; `tried` is (act, its form with what was wrong)."""
    user = request.user
    acts = []
    for act in area.acts:
        if may(user, act.permissions) and act.when(row, user):
            form = tried[1] if tried and tried[0] is act else act.blank(row=row)
            href = reverse(f"{area.one}-{act.name}", args=[row.pk])
            failed = bool(tried and tried[0] is act)
            acts.append({"act": act, "form": form, "href": href, "open": failed})
    sections = [*area.sections(row, user)]
    for extra in EXTRAS:
        sections += extra(request, row)
    facts = [fact(row, name) for name in (*area.fields, *_state_fields(row, area))]
    context = {
        "area": area,
        "row": row,
        "facts": [(label, value) for label, value in facts if value != NOTHING],
        "blanks": [label for label, value in facts if value == NOTHING],
        "acts": acts,
        "sections": sections,
        "edit_href": _edit_href(area, row, user),
        "list_href": reverse(area.name),
        "trail": trail_of(row) if hasattr(row, "history") else [],
    }
    return render(request, "records/detail.html", context, status=status)


def _edit_href(area: "Area", row: Any, user: Any) -> str:
    """The address of its form; empty where the person, or anybody, may not change it."""
    if not may(user, area.records.permissions) or not area.records.editable(row):
        return ""
    return reverse(f"{area.one}-edit", args=[row.pk])


def _state_fields(row: Any, area: "Area") -> list[str]:
    """What people change by acts and not in the form, where it is said."""
    names = ("state", "reason", "result", "resolved_on", "done_note", "done_on", "level")
    there = {f.name for f in row._meta.fields}
    wanted = [name for name in names if name in there and name not in area.fields]
    return [name for name in wanted if getattr(row, name) not in (None, "")]
