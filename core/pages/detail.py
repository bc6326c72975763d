"""A record's page: its facts, what other apps add to it, and what can be done with it."""

from collections.abc import Callable, Iterable

from django.db import models
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core.lists.columns import screen_text
from core.pages.forms import OK
from core.pages.history import trail_of
from core.pages.record_admin import RecordAction, RecordAdmin, Section
from core.services.access import Actor, ActorRequest, requires
from core.values.display import NOTHING

VIEW = "view"
Tried = tuple[RecordAction, BaseForm | None]  # an act, and its form with what was wrong


# What other apps add to a record's page: (request, row) → sections.
EXTRAS: list[Callable[..., Iterable[Section]]] = []


def labelled_value(row: Model, name: str) -> tuple[str, str]:
    """A labelled value: the name of a field and what stands in it."""
    meta = row._meta.get_field(name)
    if said := getattr(row, f"{name}_text", None):  # where the model says it in words
        return str(meta.verbose_name), said
    if isinstance(meta, models.ManyToManyField):
        value: object = ", ".join(str(each) for each in getattr(row, name).all())
    elif meta.choices:
        value = getattr(row, f"get_{name}_display")()
    else:
        value = getattr(row, name)
    return str(meta.verbose_name), screen_text(value)


def has_any_permission(user: Actor, permissions: tuple[str, ...]) -> bool:
    return any(user.can(permission) for permission in permissions)


def detail_view(admin: RecordAdmin) -> Callable[..., HttpResponseBase]:
    @requires(VIEW)
    def view(request: ActorRequest, pk: int) -> HttpResponse:
        return detail_response(admin, request, get_object_or_404(admin.rows(request.user), pk=pk))

    return view


def detail_response(
    admin: RecordAdmin,
    request: ActorRequest,
    row: Model,
    tried: Tried | None = None,
    status: int = OK,
) -> HttpResponse:
    """The response with a record's page; `tried` is (act, its form with what was wrong)."""
    user = request.user
    actions = []
    for action in admin.actions:
        if has_any_permission(user, action.permissions) and action.when(row, user):
            form = tried[1] if tried and tried[0] is action else action.blank(row=row)
            href = reverse(f"{admin.one}-{action.name}", args=[row.pk])
            failed = bool(tried and tried[0] is action)
            actions.append({"action": action, "form": form, "href": href, "open": failed})
    sections = [*admin.sections(row, user)]
    for extra in EXTRAS:
        sections += extra(request, row)
    facts = [labelled_value(row, name) for name in (*admin.fields, *_state_fields(row, admin))]
    context = {
        "admin": admin,
        "row": row,
        "facts": [(label, value) for label, value in facts if value != NOTHING],
        "blanks": [label for label, value in facts if value == NOTHING],
        "actions": actions,
        "sections": sections,
        "has_picture": any(section.picture for section in sections),
        "edit_href": _edit_href(admin, row, user),
        "list_href": reverse(admin.name),
        "trail": trail_of(row) if hasattr(row, "history") else [],
    }
    return render(request, "records/detail.html", context, status=status)


def _edit_href(admin: RecordAdmin, row: Model, user: Actor) -> str:
    """The address of its form; empty where the person, or anybody, may not change it."""
    if not has_any_permission(user, admin.records.permissions) or not admin.records.editable(row):
        return ""
    return reverse(f"{admin.one}-edit", args=[row.pk])


def _state_fields(row: Model, admin: RecordAdmin) -> list[str]:
    """What people change by acts and not in the form, where it is said."""
    names = ("state", "reason", "result", "resolved_on", "done_note", "done_on", "level")
    there = {f.name for f in row._meta.fields}
    wanted = [name for name in names if name in there and name not in admin.fields]
    return [name for name in wanted if getattr(row, name) not in (None, "")]
