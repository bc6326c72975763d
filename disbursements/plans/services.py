"""The plan's services: versions are drafted, submitted, approved or returned; then read only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN, LOAD_HISTORY
from accounts.scope import covers
from communes.models import Commune
from core.services.access import check
from core.services.errors import Conflict
from core.services.request_cache import once
from core.services.transition import save_with_history, transition
from disbursements.guards import explained
from disbursements.ledger.services import scope_errors
from disbursements.models import MAX_AMOUNT, PlanAmount, PlanLine, PlanState, PlanVersion
from disbursements.plans.authority import authority_over_plan
from programs.models import Activity, FiscalYear, Fund, YearState
from programs.years.services import check_lifetime


@dataclass
class Line:
    """A plan line as somebody states it: amounts in đồng by quarter 1–4, and `PlanLine.details`."""

    activity: Activity
    commune: Commune
    fund: Fund
    amounts: dict[int, int]
    title: str = ""
    unit: str = ""
    note: str = ""
    where: Any = field(default=None, compare=False)  # e.g. the workbook row it came from

    @property
    def key(self) -> tuple[str, int, str]:
        """What a version has once; of an activity or fund that is yet to be made, too."""
        return (self.activity.code, self.commune.pk, self.fund.code)


def approved_version(
    year: FiscalYear, which: str = "current", known_at: datetime | None = None
) -> PlanVersion | None:
    """The `current`, `original` or numbered ("2") approved version of a year, as known then."""
    versions = PlanVersion.objects.approved().filter(fiscal_year=year)
    if known_at is not None:
        versions = versions.filter(approved_at__lte=known_at)
    if which.isdigit():
        versions = versions.filter(number=int(which))
    rows = versions.order_by("number" if which == "original" else "-number")
    question = ("approved version", year.pk, which, known_at)
    return once(question, rows.select_related("fiscal_year").first)


def check_line(line: Line, year: FiscalYear, actor: User) -> None:
    """Hold a line against the rules: amounts, scope, lifetime. Raises `ValidationError`."""
    errors: dict[str, Any] = scope_errors(actor, line.activity.program, line.commune)
    if "commune" not in errors:
        errors.update(check_lifetime(line.commune, year.start))
    for quarter, amount in line.amounts.items():
        if not 0 <= amount <= MAX_AMOUNT:
            errors[f"q{quarter}"] = _("A planned amount is 0 or more, at most 10^15 đồng.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def create_draft(
    *,
    actor: User,
    fiscal_year: FiscalYear,
    based_on: PlanVersion | None = None,
    reason: str = "",
) -> PlanVersion:
    """Draft a version: empty, or a copy of `based_on`."""
    check(actor, DRAFT_PLAN, LOAD_HISTORY)
    version = PlanVersion(
        fiscal_year=fiscal_year, based_on=based_on, reason=reason, created_by=actor
    )
    save_with_history(version, actor, reason or _("drafted"))
    if based_on is not None:
        write_lines(version, lines_of(based_on))
    return version


def lines_of(version: PlanVersion) -> list[Line]:
    """A version's lines with their amounts, in two queries."""
    rows = version.lines.select_related("activity__program", "commune", "fund").prefetch_related(
        "amounts"
    )
    return [
        Line(
            activity=row.activity,
            commune=row.commune,
            fund=row.fund,
            amounts={a.quarter: a.amount for a in row.amounts.all()},
            title=row.title,
            **{name: getattr(row, name) for name in PlanLine.details},
        )
        for row in rows
    ]


def write_lines(version: PlanVersion, lines: Iterable[Line]) -> None:
    """Add lines to a version that is not approved; a quarter of 0 đồng is not stored."""
    lines = list(lines)
    with explained():
        rows = PlanLine.objects.bulk_create(
            [
                PlanLine(
                    plan_version=version,
                    program_id=line.activity.program_id,
                    activity=line.activity,
                    commune=line.commune,
                    fund=line.fund,
                    title=line.title or line.activity.title,
                    **{name: getattr(line, name) for name in PlanLine.details},
                )
                for line in lines
            ],
            batch_size=500,
        )
        PlanAmount.objects.bulk_create(
            [
                PlanAmount(line=row, quarter=quarter, amount=amount)
                for row, line in zip(rows, lines, strict=True)
                for quarter, amount in sorted(line.amounts.items())
                if amount
            ],
            batch_size=1000,
        )


def submit(*, actor: User, plan: PlanVersion, version: int | None = None) -> PlanVersion:
    """Draft or returned → submitted. A revision needs a reason."""
    check(actor, DRAFT_PLAN)
    check_seen(actor, plan)
    has_earlier = PlanVersion.objects.approved().filter(fiscal_year=plan.fiscal_year).exists()
    if has_earlier and not plan.reason.strip():
        raise ValidationError({"reason": _("A revision says why the plan changes.")})
    if not plan.lines.exists():
        raise Conflict(_("This version has no lines yet."), "empty")
    return transition(
        plan,
        actor=actor,
        to=PlanState.SUBMITTED,
        allowed_from=[PlanState.DRAFT, PlanState.RETURNED],
        state_field="state",
        version=version,
        why=_("submitted"),
        submitted_by=actor,
        submitted_at=timezone.now(),
    )


