"""The selection board: a year's proposals, decided within its ceiling, taken into the plan."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import DECIDE_PROPOSAL, MANAGE_SETTINGS, PLAN_SELECTED, PROPOSE_ACTIVITY, VIEW
from core.pages.forms import BAD_REQUEST, OK, run_service, seen_version
from core.pages.record_forms import WhyForm
from core.services.access import requires
from core.values import display
from monitoring.models import Proposal
from monitoring.models.criteria import MOST_POINTS, Criterion
from monitoring.models.proposals import IN_A_PLAN, ProposalState
from monitoring.proposals import drafting, scoring
from monitoring.proposals import services as proposals
from monitoring.proposals.services import OPEN
from programs.models import Activity, FiscalYear
from programs.years.page_year import page_year

DECISIONS = {
    "select": proposals.select,
    "defer": proposals.defer,
    "refuse": proposals.refuse,
}


class ScoreForm(forms.Form):
    """Points for each criterion of the year."""

    @classmethod
    def of(
        cls, row: Proposal, criteria: list[Criterion], data: QueryDict | None = None
    ) -> "ScoreForm":
        """The form of a proposal, with the points that it has."""
        form = cls(data, auto_id=f"id_{row.pk}_%s")
        points = scoring.points_of(row)
        for criterion in criteria:
            form.fields[f"points_{criterion.pk}"] = forms.IntegerField(
                label=_("%(criterion)s (weight %(weight)d)")
                % {"criterion": criterion.name, "weight": criterion.weight},
                min_value=0,
                max_value=MOST_POINTS,
                required=False,
                initial=points.get(criterion.pk),
            )
        return form

    def points(self) -> dict[int, int | None]:
        """As the service takes them."""
        return {int(name.removeprefix("points_")): n for name, n in self.cleaned_data.items()}


def _year(request: PersonRequest) -> FiscalYear:
    """The year asked for; else the newest that something is proposed for."""
    newest = Proposal.objects.visible_to(request.user).select_related("fiscal_year").first()
    address = request.POST if request.method == "POST" else request.GET
    return page_year(address, request.user, default=newest.fiscal_year if newest else None)


@requires(VIEW)
def selection(request: PersonRequest) -> HttpResponse:
    """The selection board: what was proposed for a year, and its ceiling filling up."""
    return _board(request, _year(request))


def _board(
    request: PersonRequest,
    year: FiscalYear,
    tried: tuple[int, forms.Form] | None = None,
    status: int = OK,
) -> HttpResponse:
    """`tried` is (key of a proposal, its form with what was wrong)."""
    room = proposals.ceiling_of(year)
    rows = Proposal.objects.visible_to(request.user).filter(fiscal_year=year)
    rows = rows.select_related("program", "commune").prefetch_related("scores")[:500]
    user: User = request.user
    decides = user.can(DECIDE_PROPOSAL)
    criteria = scoring.criteria_of(year)
    lines = [_line(row, criteria, decides, tried) for row in rows]
    before = FiscalYear.objects.filter(start__lt=year.start).first()
    may_carry = user.can(PROPOSE_ACTIVITY) or decides
    context = {
        "year": year,
        "years": FiscalYear.objects.order_by("-code").values_list("code", flat=True),
        "lines": lines,
        "criteria": criteria,
        "span": len(criteria) + 2,
        "groups": _groups(year, lines),
        "decides": decides,
        "sets_criteria": decides or user.can(MANAGE_SETTINGS),
        "ceiling": display.number(room.ceiling),
        "taken": display.number(room.taken),
        "left": display.number(room.left),
        "short": {
            "ceiling": display.short(room.ceiling),
            "taken": display.short(room.taken),
            "left": display.short(room.left),
        },
        "percent": room.percent,
        "has_ceiling": room.ceiling is not None,
        "waiting": sum(row.state == ProposalState.SELECTED for row in rows),
        "may_plan": user.can(PLAN_SELECTED),
        "before": before,
        "unfinished": _unfinished(user, before) if may_carry and before else [],
    }
    return render(request, "monitoring/selection.html", context, status=status)


def _line(
    row: Proposal, criteria: list[Criterion], decides: bool, tried: tuple[int, forms.Form] | None
) -> dict[str, object]:
    form = tried[1] if tried and tried[0] == row.pk else None
    points = scoring.points_of(row)
    found = scoring.total(points, criteria)
    is_score = isinstance(form, ScoreForm)
    may_score = decides and row.state not in IN_A_PLAN and bool(criteria)
    return {
        "row": row,
        "estimate": display.number(row.estimate),
        "points": [points.get(criterion.pk, "–") for criterion in criteria],
        "total": found,
        "score": display.decimal(found) if found is not None else "–",
        "can_select": decides and row.state in OPEN,
        "can_decline": decides and row.may_become(ProposalState.REFUSED),
        "form": None if is_score else form,
        "form_id": f"reason-{row.pk}",
        "score_form": (form if is_score else ScoreForm.of(row, criteria)) if may_score else None,
        "score_open": is_score,
    }


def _groups(year: FiscalYear, lines: list[dict[str, Any]]) -> list[dict[str, object]]:
    """The lines to compare by programme, the best first, under what its ceiling leaves."""
    found = []
    for program, room in proposals.program_ceilings(year)[year.pk].items():
        mine = [line for line in lines if line["row"].program_id == program.pk]
        mine.sort(key=lambda line: (line["total"] is None, -(line["total"] or 0)))
        if mine or room.taken:
            found.append({"program": program, "lines": mine, **_room(room)})
    return found


def _room(room: proposals.Ceiling) -> dict[str, object]:
    return {
        "ceiling": display.number(room.ceiling),
        "taken": display.number(room.taken),
        "left": display.number(room.left),
        "has_ceiling": room.ceiling is not None,
        "over": room.left is not None and room.left < 0,
    }


def _unfinished(user: User, year: FiscalYear) -> list[dict[str, object]]:
    found: dict[str, dict[str, Any]] = {}
    for row in proposals.unfinished(user, year):
        line = found.setdefault(row["activity"].code, {"activity": row["activity"], "sum": 0})
        line["sum"] += row["left"]
    return [{**line, "left": display.number(line["sum"])} for line in found.values()]


@requires(DECIDE_PROPOSAL)
@require_POST
def score(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a proposal points for the criteria of its year."""
    row = get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)
    form = ScoreForm.of(row, scoring.criteria_of(row.fiscal_year), request.POST)
    if not form.is_valid():
        return _board(request, row.fiscal_year, (pk, form), BAD_REQUEST)
    _done, status = run_service(
        request,
        lambda: scoring.score(
            actor=request.user, proposal=row, points=form.points(), version=seen_version(request)
        ),
        form,
    )
    if status != OK:
        return _board(request, row.fiscal_year, (pk, form), status)
    return _to_line(row)


