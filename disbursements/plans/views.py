"""Pages of the plan: one version against the one before, its draft."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import APPROVE_PLAN, DRAFT_PLAN, VIEW
from core.lists import list_response
from core.pages.forms import BAD_REQUEST, ReasonForm, run_service, seen_version
from core.pages.history import trail_of
from core.services.access import came_from, posts, requires
from core.services.errors import StaleVersion
from core.values import display
from core.values.text import is_row_id
from disbursements.drafts import services as discard
from disbursements.ledger.choices import suggested
from disbursements.models import PlanLine, PlanState, PlanVersion
from disbursements.plans import comparison as plan_compare
from disbursements.plans import drafts as open_drafts
from disbursements.plans import editing as plan_edit
from disbursements.plans import line_lists as plan_lines
from disbursements.plans import services as plans
from disbursements.plans.authority import authority_over_plan, why_not
from disbursements.plans.forms import ApproveForm, DraftForm, JoinForm, LineForm, TransferForm
from disbursements.plans.review import ProgramRow, Review


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
            plan, status = run_service(
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
    request: PersonRequest, plan: PlanVersion, status: int = 200, **forms: object
) -> HttpResponseBase:
    user: User = request.user
    review = Review(plan, user)
    before, rows = review.before, review.rows
    changed = sum(row.kind in plan_compare.CHANGED for row in rows)
    editable = user.can(DRAFT_PLAN) and plan.state in plan_edit.EDITABLE
    waits = plan.state == PlanState.SUBMITTED
    refused = why_not(user, plan) if waits else None
    seen = _version_of(plan)
    context: dict[str, object] = {
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
        "doubts": plans.doubts(plan),
        "spoken": ", ".join(program.code for program in plan.programs.all()),
        "meanwhile": review.outdated,
        "warnings": review.warnings,
        "programs": [_program(each) for each in review.programs],
        "may_withdraw": waits and open_drafts.may_withdraw(user, plan),
        "may_set_aside": open_drafts.may_set_aside(user, plan),
        "joined_into": plan.joined_into_id,
        "trail": trail_of(plan),
        "approve_form": _approve_form(user, plan, review=review) if waits else None,
        "set_aside_form": ReasonForm(initial=seen, prefix="aside"),
        "return_form": ReasonForm(initial=seen),
        "decision_date": display.day(plan.decision_date),
        "kept": _filter_query(request),
    }
    if editable:
        context |= {
            "join_form": _join_form(user, plan),
            "line_form": LineForm(user=user, initial=seen | _line_values(request, plan)),
            "transfer_form": TransferForm(lines=_lines(plan, user), initial=seen, prefix="t"),
            "reason_form": ReasonForm(initial={"reason": plan.reason, **seen}, prefix="why"),
            "activities": suggested(user),
        }
    closed = tuple(review.closed_quarters)
    lines = plan_lines.listing(plan, before, rows, editable, closed)
    path = reverse("plan-version", args=[plan.pk])
    return list_response(request, lines, "disbursements/plan.html", context | forms, status, path)


def _program(each: ProgramRow) -> dict[str, object]:
    """A programme's plan as the page shows it."""
    return {
        "code": each.program.code,
        "before": display.number(each.before),
        "after": display.number(each.after),
        "change": plan_compare.signed(each.change),
        "spent": display.number(each.spent),
        "ceiling": display.NOTHING if each.ceiling is None else display.number(each.ceiling),
        "vanishing": each.vanishing,
    }


def _others(user: User, plan: PlanVersion, *states: str) -> QuerySet[PlanVersion]:
    """The other versions of the year in these states that the person sees."""
    rows = PlanVersion.objects.visible_to(user).filter(fiscal_year=plan.fiscal_year_id)
    rows = rows.filter(state__in=states).exclude(pk=plan.pk)
    return rows.select_related("created_by", "fiscal_year").prefetch_related("programs")


def _approve_form(
    user: User, plan: PlanVersion, data: object = None, review: Review | None = None
) -> ApproveForm:
    """With the other plans that the person may approve together with this one."""
    others = _others(user, plan, PlanState.SUBMITTED)
    mine = [other.pk for other in others if why_not(user, other) is None]
    return ApproveForm(
        data,
        initial=_version_of(plan),
        waiting=others.filter(pk__in=mine),
        vanishing=(review or Review(plan, user)).vanishing,
    )


def _join_form(user: User, plan: PlanVersion, data: object = None) -> JoinForm | None:
    drafts = _others(user, plan, *plan_edit.EDITABLE)
    form = JoinForm(data, drafts=drafts, initial=_version_of(plan), prefix="join")
    return form if drafts or data else None


def _filter_query(request: PersonRequest) -> str:
    """The filters of the plan's page, to be put before `line=` in an address."""
    page = urlsplit(came_from(request))
    pairs = [pair for pair in parse_qsl(page.query) if pair[0] != "line"]
    return f"{urlencode(pairs)}&" if pairs else ""


def _back(request: PersonRequest, plan: PlanVersion) -> HttpResponseBase:
    """To the plan's page, with the filters it was sent from."""
    address, kept = reverse("plan-version", args=[plan.pk]), _filter_query(request).rstrip("&")
    return redirect(f"{address}?{kept}" if kept else address)


def _version_of(plan: PlanVersion) -> dict[str, object]:
    return {"version": plan.version}


def _lines(plan: PlanVersion, user: User) -> QuerySet[PlanLine]:
    return (
        PlanLine.objects.visible_to(user)
        .filter(plan_version=plan)
        .select_related("activity", "commune", "fund")
    )