def check_seen(actor: User, plan: PlanVersion) -> None:
    """Nobody moves a version on of which they see no line (pages and API do not even find it)."""
    if not PlanVersion.objects.visible_to(actor).filter(pk=plan.pk).exists():
        raise PermissionDenied


@transaction.atomic
def approve(
    *,
    actor: User,
    plan: PlanVersion,
    decision_no: str = "",
    decision_date: Date | None = None,
    version: int | None = None,
) -> PlanVersion:
    """Submitted → approved, by somebody else than who submitted; gives the next number."""
    behalf = authority_over_plan(actor, plan)
    if plan.submitted_by_id == actor.pk:
        raise PermissionDenied(_("Who submits may not approve."))
    return _approve(
        plan,
        actor,
        [PlanState.SUBMITTED],
        version=version,
        guard=~Q(submitted_by=actor),
        why=", ".join(filter(None, [_("approved"), behalf])),
        decision_no=decision_no or plan.decision_no,
        decision_date=decision_date or plan.decision_date,
    )


def _approve(plan: PlanVersion, actor: User, states: list[str], **options: Any) -> PlanVersion:
    year = FiscalYear.objects.select_for_update().get(pk=plan.fiscal_year_id)
    if year.state == YearState.CLOSED:
        raise Conflict(
            _("Fiscal year %(year)s is closed: it takes no new plan.") % {"year": year.code},
            "year_closed",
        )
    current = approved_version(year)
    # Also one that rests on nothing: it would replace other programmes' lines without a word.
    if current and plan.based_on_id != current.pk:
        raise Conflict(
            _("This plan was drafted from an earlier version; %(current)s is in force by now. ")
            % {"current": current.title}
            + _("Draft it again, or its changes would be lost."),
            "outdated",
        )
    last = PlanVersion.objects.filter(fiscal_year=plan.fiscal_year_id).aggregate(n=Max("number"))
    with explained():
        return transition(
            plan,
            actor=actor,
            to=PlanState.APPROVED,
            allowed_from=states,
            state_field="state",
            refused=Conflict(_("Only a plan that waits for approval can be approved."), "state"),
            number=(last["n"] or 0) + 1,
            approved_by=actor,
            approved_at=timezone.now(),
            **options,
        )


def return_(
    *, actor: User, plan: PlanVersion, reason: str, version: int | None = None
) -> PlanVersion:
    """Submitted → returned, with a reason."""
    behalf = authority_over_plan(actor, plan)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is returned.")})
    return transition(
        plan,
        actor=actor,
        to=PlanState.RETURNED,
        allowed_from=[PlanState.SUBMITTED],
        state_field="state",
        version=version,
        why=", ".join(filter(None, [reason, behalf])),
        return_reason=reason,
    )


@transaction.atomic
def load(
    *, actor: User, fiscal_year: FiscalYear, lines: list[Line], post: bool, reason: str
) -> PlanVersion | None:
    """A workbook's lines as the next version; None when they change nothing.

    Replaces the lines of the programmes it names within the actor's scope and copies the rest of
    the current version. A draft, or with `post` (permission `load_history`) approved as history.
    """
    check(actor, LOAD_HISTORY, *(() if post else (DRAFT_PLAN,)))
    if post:
        FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    current = approved_version(fiscal_year)
    before = lines_of(current) if current else []
    named = {line.activity.program_id for line in lines}
    kept = [
        line
        for line in before
        if line.activity.program_id not in named
        or not covers(actor, line.activity.program, line.commune)
    ]
    after = [*kept, *lines]
    if current and _content(after) == _content(before):
        return None
    version = PlanVersion(
        fiscal_year=fiscal_year, based_on=current, reason=reason, created_by=actor
    )
    version.origin = "history" if post else "portal"
    save_with_history(version, actor, reason)
    write_lines(version, after)
    if post:
        _approve(
            version,
            actor,
            [PlanState.DRAFT],
            why=_("approved"),
            submitted_by=actor,
            submitted_at=timezone.now(),
        )
    return version


def _content(lines: list[Line]) -> dict[tuple[str, int, str], tuple[Any, ...]]:
    """What makes two sets of lines the same plan."""
    return {
        line.key: (
            tuple(sorted((q, a) for q, a in line.amounts.items() if a)),
            line.title or line.activity.title,
            *(getattr(line, name) for name in PlanLine.details),
        )
        for line in lines
    }
