"""The plan's services: versions are drafted, submitted, approved or returned; then read only."""

from collections.abc import Iterable
from datetime import date as Date
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN, LOAD_HISTORY
from accounts.scope import covers
from communes.own_day import check_place
from core.models import made_by
from core.services import clock
from core.services.access import check
from core.services.errors import Conflict, require_reason
from core.services.transition import save_with_history, transition
from core.values.dates import format_date
from core.values.said import coded, refused
from core.values.text import is_digits
from disbursements.guards import explained
from disbursements.ledger.services import check_four_eyes, scope_errors
from disbursements.models import MAX_AMOUNT, PlanState, PlanVersion
from disbursements.plans import assembly, signals
from disbursements.plans.authority import authority_over_plan
from disbursements.plans.in_force import approved_versions
from disbursements.plans.lines import Line, contents, lines_of, put_lines, write_lines
from disbursements.plans.vanishing import check_vanishing
from programs.models import FiscalYear, Program, YearState
from programs.years import go_live
from programs.years.open_days import open_year

EDITABLE = PlanVersion.sources(PlanState.SUBMITTED)


def approved_version(
    year: FiscalYear, which: str = "current", known_at: datetime | None = None
) -> PlanVersion | None:
    """The `current`, `original` or numbered ("2") approved version of a year, as known then."""
    found = [
        version
        for version in approved_versions(year)
        if (known_at is None or (version.approved_at and version.approved_at <= known_at))
        and (not is_digits(which) or version.number == int(which))
    ]
    return found[0 if which == "original" else -1] if found else None


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
    errors: dict[str, str] = scope_errors(actor, line.activity.program, line.commune)
    if "commune" not in errors:
        errors.update(check_place(line.commune, year.start))
    for quarter, amount in line.amounts.items():
        if not 0 <= amount <= MAX_AMOUNT:
            errors[f"q{quarter}"] = coded(
                "out_of_range", _("A planned amount is 0 or more, at most 10^15 đồng.")
            )
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
        raise refused("programs", "outside_assignment", said)
    version = PlanVersion(
        fiscal_year=fiscal_year, based_on=based_on, reason=reason, created_by=actor
    )
    save_with_history(version, actor, reason or _("drafted"))
    if based_on is not None:
        write_lines(version, lines_of(based_on))
    assembly.speak_for(version, {program.pk for program in programs})
    return version


@transaction.atomic
def submit(
    *,
    actor: User,
    plan: PlanVersion,
    version: int | None = None,
    confirm_vanishing: bool = True,
) -> PlanVersion:
    """Draft or returned → submitted. It speaks for all it changes; where a programme has a plan
    already, a reason is needed. Without `confirm_vanishing` it asks as `approve` does."""
    check(actor, DRAFT_PLAN)
    check_seen(actor, plan)
    check_year_open(FiscalYear.objects.get(pk=plan.fiscal_year_id))
    assembly.speak_for(plan, assembly.changed_programs(plan))
    if assembly.revises(plan) and not plan.reason.strip():
        raise refused("reason", "reason_needed", _("A revision says why the plan changes."))
    if not plan.lines.exists():
        raise Conflict(_("This version has no lines yet."), "empty")
    if not confirm_vanishing:
        check_vanishing([plan])
    return transition(
        plan,
        actor=actor,
        to=PlanState.SUBMITTED,
        version=version,
        why=_("submitted"),
        submitted_by=actor,
        submitted_at=clock.now(),
    )


def check_year_open(year: FiscalYear) -> None:
    """`Conflict` where the year is closed, naming the first open day of the nearest year."""
    if said := closed_year(year):
        raise Conflict(said, "year_closed")


def doubts(plan: PlanVersion) -> list[str]:
    """What a plan that is not approved yet is told: that its year is closed."""
    said = "" if plan.state == PlanState.APPROVED else closed_year(plan.fiscal_year)
    return [said] if said else []


def closed_year(year: FiscalYear) -> str:
    """The sentence on a plan of a closed year, which is refused when it is submitted; else ""."""
    if year.state != YearState.CLOSED:
        return ""
    other = open_year(year)
    if other is None:
        return _("Fiscal year %(year)s is closed: it takes no new plan.") % {"year": year.code}
    return _(
        "Fiscal year %(year)s is closed: it takes no new plan. Open is %(other)s, from %(day)s, or "
        "ask for the year to be reopened."
    ) % {"year": year.code, "other": other.code, "day": format_date(other.start)}


def check_seen(actor: User, plan: PlanVersion) -> None:
    """Nobody moves a version on of which they see no line (pages and API do not even find it)."""
    if not PlanVersion.objects.visible_to(actor).filter(pk=plan.pk).exists():
        raise PermissionDenied


