"""What becomes of a draft before approval: withdrawn, joined into another one, set aside."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import APPROVE_PLAN, DRAFT_PLAN
from accounts.scope import covers
from core.services.access import check
from core.services.errors import Conflict, StaleVersion, require_reason
from core.services.transition import transition
from core.values.said import refused
from disbursements.models import PlanState, PlanVersion
from disbursements.plans import assembly, signals
from disbursements.plans.authority import places_of
from disbursements.plans.lines import changes_between, line_names, lines_of, with_changes
from disbursements.plans.services import EDITABLE, approved_version, check_seen

UNTOUCHED = timedelta(days=30)


def withdraw(*, actor: User, plan: PlanVersion, version: int | None = None) -> PlanVersion:
    """Submitted → draft again, by who submitted it; where that person has left, by whoever drafts
    plans for all that it changes."""
    check(actor, DRAFT_PLAN)
    check_seen(actor, plan)
    if plan.state == PlanState.SUBMITTED and not may_withdraw(actor, plan):
        said = _("Only %(who)s can withdraw this plan.")
        raise PermissionDenied(said % {"who": assembly.who_withdraws(plan)})
    return transition(
        plan,
        actor=actor,
        to=PlanState.DRAFT,
        version=version,
        refused=Conflict(_("Only a plan that waits for approval can be withdrawn."), "state"),
        why=_("withdrawn"),
    )


def may_withdraw(actor: User, plan: PlanVersion) -> bool:
    """Whether the actor submitted it, or takes over from who did and left."""
    if not actor.can(DRAFT_PLAN) or plan.submitted_by is None:
        return False
    if plan.submitted_by.is_active:
        return plan.submitted_by_id == actor.pk
    return all(covers(actor, program, commune) for program, commune in places_of(plan))


@transaction.atomic
def join(
    *, actor: User, plan: PlanVersion, draft: PlanVersion, version: int | None = None
) -> PlanVersion:
    """Take another open draft of the year into this one, which speaks for both from now on; the
    other stays on record. `Conflict` where both changed a line otherwise, or one is outdated."""
    check(actor, DRAFT_PLAN)
    keys = sorted({plan.pk, draft.pk})
    locked = PlanVersion.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    rows = {row.pk: row for row in locked}
    into, other = rows[plan.pk], rows[draft.pk]
    _check_joinable(actor, into, other)
    if into.version != (plan.version if version is None else version):
        raise StaleVersion
    current = approved_version(into.fiscal_year)
    for each in (into, other):
        assembly.check_up_to_date(each, current)
    mine, theirs = assembly.own_changes(into), assembly.own_changes(other)
    both = changes_between(
        [pair[1] for key, pair in mine.items() if key in theirs and pair[1]],
        [pair[1] for key, pair in theirs.items() if key in mine and pair[1]],
    )
    if both:
        lines = [line for pair in both.values() for line in pair if line]
        said = _("Both drafts change these lines, each otherwise: %(lines)s. Make them alike.")
        raise Conflict(said % {"lines": line_names(lines)}, "differs")
    if current is not None and into.based_on_id != current.pk:
        lines = assembly.brought_up_to_date(into, current)
        into.based_on = current
    else:
        lines = lines_of(into)
    programs = assembly.spoken_by(other) | assembly.changed_programs(other)
    other.spoken.update(is_open=False)
    into.reason = "\n".join(dict.fromkeys(filter(None, (into.reason, other.reason))))
    said = _("draft no. %(id)s of %(who)s joined into it")
    who = {"id": other.pk, "who": other.created_by.display_name}
    into.add_makers_of(other)
    assembly.rewrite(into, with_changes(lines, theirs), programs, actor, said % who)
    into.makers.add(*other.hands)  # who made the other had a hand in this one, too
    transition(
        other,
        actor=actor,
        to=PlanState.JOINED,
        allowed_from=EDITABLE,
        why=_("joined into draft no. %(id)s") % {"id": into.pk},
        joined_into=into,
    )
    signals.plan_joined.send(PlanVersion, plan=other, into=into, actor=actor)
    return into


def _check_joinable(actor: User, into: PlanVersion, other: PlanVersion) -> None:
    for each in (into, other):
        check_seen(actor, each)
    if into.pk == other.pk or into.fiscal_year_id != other.fiscal_year_id:
        raise Conflict(_("Choose another draft of the same fiscal year."), "year")
    for each in (into, other):
        if each.state not in EDITABLE:
            raise assembly.takes_no_lines(each)
    outside = [
        f"{program.code} · {commune.name}"
        for program, commune in places_of(other)
        if not covers(actor, program, commune)
    ]
    if outside:
        said = _("This draft also changes what lies outside your assignment: %(places)s.")
        raise refused("draft", "outside_assignment", said % {"places": ", ".join(outside[:3])})


def untouched_since(plan: PlanVersion) -> timedelta:
    """How long nobody has changed it."""
    last = plan.history.order_by("-history_date").values_list("history_date", flat=True).first()
    return timezone.now() - (last or plan.created_at)


def may_set_aside(actor: User, plan: PlanVersion) -> bool:
    """Whether it is an open draft of the actor's own, or one that was left lying."""
    if plan.state not in EDITABLE or not (actor.can(DRAFT_PLAN) or actor.can(APPROVE_PLAN)):
        return False
    own = actor.pk in (plan.created_by_id, plan.submitted_by_id)
    return own or untouched_since(plan) >= UNTOUCHED


@transaction.atomic
def set_aside(
    *, actor: User, plan: PlanVersion, reason: str, version: int | None = None
) -> PlanVersion:
    """Draft or returned → set aside, with a reason: its programmes are free again, it stays on
    record with who made it. One's own at once, another's after 30 days without a change."""
    check(actor, DRAFT_PLAN, APPROVE_PLAN)
    check_seen(actor, plan)
    require_reason(reason, _("Say why it is set aside."))
    if plan.state in EDITABLE and not may_set_aside(actor, plan):
        said = _("Somebody works on this draft: it can be set aside after %(days)d days untouched.")
        raise Conflict(said % {"days": UNTOUCHED.days}, "in_use")
    done = transition(
        plan,
        actor=actor,
        to=PlanState.SET_ASIDE,
        version=version,
        why=reason.strip(),
        return_reason=reason.strip(),
    )
    done.spoken.update(is_open=False)
    signals.plan_dropped.send(PlanVersion, plan=done, actor=actor, why=reason.strip())
    return done