def _chosen(request: PersonRequest, plan: PlanVersion, number: str) -> PlanLine | None:
    """The line of the plan that an address or a form names; None where it names none."""
    lines = _lines(plan, request.user)
    return lines.filter(pk=int(number)).first() if is_row_id(number) else None


def _line_values(request: PersonRequest, plan: PlanVersion) -> dict[str, object]:
    """The line of `?line=PK`, to be changed in the form."""
    line = _chosen(request, plan, request.GET.get("line", ""))
    if line is None:
        return {}
    names = ("activity", "commune", "fund", "version", *PlanLine.details)
    values = {name: getattr(line, name) for name in names} | {"line_id": line.pk}
    return values | {f"q{a.quarter}": a.amount for a in line.amounts.all()}


def _act(
    request: PersonRequest,
    plan: PlanVersion,
    call: Callable[[], object],
    *,
    done: str,
    form: BaseForm | None = None,
    name: str = "",
) -> HttpResponseBase:
    """Run a service if its form is complete; a refusal is shown on the plan's page."""
    result, status = None, BAD_REQUEST
    if form is None or form.is_valid():
        result, status = run_service(request, call, form)
    if result is None:
        return _page(request, _plan(request, plan.pk), status, **({name: form} if name else {}))
    messages.success(request, done)
    return _back(request, plan)


@posts(DRAFT_PLAN)
def plan_line(request: PersonRequest, pk: int) -> HttpResponseBase:
    plan = _plan(request, pk)
    row = _chosen(request, plan, request.POST.get("line_id", ""))
    seen = {"version": row.version} if row else _version_of(plan)
    form = LineForm(request.POST, user=request.user, initial=seen)
    return _act(
        request,
        plan,
        lambda: _save_line(request, plan, form, row),
        done=_("Line saved."),
        form=form,
        name="line_form",
    )


def _save_line(
    request: PersonRequest, plan: PlanVersion, form: LineForm, row: PlanLine | None
) -> PlanLine:
    """Change the line that was chosen, or set one by its activity, commune and fund."""
    options: dict[str, Any] = {
        "actor": request.user,
        "line": form.line(),
        "version": form.cleaned_data["version"],
        "another_fund": form.cleaned_data["another_fund"],
    }
    if row is not None:
        row.plan_version = plan
        return plan_edit.change_line(row=row, **options)
    if form.cleaned_data["line_id"]:
        raise StaleVersion  # it was removed since
    return plan_edit.set_line(plan=plan, **options)


@posts(DRAFT_PLAN)
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


@posts(VIEW)
def plan_approve(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Whether the person may is the service's to say: somebody may have delegated it."""
    plan = _plan(request, pk)
    form = _approve_form(request.user, plan, request.POST)
    ticked = bool(request.POST.get("confirm_vanishing"))
    return _act(
        request,
        plan,
        lambda: plans.approve(
            actor=request.user, plan=plan, **{**form.cleaned_data, "confirm_vanishing": ticked}
        ),
        done=_("Approved."),
        form=form,
        name="approve_form",
    )


def _button(
    service: Callable[..., object],
    done: str,
    ask: Callable[[PersonRequest, PlanVersion], BaseForm | None] | None = None,
    name: str = "",
    roles: tuple[str, ...] = (DRAFT_PLAN,),
) -> Callable[..., HttpResponseBase]:
    """The view of a button: the service is given the plan and what the form says that it `ask`s
    (`name` is that form's on the page); of one that asks for nothing, the version seen."""

    @posts(*roles)
    def view(request: PersonRequest, pk: int) -> HttpResponseBase:
        plan = _plan(request, pk)
        form = ask(request, plan) if ask else None

        def call() -> object:
            said = form.cleaned_data if form else {"version": seen_version(request)}
            return service(actor=request.user, plan=plan, **said)

        return _act(request, plan, call, done=_(done), form=form, name=name)

    return view


def _reason(**options: Any) -> Callable[[PersonRequest, PlanVersion], ReasonForm]:
    return lambda request, plan: ReasonForm(request.POST, initial=_version_of(plan), **options)


def _return_form(request: PersonRequest, plan: PlanVersion) -> ReasonForm:
    form = _reason()(request, plan)
    if not form.is_valid():
        authority_over_plan(request.user, plan)
    return form


def _transfer_form(request: PersonRequest, plan: PlanVersion) -> TransferForm:
    lines = _lines(plan, request.user)
    return TransferForm(request.POST, lines=lines, prefix="t", initial=_version_of(plan))


def _describe(*, version: int | None, **said: Any) -> object:
    return plan_edit.describe(version=version or 0, **said)


plan_transfer = _button(plan_edit.transfer, gettext_noop("Moved."), _transfer_form, "transfer_form")
plan_reason = _button(_describe, gettext_noop("Saved."), _reason(prefix="why"), "reason_form")
plan_submit = _button(plans.submit, gettext_noop("Submitted for approval."))
plan_refresh = _button(
    plan_edit.bring_up_to_date,
    gettext_noop("Brought up to date: look at it again, then submit it."),
)
plan_withdraw = _button(open_drafts.withdraw, gettext_noop("Withdrawn: it takes changes again."))
plan_return = _button(
    plans.return_,
    gettext_noop("Returned to who submitted it."),
    _return_form,
    "return_form",
    (VIEW,),
)
plan_join = _button(
    open_drafts.join,
    gettext_noop("Joined: this draft speaks for both."),
    lambda request, plan: _join_form(request.user, plan, request.POST),
    "join_form",
)
plan_set_aside = _button(
    open_drafts.set_aside,
    gettext_noop("Set aside. It stays on record."),
    _reason(prefix="aside"),
    "set_aside_form",
    (DRAFT_PLAN, APPROVE_PLAN),
)