@transaction.atomic
def approve(
    *,
    actor: User,
    plan: PlanVersion,
    together: Iterable[PlanVersion] = (),
    decision_no: str = "",
    decision_date: Date | None = None,
    version: int | None = None,
    confirm_vanishing: bool = True,
) -> PlanVersion:
    """Submitted → approved, by somebody who had no hand in it; gives the next number.

    With `together` it takes in what some other submitted drafts of the year speak for: one version
    under one decision. Without `confirm_vanishing` it asks (400) where lines with money vanish.
    """
    together = list(together)
    behalf = [_authority(actor, each) for each in (plan, *together)]
    if not confirm_vanishing:
        check_vanishing((plan, *together))
    return _approve(
        plan,
        actor,
        [PlanState.SUBMITTED],
        together=together,
        version=version,
        guard=~made_by(PlanVersion, actor),
        why=", ".join(filter(None, [_("approved"), *dict.fromkeys(behalf)])),
        decision_no=decision_no or plan.decision_no,
        decision_date=decision_date or plan.decision_date,
    )


def _authority(actor: User, plan: PlanVersion) -> str:
    behalf = authority_over_plan(actor, plan)
    check_four_eyes(actor, plan)
    return behalf


def _approve(
    plan: PlanVersion,
    actor: User,
    states: list[str],
    together: Iterable[PlanVersion] = (),
    **options: Any,
) -> PlanVersion:
    if plan.origin == "history":
        go_live.check_history(plan.fiscal_year.start)
    else:
        go_live.first_record(plan.fiscal_year, actor)
    year = FiscalYear.objects.select_for_update().get(pk=plan.fiscal_year_id)
    check_year_open(year)
    too_late = Conflict(_("Only a plan that waits for approval can be approved."), "state")
    if PlanVersion.objects.select_for_update().get(pk=plan.pk).state not in states:
        raise too_late
    current = approved_version(year)
    for other in together:
        assembly.check_up_to_date(other, current)
    assembly.assemble(plan, current)
    for other in together:
        _take_in(plan, other, actor)
    approved = PlanVersion.objects.filter(fiscal_year=plan.fiscal_year_id)
    last = approved.aggregate(number=Max("number"), revision=Max("revision"))
    with explained():
        done = transition(
            plan,
            actor=actor,
            to=PlanState.APPROVED,
            allowed_from=states,
            refused=too_late,
            number=(last["number"] or 0) + 1,
            revision=(last["revision"] or 0) + 1 if assembly.revises(plan) else 0,
            approved_by=actor,
            approved_at=clock.now(),
            based_on=current,
            **options,
        )
    signals.plan_approved.send(PlanVersion, plan=done, actor=actor)
    return done


def _take_in(plan: PlanVersion, other: PlanVersion, actor: User) -> None:
    """Approve another draft as part of `plan`; it stays on record as joined into it."""
    if other.fiscal_year_id != plan.fiscal_year_id or other.pk == plan.pk:
        said = _("Only other plans of the same fiscal year are approved together.")
        raise refused("together", "other_year", said)
    assembly.take_in(plan, other)
    transition(
        other,
        actor=actor,
        to=PlanState.JOINED,
        allowed_from=[PlanState.SUBMITTED],
        refused=Conflict(_("Only a plan that waits for approval can be approved."), "state"),
        why=_("approved as part of plan no. %(id)s") % {"id": plan.pk},
        joined_into=plan,
    )
    signals.plan_joined.send(PlanVersion, plan=other, into=plan, actor=actor)


def return_(
    *, actor: User, plan: PlanVersion, reason: str, version: int | None = None
) -> PlanVersion:
    """Submitted → returned, with a reason."""
    behalf = authority_over_plan(actor, plan)
    require_reason(reason, _("Say why it is returned."))
    return transition(
        plan,
        actor=actor,
        to=PlanState.RETURNED,
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
    decision_no: str = "",
    decision_date: Date | None = None,
) -> PlanVersion | None:
    """A workbook's lines as the next version; None when they change nothing.

    With `scope` "whole" they replace the lines of the programmes they name within the actor's
    scope, with "changes" no line but those they name: in the draft that speaks for them where there
    is one, else in a copy of the current version. A draft, or with `post` (permission
    `load_history`) approved as history, under the decision that is named.
    """
    check(actor, LOAD_HISTORY, *(() if post else (DRAFT_PLAN,)))
    if post:
        go_live.hold()
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
    write_lines(version, before)
    put_lines(version, after, actor)
    assembly.speak_for(version, named, is_open=not post)
    if post:
        _approve(
            version,
            actor,
            [PlanState.DRAFT],
            why=_("approved"),
            submitted_by=actor,
            submitted_at=clock.now(),
            decision_no=decision_no,
            decision_date=decision_date,
        )
    return version
