"""When somebody leaves: drafts, returned and waiting rows, open plans and action points are handed
over in one step.

Who made a thing stays on record as one who had a hand in it: handing over opens no way round the
four eyes.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN, ENTER_DISBURSEMENT, MANAGE_PEOPLE
from accounts.scope import covers
from core.services.access import check
from core.services.transition import transition
from core.values.said import coded
from disbursements.models import Disbursement, PlanState, PlanVersion, Status
from monitoring.models import ActionPoint
from monitoring.models.action_points import ActionState

OPEN_ROWS = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED)
OPEN_PLANS = (PlanState.DRAFT, PlanState.RETURNED, PlanState.SUBMITTED)


@dataclass(frozen=True)
class Open:
    """What somebody has in hand: rows of the ledger, plans, action points."""

    rows: list[Disbursement]
    plans: list[PlanVersion]
    points: list[ActionPoint]

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.plans) + len(self.points)


def open_of(person: User) -> Open:
    """All that is open and is this person's to go on with."""
    theirs = Q(created_by=person) | Q(submitted_by=person)
    rows = Disbursement.objects.filter(theirs, status__in=OPEN_ROWS)
    plans = PlanVersion.objects.filter(theirs, state__in=OPEN_PLANS)
    given = Q(assignee_user=person) | Q(assignee_user=None, created_by=person)
    points = ActionPoint.objects.filter(given, state=ActionState.OPEN)
    return Open(
        list(rows.select_related("activity", "program", "commune").order_by("pk")),
        list(plans.select_related("fiscal_year").order_by("pk")),
        list(points.order_by("pk")),
    )


@transaction.atomic
def hand_over(*, actor: User, person: User, receiver: User, reason: str) -> Open:
    """Give all that `person` has in hand to `receiver`, in one step; what was handed over.

    Raises `ValidationError` where the receiver could not go on with some of it: nothing moves.
    """
    check(actor, MANAGE_PEOPLE)
    found = open_of(person)
    _check(found, person, receiver, reason)
    why = _("handed over from %(giver)s to %(receiver)s: %(reason)s") % {
        "giver": person.display_name,
        "receiver": receiver.display_name,
        "reason": reason.strip(),
    }
    for record in (*found.rows, *found.plans):
        _pass_on(record, person, receiver, actor, why)
    for point in found.points:
        _stay(point, actor, why, assignee_user=receiver)
    return found


def _check(found: Open, person: User, receiver: User, reason: str) -> None:
    errors: dict[str, str] = {}
    if not reason.strip():
        errors["reason"] = coded("reason_needed", _("Say why."))
    if receiver.pk == person.pk or not receiver.is_active:
        errors["receiver"] = coded("cannot_receive", _("Choose somebody else who works here."))
    elif said := _cannot(found, receiver):
        errors["receiver"] = said
    if errors:
        raise ValidationError(errors)


def _cannot(found: Open, receiver: User) -> str:
    """Why the receiver could not go on with all of it; "" where nothing stands against it."""
    outside = {
        f"{row.program.code} · {row.commune.name}"
        for row in found.rows
        if not covers(receiver, row.program, row.commune)
    }
    plans = set(PlanVersion.objects.visible_to(receiver).values_list("pk", flat=True))
    unseen = [plan for plan in found.plans if plan.pk not in plans and plan.lines.exists()]
    if outside:
        return _("Outside the assignment of %(name)s: %(places)s.") % {
            "name": receiver.display_name,
            "places": ", ".join(sorted(outside)),
        }
    if unseen:
        return _("%(name)s sees no line of some of the plans.") % {"name": receiver.display_name}
    needed = ((found.rows, ENTER_DISBURSEMENT), (found.plans, DRAFT_PLAN))
    if any(records and not receiver.can(permission) for records, permission in needed):
        return _("%(name)s may not enter disbursements or draft plans.") % {
            "name": receiver.display_name
        }
    return ""


def _pass_on(record: Any, person: User, receiver: User, actor: User, why: str) -> None:
    """Rows and plans: the receiver in the place of who leaves, who stays among its makers."""
    changes = {
        name: receiver
        for name in ("created_by", "submitted_by")
        if getattr(record, f"{name}_id") == person.pk
    }
    record.makers.add(person)
    _stay(record, actor, why, **changes)


def _stay(record: Any, actor: User, why: str, **changes: Any) -> None:
    """Change a record that stays in its state."""
    state = getattr(record, record.state_field)
    transition(record, actor=actor, to=state, allowed_from=[state], why=why, **changes)
