"""An approver who is away lets somebody else approve for stated days (ủy quyền).

The receiver acts under the receiver's own name, within the giver's scope and the receiver's own,
and four eyes stay: neither what the receiver nor what the giver had a hand in can be approved so.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date as Date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Delegation, User
from accounts.roles import APPROVE_PLAN, MANAGE_PEOPLE, POST_DISBURSEMENT, Role
from accounts.scope import Programme, Unit, covers
from core.services.access import check
from core.services.request_cache import once
from core.services.transition import save_with_history
from core.values.dates import today
from core.values.said import coded

DELEGABLE = (POST_DISBURSEMENT, APPROVE_PLAN)
RECEIVERS = (Role.BOARD, Role.HEAD, Role.MANAGER, Role.COORDINATOR)
LONGEST_DAYS = 92
MAY_BE_NAMED = tuple(role for role in Role if role != Role.ADMIN)


@dataclass(frozen=True)
class Undecided:
    """Of `total` waiting items that the giver could decide, `count` are not the receiver's: out of
    the assignments, or with a hand in them. `who` else could decide some of those (names)."""

    count: int
    total: int
    who: list[str]


UNDECIDED: list[Callable[[User, User], Undecided]] = []  # asked of whoever knows what waits


def receivers_for(giver: User) -> QuerySet[User]:
    """Who can be asked to approve for `giver`."""
    return User.objects.filter(is_active=True, role__in=RECEIVERS).exclude(pk=giver.pk)


@transaction.atomic
def delegate(*, actor: User, receiver: User, start: Date, end: Date, reason: str) -> Delegation:
    """Let `receiver` approve for `actor` from `start` to `end`, both included."""
    check(actor, *DELEGABLE)
    row = Delegation(giver=actor, receiver=receiver, start=start, end=end, reason=reason)
    return _checked(row, receivers_for(actor))


def nameable(actor: User) -> QuerySet[User]:
    """Whom the administrator can name as an approver from outside."""
    return User.objects.filter(is_active=True, role__in=MAY_BE_NAMED).exclude(pk=actor.pk)


@transaction.atomic
def name_approver(
    *, actor: User, receiver: User, start: Date, end: Date, reason: str
) -> Delegation:
    """Let somebody from outside approve from `start` to `end`, both included, within his own
    assignments: for a small office, where nobody else could. Four eyes stay."""
    check(actor, MANAGE_PEOPLE)
    row = Delegation(
        giver=actor, receiver=receiver, start=start, end=end, reason=reason, is_named=True
    )
    return _checked(row, nameable(actor))


def _checked(row: Delegation, receivers: QuerySet[User]) -> Delegation:
    start, end, errors = row.start, row.end, {}
    if end < start:
        errors["end"] = coded("wrong_order", _("The last day is before the first."))
    elif (end - start).days >= LONGEST_DAYS:
        errors["end"] = coded("too_long", _("At most %(days)d days.") % {"days": LONGEST_DAYS})
    elif end < today():
        errors["end"] = coded("in_the_past", _("These days are over."))
    if not receivers.filter(pk=row.receiver_id).exists():
        errors["receiver"] = coded("cannot_approve", _("This person cannot approve for you."))
    if not row.reason.strip():
        errors["reason"] = coded("reason_needed", _("Say why."))
    if errors:
        raise ValidationError(errors)
    save_with_history(row, row.giver, row.reason)
    return row


@transaction.atomic
def revoke(*, actor: User, delegation: Delegation) -> Delegation:
    """End a delegation now: the giver, or who manages people."""
    if delegation.giver_id != actor.pk:
        check(actor, MANAGE_PEOPLE)
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
    actor: User,
    permission: str,
    *,
    places: Iterable[tuple[Programme, Unit]],
    hands: Collection[int],
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
    rows = [row for row in _received_by(actor) if not row.is_named]
    return [row.giver for row in rows if row.giver.can(permission)]


def _received_by(actor: User) -> list[Delegation]:
    """What is delegated to somebody today, the oldest first."""

    def read() -> list[Delegation]:
        rows = active().filter(receiver=actor).order_by("pk")
        return list(rows.select_related(None).select_related("giver"))  # the receiver asks

    return once(("delegations", actor.pk, today()), read, lasting=False)


def named_by(actor: User, permission: str) -> User | None:
    """The administrator who named `actor` an approver from outside, for today."""
    if permission not in DELEGABLE or not actor.is_active:
        return None
    rows = [row for row in _received_by(actor) if row.is_named]
    return next((row.giver for row in rows if row.giver.can(MANAGE_PEOPLE)), None)


def lent_to(actor: User) -> list[tuple[int, int, str]]:
    """What is delegated to somebody today (ids), by whom and in which role they are."""
    return [(row.pk, row.giver_id, row.giver.role) for row in _received_by(actor)]


def may_somewhere(actor: User, permission: str) -> bool:
    """Whether `actor` has `permission` today: by the role, lent, or named from outside."""
    return (
        actor.can(permission)
        or bool(givers_of(actor, permission))
        or named_by(actor, permission) is not None
    )


def authority(
    actor: User,
    permission: str,
    *,
    places: Iterable[tuple[Programme, Unit]],
    hands: Collection[int],
) -> str:
    """ "" where the role has `permission`, "for NAME" where somebody delegated it, "named by NAME"
    of an approver from outside.

    Raises `PermissionDenied` where neither does.
    """
    if actor.can(permission):
        return ""
    if named := named_by(actor, permission):
        return _("named by %(name)s") % {"name": named.display_name}
    giver = giver_for(actor, permission, places=places, hands=hands)
    if giver is None:
        raise PermissionDenied
    return _("for %(name)s (delegated)") % {"name": giver.display_name}


def undecided(giver: User, receiver: User) -> str:
    """What is said where `giver` delegates: how many of the waiting items `receiver` may not
    decide, and who could; "" for none."""
    for found in (ask(giver, receiver) for ask in UNDECIDED):
        if found.count:
            return _(
                "%(receiver)s may not decide %(count)d of %(total)d waiting items (a hand in them, "
                "or outside the assignments). Who could: %(who)s."
            ) % {
                "receiver": receiver.display_name,
                "count": found.count,
                "total": found.total,
                "who": ", ".join(found.who) or _("nobody else"),
            }
    return ""


def of_person(user: User) -> QuerySet[Delegation]:
    """What somebody gave or received, newest first."""
    return Delegation.objects.filter(Q(giver=user) | Q(receiver=user)).select_related(
        "giver", "receiver"
    )
