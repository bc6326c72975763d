"""The page of what a unit that ended hands on, and the way there from the unit's page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import PersonRequest
from accounts.roles import MANAGE_PEOPLE
from communes.models import Commune
from core.pages import Section
from core.pages.forms import BAD_REQUEST, OK, run_service
from core.services.access import posts, requires
from core.values import display
from monitoring.merger import services as merger
from monitoring.models import HandedOn


class HandOnForm(forms.Form):
    """What is handed on: the ticked records; `every` is all that can be."""

    records = forms.TypedMultipleChoiceField(coerce=int, required=False)
    every = forms.BooleanField(required=False)
    note = forms.CharField(
        label=gettext_lazy("Who goes on with it"), max_length=300, required=False
    )

    def __init__(self, *args: Any, keys: Iterable[int] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["records"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


def section(request: PersonRequest, row: Model) -> Iterable[Section]:
    """On the page of a unit that ended: the way to what it hands on."""
    if isinstance(row, Commune) and merger.has_ended(row) and request.user.can(MANAGE_PEOPLE):
        text = _("What is handed on to %(unit)s") % {"unit": row.successor.full_name}
        yield Section(_("Handing on"), links=((text, reverse("handing-on", args=[row.pk])),))


def _unit(request: PersonRequest, pk: int) -> Commune:
    rows = Commune.objects.visible_to(request.user).select_related("successor")
    unit = get_object_or_404(rows, pk=pk)
    if not merger.has_ended(unit):
        raise Http404
    return unit


@requires(MANAGE_PEOPLE)
def handing_on(request: PersonRequest, pk: int) -> HttpResponse:
    """What is open in a unit that ended, by kind, with who handed it on and when."""
    return _page(request, _unit(request, pk))


def _page(request: PersonRequest, unit: Commune, status: int = OK) -> HttpResponse:
    groups = merger.checklist(unit, request.user)
    context = {
        "unit": unit,
        "lead": _("%(unit)s became %(new)s on %(day)s.")
        % {
            "unit": unit.full_name,
            "new": unit.successor.full_name,
            "day": display.day(unit.successor.valid_from),
        },
        "groups": [_group_context(group) for group in groups if group.total],
        "files": [
            {"name": name, "href": reverse("api-handing-on-minute", args=[unit.pk, form])}
            for name, form in (("Word", "docx"), ("PDF", "pdf"))
        ],
    }
    return render(request, "monitoring/handing_on.html", context, status=status)


def _group_context(group: merger.Group) -> dict[str, object]:
    return {
        "kind": group.kind.name.value,
        "label": group.label,
        "said": _("%(done)s of %(all)s handed on")
        % {"done": display.number(group.ticked), "all": display.number(group.total)},
        "more": display.number(group.more) if group.more else "",
        "is_open": any(line.is_open for line in group.lines),
        "lines": [
            {
                "key": str(line.record.pk),
                "href": line.href,
                "title": line.title,
                "state": line.state,
                "tick": line.tick and _who_and_when(line.tick),
                "note": line.tick.note if line.tick else "",
                "cannot": line.cannot,
            }
            for line in group.lines
        ],
    }


def _who_and_when(tick: HandedOn) -> str:
    return f"{tick.done_by.display_name}, {display.moment(tick.done_at)}"


@posts(MANAGE_PEOPLE)
def hand_on(request: PersonRequest, pk: int, kind: str) -> HttpResponse:
    """Tick records of one kind."""
    unit = _unit(request, pk)
    sent = [key for key in request.POST.getlist("records") if key.isascii() and key.isdigit()]
    form = HandOnForm(request.POST, keys=[int(key) for key in sent if len(key) < 19])
    if not form.is_valid():
        messages.error(request, _("Choose records of the list."))
        return _page(request, unit, BAD_REQUEST)
    asked = form.cleaned_data
    call = {
        "actor": request.user,
        "unit": unit,
        "kind": kind,
        "records": None if asked["every"] else asked["records"],
        "note": asked["note"],
    }
    done, status = run_service(request, lambda: merger.hand_on(**call))
    if done is None:
        return _page(request, unit, status)
    said = _("%(count)s handed on to %(unit)s.")
    name = unit.successor.full_name
    messages.success(request, said % {"count": display.number(len(done)), "unit": name})
    return redirect("handing-on", pk=pk)
