"""Pages of the plan: one version against the one before, its draft."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import DRAFT_PLAN, VIEW
from core.lists import answer
from core.pages.forms import BAD_REQUEST, ReasonForm, attempt, seen_version
from core.pages.history import trail_of
from core.services.access import came_from, requires
from core.values import display
from core.values.text import is_row_id
from disbursements.drafts import services as discard
from disbursements.ledger.choices import suggested
from disbursements.models import PlanLine, PlanState, PlanVersion
from disbursements.plans import assembly
from disbursements.plans import (
    comparison as plan_compare,
)
from disbursements.plans import (
    editing as plan_edit,
)
from disbursements.plans import (
    line_lists as plan_lines,
)
from disbursements.plans import services as plans
from disbursements.plans.authority import authority_over_plan, why_not
from disbursements.plans.forms import ApproveForm, DraftForm, LineForm, TransferForm


@requires(DRAFT_PLAN)
def plan_new(request: PersonRequest) -> HttpResponseBase:
    """Draft a version."""
    form = DraftForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = BAD_REQUEST
        if form.is_valid():
            wanted = form.cleaned_data
            year = wanted["fiscal_year"]
            copied = wanted["source"] == "current"
            plan, status = attempt(
                request,
                lambda: plans.create_draft(
                    actor=request.user,
                    fiscal_year=year,
                    based_on=plans.approved_version(year) if copied else None,
                    reason=wanted["reason"],
                ),
                form,
            )
            if plan is not None:
                return redirect("plan-version", pk=plan.pk)
    return render(request, "disbursements/plan_new.html", {"form": form}, status=status)


def _plan(request: PersonRequest, pk: int) -> PlanVersion:
    rows = PlanVersion.objects.visible_to(request.user).select_related("fiscal_year", "based_on")
    return get_object_or_404(rows, pk=pk)


@requires(VIEW)
def plan_version(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A version against the one before; `?lines=all` shows the unchanged lines too."""
    return _page(request, _plan(request, pk))


def _page(
    request: PersonRequest, plan: PlanVersion, status: int = 200, **forms: Any
) -> HttpResponseBase:
    user: User = request.user
    before = plan_compare.version_before(plan)
    rows = plan_compare.compare(before, plan, user)
    changed = sum(row.kind in plan_compare.CHANGED for row in rows)
    editable = user.can(DRAFT_PLAN) and plan.state in plan_edit.EDITABLE
    waits = plan.state == PlanState.SUBMITTED
    refused = why_not(user, plan) if waits else None
    seen = _seen(plan)
    context: dict[str, Any] = {
        "plan": plan,
        "heading": f"{plan.fiscal_year.code}: {plan.title}",
        "before": before,
        "changed_count": changed,
        "total": display.number(sum(sum(row.after.values()) for row in rows)),
        "change": plan_compare.signed(sum(row.change for row in rows)) if before else "",
        "editable": editable,
        "can_delete": editable and discard.is_possible_of(plan),
        "may_approve": waits and refused is None,
        "refused": refused,
        "spoken": ", ".join(program.code for program in plan.programs.all()),
        "meanwhile": _meanwhile(plan) if editable or waits else [],
        "trail": trail_of(plan),
        "approve_form": ApproveForm(initial=seen),
        "return_form": ReasonForm(initial=seen),
        "decision_date": display.day(plan.decision_date),
        "kept": _kept(request),
    }
    if editable:
        context |= {
            "line_form": LineForm(user=user, initial=_line_values(request, plan) | seen),
            "transfer_form": TransferForm(lines=_lines(plan, user), initial=seen, prefix="t"),
            "reason_form": ReasonForm(initial={"reason": plan.reason, **seen}, prefix="why"),
            "activities": suggested(user),
        }
    lines = plan_lines.listing(plan, before, rows, editable)
    path = reverse("plan-version", args=[plan.pk])
    return answer(request, lines, "disbursements/plan.html", context | forms, status, path)


def _meanwhile(plan: PlanVersion) -> list[str]:
    """What has changed, of the lines a draft speaks for, since it was drafted."""
    changed = assembly.meanwhile(plan, plans.approved_version(plan.fiscal_year))
    return [f"{activity} · {fund}" for activity, _commune, fund in sorted(changed)]


def _kept(request: PersonRequest) -> str:
    """The filters of the plan's page, to be put before `line=` in an address."""
    page = urlsplit(came_from(request))
    pairs = [pair for pair in parse_qsl(page.query) if pair[0] != "line"]
    return f"{urlencode(pairs)}&" if pairs else ""


def _back(request: PersonRequest, plan: PlanVersion) -> HttpResponseBase:
    """To the plan's page, with the filters it was sent from."""
    address, kept = reverse("plan-version", args=[plan.pk]), _kept(request).rstrip("&")
    return redirect(f"{address}?{kept}" if kept else address)


def _seen(plan: PlanVersion) -> dict[str, Any]:
    return {"version": plan.version}


