"""An approver who is away lets somebody else approve for stated days (ủy quyền).

The receiver acts under the receiver's own name, within the giver's scope and the receiver's own,
and four eyes stay: neither what the receiver nor what the giver had a hand in can be approved so.
"""

from collections.abc import Collection, Sequence
from datetime import date as Date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Delegation, User
from accounts.roles import APPROVE_PLAN, POST_DISBURSEMENT, Role
from accounts.scope import covers
from core.services.access import check
from core.services.transition import save_with_history
from core.values.dates import today

DELEGABLE = (POST_DISBURSEMENT, APPROVE_PLAN)
RECEIVERS = (Role.BOARD, Role.HEAD, Role.MANAGER, Role.COORDINATOR)
LONGEST_DAYS = 92


def receivers_for(giver: User) -> QuerySet[User]:
    """Who can be asked to approve for `giver`."""
    return User.objects.filter(is_active=True, role__in=RECEIVERS).exclude(pk=giver.pk)


@transaction.atomic
def delegate(*, actor: User, receiver: User, start: Date, end: Date, reason: str) -> Delegation:
    """Let `receiver` approve for `actor` from `start` to `end`, both included."""
    check(actor, *DELEGABLE)
    errors = {}
    if end < start:
        errors["end"] = _("The last day is before the first.")
    elif (end - start).days >= LONGEST_DAYS:
        errors["end"] = _("At most %(days)d days.") % {"days": LONGEST_DAYS}
    elif end < today():
        errors["end"] = _("These days are over.")
    if not receivers_for(actor).filter(pk=receiver.pk).exists():
        errors["receiver"] = _("This person cannot approve for you.")
    if not reason.strip():
        errors["reason"] = _("Say why.")
    if errors:
        raise ValidationError(errors)
    row = Delegation(giver=actor, receiver=receiver, start=start, end=end, reason=reason)
    save_with_history(row, actor, reason)
    return row


@transaction.atomic
def revoke(*, actor: User, delegation: Delegation) -> Delegation:
    """End a delegation now: the giver, or who manages people."""
    if delegation.giver_id != actor.pk:
        check(actor, "manage_people")
    if delegation.revoked_at is None:
        delegation.revoked_at = timezone.now()
        save_with_history(delegation, actor, _("revoked"))
    return delegation


def active(as_of: Date | None = None) -> QuerySet[Delegation]:
    day = as_of or today()
    return Delegation.objects.filter(
        start__lte=day, end__gte=day, revoked_at=None, giver__is_active=True
    ).select_related("giver", "receiver")


def giver_for(
    actor: User, permission: str, *, places: Sequence[tuple[Any, Any]], hands: Collection[int]
) -> User | None:
    """Who lets `actor` use `permission` today over all `places` (programme, commune), and is none
    of the `hands` (ids) that made the thing."""
    for giver in givers_of(actor, permission):
        if giver.pk not in hands and all(covers(giver, *place) for place in places):
            return giver
    return None


def givers_of(actor: User, permission: str) -> list[User]:
    """Who lets `actor` use `permission` today, wherever that is; the oldest delegation first."""
    if permission not in DELEGABLE or not actor.is_active:
        return []
    rows = active().filter(receiver=actor).order_by("pk")
    return [row.giver for row in rows if row.giver.can(permission)]


def authority(
    actor: User, permission: str, *, places: Sequence[tuple[Any, Any]], hands: Collection[int]
) -> str:
    """ "" where the role has `permission`, "for NAME" where somebody delegated it.

    Raises `PermissionDenied` where neither does.
    """
    if actor.can(permission):
        return ""
    giver = giver_for(actor, permission, places=places, hands=hands)
    if giver is None:
        raise PermissionDenied
    return _("for %(name)s (delegated)") % {"name": giver.display_name}


def of_person(user: User) -> QuerySet[Delegation]:
    """What somebody gave or received, newest first."""
    return Delegation.objects.filter(Q(giver=user) | Q(receiver=user)).select_related(
        "giver", "receiver"
    )
