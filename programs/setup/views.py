"""Pages of the guided set-up: an overview, and a page for each step."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.people import directory
from accounts.people import services as people
from accounts.people import views as people_views
from accounts.requests import PersonRequest
from accounts.roles import DRAFT_PLAN, LOAD_HISTORY, MANAGE_SETTINGS
from communes import catalogue
from communes.models import Commune, ProgrammeArea
from core.pages.forms import BAD_REQUEST, OK, run_service, submit_form
from core.pages.record_forms import form_for
from core.services.access import posts, requires
from core.services.choices import unit_label
from core.values import display
from core.values.text import names_in
from programs.models import FiscalYear, Program
from programs.settings import places
from programs.settings import services as settings
from programs.setup import services as setup
from programs.setup.forms import AreaForm, InvitationForm, PlaceForm, ProgramForm, YearForm
from programs.years import services

SETTINGS = names_in("programs communes villages funds topics programme-areas proposal-criteria")
PEOPLE_SHOWN = 50
Made = TypeVar("Made")
Answer = HttpResponse | tuple[dict[str, object], int]  # led on, or what a step shows, and status
COMMUNES_SHOWN = 300  # the largest district of before 2025 had 46, a province over 500


@requires(MANAGE_SETTINGS)
def overview(request: PersonRequest) -> HttpResponse:
    """The steps, what is done, and the lists of settings for later."""
    from core.pages import ADMINS

    titles = {area.name: area.title for area in ADMINS.values()}
    lists = [(titles[name], reverse(name)) for name in SETTINGS if name in titles]
    return render(request, "programs/setup.html", {**setup.progress(), "lists": lists})


@requires(MANAGE_SETTINGS)
@never_cache
def step(request: PersonRequest, name: str) -> HttpResponse:
    """One step. What is entered is saved at once; the page then shows it."""
    if name not in setup.BY_NAME:
        raise Http404
    answer = _STEPS[name](request)
    if isinstance(answer, HttpResponse):
        return answer
    shown, status = answer
    before, after = setup.around(name)
    is_done = setup.BY_NAME[name].done()
    context = {
        **setup.progress(name),
        "step": setup.BY_NAME[name],
        "before": before,
        "after": after,
        "is_done": is_done,
        **shown,
    }
    return render(request, f"programs/setup_{name}.html", context, status=status)


def _save(
    request: PersonRequest, form: BaseForm, call: Callable[..., Made], said: str
) -> tuple[Made | None, int]:
    """(what the service made, status) of a posted form."""
    saved, status = submit_form(request, form, call)
    if saved is not None:
        messages.success(request, said)
    return saved, status


def _area(request: PersonRequest) -> Answer:
    row = ProgrammeArea.objects.first()
    given = {"name": row.name, "level": row.level, "version": row.version} if row else None
    form, status = AreaForm(request.POST or None, initial=given), OK
    if request.method == "POST":
        saved, status = _save(request, form, places.name_area, _("Saved."))
        if saved is not None:
            return redirect("setup-step", "communes")
    return {"form": form}, status


def _communes(request: PersonRequest) -> Answer:
    form, status = PlaceForm(request.GET), OK
    form.is_valid()
    ticked = request.POST.getlist("unit")
    if request.method == "POST":
        taken, status = _take(request, ticked)
        if taken is not None:
            return redirect(request.get_full_path())
    chosen = Commune.objects.in_area().select_related("parent", "successor")
    there = {(unit.code, unit.valid_from) for unit in chosen}
    found = form.found()
    shown = found[:COMMUNES_SHOWN]
    lines = [
        {
            "unit": unit,
            "where": catalogue.parents_label(unit),
            "there": (unit.code, unit.valid_from) in there,
            "ticked": unit.key in ticked,
        }
        for unit in shown
    ]
    return {
        "form": form,
        "lines": lines,
        "cut": display.left_out(
            len(shown), len(found), _("The first %(shown)s of %(count)s; type a part of the name.")
        ),
        "looked": form.asks,
        "with_merged": "with_merged" in request.POST,
        "since": form.time == catalogue.SINCE,
        "chosen": [{"row": row, "name": unit_label(row)} for row in chosen],
    }, status


def _take(request: PersonRequest, ticked: list[str]) -> tuple[list[Commune] | None, int]:
    taken, status = run_service(
        request,
        lambda: places.adopt(
            actor=request.user, keys=ticked, with_merged="with_merged" in request.POST
        ),
    )
    if taken is not None:
        said = _("%(count)s communes are in the programme area.")
        messages.success(request, said % {"count": Commune.objects.in_area().count()})
    return taken, status


@posts(MANAGE_SETTINGS)
def leave(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a commune out again."""
    commune = get_object_or_404(Commune.objects.in_area(), pk=pk)
    left, _status = run_service(
        request, lambda: places.leave_out(actor=request.user, commune=commune)
    )
    if left is not None:
        messages.success(request, _("%(name)s is left out.") % {"name": left.full_name})
    return redirect("setup-step", "communes")


