"""The plan's services: versions are drafted, submitted, approved or returned; then read only."""

from collections.abc import Iterable
from datetime import date as Date
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN, LOAD_HISTORY
from accounts.scope import covers
from core.services.access import check
from core.services.errors import Conflict
from core.services.request_cache import once
from core.services.transition import save_with_history, transition
from core.values.text import is_digits
from disbursements.guards import explained
from disbursements.ledger.services import scope_errors
from disbursements.models import MAX_AMOUNT, PlanState, PlanVersion
from disbursements.plans import assembly
from disbursements.plans.authority import authority_over_plan
from disbursements.plans.lines import Line, contents, lines_of, write_lines
from programs.models import FiscalYear, Program, YearState
from programs.years.services import check_lifetime


def approved_version(
    year: FiscalYear, which: str = "current", known_at: datetime | None = None
) -> PlanVersion | None:
    """The `current`, `original` or numbered ("2") approved version of a year, as known then."""
    versions = PlanVersion.objects.approved().filter(fiscal_year=year)
    if known_at is not None:
        versions = versions.filter(approved_at__lte=known_at)
    if is_digits(which):
        versions = versions.filter(number=int(which))
    rows = versions.order_by("number" if which == "original" else "-number")
    question = ("approved version", year.pk, which, known_at)
    return once(question, rows.select_related("fiscal_year").first)


def original_versions(
    year: FiscalYear, known_at: datetime | None = None
) -> dict[PlanVersion, list[int]]:
    """The original plan of a year is each programme's own: the approved versions that were first
    to have lines of some programmes, with the ids of those."""
    versions = PlanVersion.objects.approved().filter(fiscal_year=year)
    if known_at is not None:
        versions = versions.filter(approved_at__lte=known_at)
    firsts = versions.order_by().values_list("lines__program").annotate(number=Min("number"))
    found = {version.number: version for version in versions.select_related("fiscal_year")}
    originals: dict[PlanVersion, list[int]] = {}
    for program, number in firsts.exclude(lines=None).order_by("number"):
        originals.setdefault(found[number], []).append(program)
    return originals


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
    programs: Iterable[Program] = (),
    reason: str = "",
) -> PlanVersion:
    """Draft a version: empty, or a copy of `based_on`; it speaks for `programs` from now on, and
    for others from its first change there."""
    check(actor, DRAFT_PLAN, LOAD_HISTORY)
    programs = list(programs)
    mine = set(Program.objects.visible_to(actor)) if programs else set()
    if outside := [program.code for program in programs if program not in mine]:
        said = _("%(program)s is outside your assignment.") % {"program": ", ".join(outside)}
        raise ValidationError({"programs": said})
    version = PlanVersion(
        fiscal_year=fiscal_year, based_on=based_on, reason=reason, created_by=actor
    )
    save_with_history(version, actor, reason or _("drafted"))
    if based_on is not None:
        write_lines(version, lines_of(based_on))
    assembly.speak_for(version, {program.pk for program in programs})
    return version


def submit(*, actor: User, plan: PlanVersion, version: int | None = None) -> PlanVersion:
    """Draft or returned → submitted. It speaks for all it changes; where a programme has a plan
    already, a reason is needed."""
    check(actor, DRAFT_PLAN)
    check_seen(actor, plan)
    assembly.speak_for(plan, assembly.changed_programs(plan))
    if assembly.revises(plan, approved_version(plan.fiscal_year)) and not plan.reason.strip():
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
    too_late = Conflict(_("Only a plan that waits for approval can be approved."), "state")
    if PlanVersion.objects.select_for_update().get(pk=plan.pk).state not in states:
        raise too_late
    current = approved_version(year)
    assembly.assemble(plan, current)
    last = PlanVersion.objects.filter(fiscal_year=plan.fiscal_year_id).aggregate(n=Max("number"))
    with explained():
        return transition(
            plan,
            actor=actor,
            to=PlanState.APPROVED,
            allowed_from=states,
            state_field="state",
            refused=too_late,
            number=(last["n"] or 0) + 1,
            approved_by=actor,
            approved_at=timezone.now(),
            based_on=current,
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


def ground(
    year: FiscalYear, lines: Iterable[Line], *, post: bool
) -> tuple[PlanVersion | None, PlanVersion | None]:
    """What a workbook's lines go onto: (the open draft that speaks for their programmes, that or
    else the version in force). `Conflict` where the draft takes no lines."""
    named = {line.activity.program_id for line in lines}
    draft = None if post else assembly.open_draft(year, named)
    return draft, draft or approved_version(year)


def would_replace(actor: User, before: Iterable[Line], lines: Iterable[Line]) -> list[Line]:
    """The lines of a version that a workbook with the whole plan of its programmes stands for:
    theirs, within the actor's scope."""
    named = {line.activity.program_id for line in lines}
    return [
        line
        for line in before
        if line.activity.program_id in named and covers(actor, line.activity.program, line.commune)
    ]


@transaction.atomic
def load(
    *,
    actor: User,
    fiscal_year: FiscalYear,
    lines: list[Line],
    post: bool,
    reason: str,
    scope: str = "whole",
) -> PlanVersion | None:
    """A workbook's lines as the next version; None when they change nothing.

    With `scope` "whole" they replace the lines of the programmes they name within the actor's
    scope, with "changes" no line but those they name: in the draft that speaks for them where there
    is one, else in a copy of the current version. A draft, or with `post` (permission
    `load_history`) approved as history.
    """
    check(actor, LOAD_HISTORY, *(() if post else (DRAFT_PLAN,)))
    FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    named = {line.activity.program_id for line in lines}
    draft, current = ground(fiscal_year, lines, post=post)
    before = lines_of(current) if current else []
    stated = {line.key for line in lines}
    replaced = (
        stated if scope == "changes" else {line.key for line in would_replace(actor, before, lines)}
    )
    after = [*(line for line in before if line.key not in replaced), *lines]
    if current and contents(after) == contents(before):
        return None
    if draft:
        return assembly.rewrite(draft, after, named, actor, reason)
    version = PlanVersion(
        fiscal_year=fiscal_year, based_on=current, reason=reason, created_by=actor
    )
    version.origin = "history" if post else "portal"
    save_with_history(version, actor, reason)
    write_lines(version, after)
    assembly.speak_for(version, named, is_open=not post)
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