def _to_line(row: Proposal) -> HttpResponse:
    """The board, at this proposal."""
    return redirect(f"{reverse('selection')}?fiscal_year={row.fiscal_year.code}#proposal-{row.pk}")


@requires(DECIDE_PROPOSAL)
@require_POST
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Select, defer or refuse a proposal from the selection board."""
    row = get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)
    service: Any = DECISIONS.get(request.POST.get("decision", ""))
    if service is None:
        raise Http404
    fields: dict[str, object] = {"version": seen_version(request)}
    form = None
    if service is not proposals.select:
        form = WhyForm(request.POST, auto_id=f"id_{pk}_%s")
        if not form.is_valid():
            return _board(request, row.fiscal_year, (row.pk, form), 400)
        fields["reason"] = form.cleaned_data["reason"]
    _done, status = run_service(
        request, lambda: service(actor=request.user, proposal=row, **fields), form
    )
    if status != OK:
        return _board(request, row.fiscal_year, (row.pk, form) if form else None, status)
    return _to_line(row)


@requires(PLAN_SELECTED)
@require_POST
def plan_selected(request: PersonRequest) -> HttpResponse:
    """The selected proposals become activities and lines of a draft plan."""
    year = _year(request)
    made, status = run_service(
        request, lambda: drafting.plan_selected(actor=request.user, fiscal_year=year)
    )
    if status != OK:
        return _board(request, year, status=status)
    messages.success(request, _("The selected proposals are lines of a draft plan."))
    return redirect("plan-version", pk=made.pk)


@requires(PROPOSE_ACTIVITY, DECIDE_PROPOSAL)
@require_POST
def carry_over(request: PersonRequest) -> HttpResponse:
    """Unfinished activities of the year before are proposed again."""
    year = _year(request)
    before = get_object_or_404(FiscalYear, code=request.POST.get("from_year", ""))
    wanted = Activity.objects.visible_to(request.user).filter(
        code__in=request.POST.getlist("activity")
    )
    made, status = run_service(
        request,
        lambda: proposals.carry_over(
            actor=request.user, from_year=before, to_year=year, activities=wanted
        ),
    )
    if status != OK:
        return _board(request, year, status=status)
    messages.success(request, _("Proposed again: %(count)d.") % {"count": len(made)})
    return redirect(f"{reverse('selection')}?fiscal_year={year.code}")