def _lines(plan: PlanVersion, user: User) -> Any:
    return (
        PlanLine.objects.visible_to(user)
        .filter(plan_version=plan)
        .select_related("activity", "commune", "fund")
    )


def _line_values(request: PersonRequest, plan: PlanVersion) -> dict[str, Any]:
    """The line of `?line=PK`, to be changed in the form."""
    pk = request.GET.get("line", "")
    line = _lines(plan, request.user).filter(pk=int(pk)).first() if is_row_id(pk) else None
    if line is None:
        return {}
    names = ("activity", "commune", "fund", *PlanLine.details)
    return {name: getattr(line, name) for name in names} | {
        f"q{a.quarter}": a.amount for a in line.amounts.all()
    }


def _act(
    request: PersonRequest,
    plan: PlanVersion,
    call: Callable[[], Any],
    *,
    done: str,
    form: Any = None,
    name: str = "",
) -> HttpResponseBase:
    """Run a service if its form is complete; a refusal is shown on the plan's page."""
    result, status = None, BAD_REQUEST
    if form is None or form.is_valid():
        result, status = attempt(request, call, form)
    if result is None:
        return _page(request, _plan(request, plan.pk), status, **({name: form} if name else {}))
    messages.success(request, done)
    return _back(request, plan)


@require_POST
@requires(DRAFT_PLAN)
def plan_line(request: PersonRequest, pk: int) -> HttpResponseBase:
    plan = _plan(request, pk)
    form = LineForm(request.POST, user=request.user, initial=_seen(plan))
    return _act(
        request,
        plan,
        lambda: plan_edit.set_line(
            actor=request.user,
            plan=plan,
            line=form.line(),
            version=form.cleaned_data["version"],
        ),
        done=_("Line saved."),
        form=form,
        name="line_form",
    )


@require_POST
@requires(DRAFT_PLAN)
def plan_line_remove(request: PersonRequest, pk: int, line: int) -> HttpResponseBase:
    plan = _plan(request, pk)
    found = get_object_or_404(_lines(plan, request.user).select_related("program"), pk=line)
    return _act(
        request,
        plan,
        lambda: plan_edit.remove_line(
            actor=request.user, plan=plan, line=found, version=seen_version(request) or 0
        ),
        done=_("Line removed."),
    )


@require_POST
@requires(DRAFT_PLAN)
def plan_transfer(request: PersonRequest, pk: int) -> HttpResponseBase:
    plan = _plan(request, pk)
    form = TransferForm(
        request.POST, lines=_lines(plan, request.user), prefix="t", initial=_seen(plan)
    )
    return _act(
        request,
        plan,
        lambda: plan_edit.transfer(actor=request.user, plan=plan, **form.cleaned_data),
        done=_("Moved."),
        form=form,
        name="transfer_form",
    )


@require_POST
@requires(DRAFT_PLAN)
def plan_reason(request: PersonRequest, pk: int) -> HttpResponseBase:
    plan = _plan(request, pk)
    form = ReasonForm(request.POST, prefix="why", initial=_seen(plan))
    return _act(
        request,
        plan,
        lambda: plan_edit.describe(
            actor=request.user,
            plan=plan,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"] or 0,
        ),
        done=_("Saved."),
        form=form,
        name="reason_form",
    )


@require_POST
@requires(DRAFT_PLAN)
def plan_submit(request: PersonRequest, pk: int) -> HttpResponseBase:
    plan = _plan(request, pk)
    return _act(
        request,
        plan,
        lambda: plans.submit(actor=request.user, plan=plan, version=seen_version(request)),
        done=_("Submitted for approval."),
    )


@require_POST
@requires(DRAFT_PLAN)
def plan_refresh(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Bring a draft up to date with the version in force."""
    plan = _plan(request, pk)
    return _act(
        request,
        plan,
        lambda: plan_edit.bring_up_to_date(
            actor=request.user, plan=plan, version=seen_version(request)
        ),
        done=_("Brought up to date: look at it again, then submit it."),
    )


@require_POST
@requires(VIEW)
def plan_approve(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Whether the person may is the service's to say: somebody may have delegated it."""
    plan = _plan(request, pk)
    form = ApproveForm(request.POST, initial=_seen(plan))
    return _act(
        request,
        plan,
        lambda: plans.approve(actor=request.user, plan=plan, **form.cleaned_data),
        done=_("Approved."),
        form=form,
        name="approve_form",
    )


@require_POST
@requires(VIEW)
def plan_return(request: PersonRequest, pk: int) -> HttpResponseBase:
    plan = _plan(request, pk)
    form = ReasonForm(request.POST, initial=_seen(plan))
    if not form.is_valid():
        authority_over_plan(request.user, plan)
    return _act(
        request,
        plan,
        lambda: plans.return_(actor=request.user, plan=plan, **form.cleaned_data),
        done=_("Returned to who submitted it."),
        form=form,
        name="return_form",
    )
