"""The selection board: a year's proposals, decided within its ceiling, taken into the plan."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import DECIDE_PROPOSAL, PLAN_SELECTED, PROPOSE_ACTIVITY, VIEW
from core.pages.forms import OK, attempt, seen_version
from core.pages.record_forms import WhyForm
from core.services.access import requires
from core.values import display
from monitoring.models import Proposal
from monitoring.models.proposals import IN_A_PLAN, ProposalState
from monitoring.proposals import services as proposals
from programs.models import Activity, FiscalYear
from programs.years.page_year import page_year

DECISIONS = {
    "select": proposals.select,
    "defer": proposals.defer,
    "refuse": proposals.refuse,
}


def _year(request: PersonRequest) -> FiscalYear:
    """The year asked for; else the newest that something is proposed for."""
    newest = Proposal.objects.visible_to(request.user).select_related("fiscal_year").first()
    address = request.POST if request.method == "POST" else request.GET
    return page_year(address, request.user, default=newest and newest.fiscal_year)


@requires(VIEW)
def selection(request: PersonRequest) -> HttpResponse:
    """The selection board: what was proposed for a year, and its ceiling filling up."""
    return _board(request, _year(request))


def _board(
    request: PersonRequest, year: FiscalYear, tried: Any = None, status: int = OK
) -> HttpResponse:
    """`tried` is (key of a proposal, its form with what was wrong)."""
    room = proposals.ceiling_of(year)
    rows = Proposal.objects.visible_to(request.user).filter(fiscal_year=year)
    rows = rows.select_related("program", "commune")[:500]
    user: User = request.user
    decides = user.can(DECIDE_PROPOSAL)
    lines = [_line(row, decides, tried) for row in rows]
    before = FiscalYear.objects.filter(start__lt=year.start).first()
    may_carry = user.can(PROPOSE_ACTIVITY) or decides
    context = {
        "year": year,
        "years": FiscalYear.objects.order_by("-code").values_list("code", flat=True),
        "lines": lines,
        "decides": decides,
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


def _line(row: Proposal, decides: bool, tried: Any) -> dict[str, Any]:
    open_ = row.state in (ProposalState.PROPOSED, ProposalState.DEFERRED)
    form = tried[1] if tried and tried[0] == row.pk else None
    return {
        "row": row,
        "estimate": display.number(row.estimate),
        "can_select": decides and open_,
        "can_decline": decides and row.state not in IN_A_PLAN,
        "form": form,
        "form_id": f"reason-{row.pk}",
    }


def _unfinished(user: User, year: FiscalYear) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in proposals.unfinished(user, year):
        line = found.setdefault(row["activity"].code, {"activity": row["activity"], "sum": 0})
        line["sum"] += row["left"]
    return [{**line, "left": display.number(line["sum"])} for line in found.values()]


@requires(DECIDE_PROPOSAL)
@require_POST
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Select, defer or refuse a proposal from the selection board."""
    row = get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)
    service: Any = DECISIONS.get(request.POST.get("decision", ""))
    if service is None:
        raise Http404
    fields: dict[str, Any] = {"version": seen_version(request)}
    form = None
    if service is not proposals.select:
        form = WhyForm(request.POST, auto_id=f"id_{pk}_%s")
        if not form.is_valid():
            return _board(request, row.fiscal_year, (row.pk, form), 400)
        fields["reason"] = form.cleaned_data["reason"]
    _done, status = attempt(
        request, lambda: service(actor=request.user, proposal=row, **fields), form
    )
    if status != OK:
        return _board(request, row.fiscal_year, (row.pk, form) if form else None, status)
    return redirect(f"{reverse('selection')}?fiscal_year={row.fiscal_year.code}#proposal-{pk}")


@requires(PLAN_SELECTED)
@require_POST
def plan_selected(request: PersonRequest) -> HttpResponse:
    """The selected proposals become activities and lines of a draft plan."""
    year = _year(request)
    made, status = attempt(
        request, lambda: proposals.plan_selected(actor=request.user, fiscal_year=year)
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
    made, status = attempt(
        request,
        lambda: proposals.carry_over(
            actor=request.user, from_year=before, to_year=year, activities=wanted
        ),
    )
    if status != OK:
        return _board(request, year, status=status)
    messages.success(request, _("Proposed again: %(count)d.") % {"count": len(made)})
    return redirect(f"{reverse('selection')}?fiscal_year={year.code}")