@posts(MANAGE_SETTINGS)
def remove(request: PersonRequest, name: str, pk: int) -> HttpResponse:
    """Take a programme or a fiscal year away again, while nothing hangs on it."""
    if name not in _REMOVE:
        raise Http404
    model, call = _REMOVE[name]
    row = get_object_or_404(model, pk=pk)
    _gone, status = run_service(request, lambda: call(actor=request.user, row=row))
    if status == OK:
        messages.success(request, _("%(name)s is removed.") % {"name": row.code})
    return redirect("setup-step", name)


def _programmes(request: PersonRequest) -> Answer:
    form, status = ProgramForm(request.POST or None), OK
    if request.method == "POST":
        saved, status = _save(request, form, settings.programs.create, _("Saved."))
        if saved is not None:
            return redirect("setup-step", "programmes")
    return {"form": form, "programs": Program.objects.all()}, status


def _year(request: PersonRequest) -> Answer:
    form, status = YearForm(request.POST or None), OK
    if request.method == "POST":
        said = _("The year and its months are there.")
        saved, status = _save(request, form, services.start_year, said)
        if saved is not None:
            return redirect("setup-step", "year")
    years = [
        {
            "year": year,
            "days": f"{display.day(year.start)} – {display.day(year.end)}",
            "areas": ", ".join(area.full_name for area in services.areas_in(year)),
        }
        for year in FiscalYear.objects.all()
    ]
    return {"form": form, "years": years}, status


def _people(request: PersonRequest) -> Answer:
    form, status, invited, address = InvitationForm(request.POST or None), OK, None, ""
    if request.method == "POST":
        invited, status = submit_form(request, form, people.invite, everywhere=True)
        if invited is not None:
            address = people_views.hand_over(request, invited)
            if not address:
                return redirect("setup-step", "people")
            form = InvitationForm()
    shown = directory.everybody().filter(is_active=True)[:PEOPLE_SHOWN]
    return {
        "form": form,
        "lines": directory.lines(shown),
        "duties": [(role.label, does) for role, does in setup.DUTIES],
        "invited": invited,
        "address": address,
    }, status


def _plan(request: PersonRequest) -> Answer:
    user: User = request.user
    return {
        "missing": setup.missing_before("plan"),
        "may_import": user.can(LOAD_HISTORY) or user.can(DRAFT_PLAN),
        "may_draft": user.can(DRAFT_PLAN),
    }, OK


def _topics(request: PersonRequest) -> Answer:
    area = setup.topics()
    kind = form_for(area.model, area.fields, area.optional)
    form, status = kind(request.POST or None, user=request.user), OK
    if request.method == "POST":
        status = BAD_REQUEST
        if form.is_valid():
            call = partial(area.records.create, actor=request.user, **form.values)
            saved, status = run_service(request, call, form)
            if saved is not None:
                messages.success(request, _("Saved."))
                return redirect("setup-step", "topics")
    rows = area.model.objects.select_related("program")
    return {"form": form, "topics": rows}, status


_STEPS: dict[str, Callable[[PersonRequest], Answer]] = {
    "area": _area,
    "communes": _communes,
    "programmes": _programmes,
    "year": _year,
    "people": _people,
    "plan": _plan,
    "topics": _topics,
}
_REMOVE: dict[str, tuple[Any, Callable[..., None]]] = {
    "programmes": (Program, settings.remove_program),
    "year": (FiscalYear, services.remove_year),
}
