"""People, administered: invite, assign, deactivate. The administrator touches no money.

Nobody gets at another's account by it: an administrator never learns a password, and an invitation
is for who has none yet.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Assignment, User
from accounts.roles import MANAGE_PEOPLE, Role
from accounts.services import locked
from core.services.access import check
from core.services.errors import StaleVersion, require_reason
from core.services.transition import save_with_history
from core.values.said import coded, refused

DETAILS = ("last_name", "first_name", "email", "office")


@transaction.atomic
def invite(
    *,
    actor: User,
    username: str,
    role: str,
    everywhere: bool = False,
    program: object = None,
    commune: object = None,
    **details: str,
) -> User:
    """Create a person without a password, who chooses one with the link of the invitation.

    `program` and `commune` assign the person there (None: every one). With neither and without
    `everywhere` the person sees nothing until something is assigned.
    """
    check(actor, MANAGE_PEOPLE)
    _known(role)
    user = User(username=username, role=role, **_details(details))
    user.set_unusable_password()
    save_with_history(user, actor, _("invited"))
    if everywhere or program or commune:
        grant(actor=actor, user=user, program=program, commune=commune)
    return user


def may_be_invited(user: User) -> bool:
    """Whether somebody may sign in but has not set a password yet."""
    return user.is_active and not user.has_usable_password()


def version_of(user: User) -> int:
    """What an edit is based on: the newest line of the trail."""
    return user.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0


@transaction.atomic
def change(
    *, actor: User, user: User, role: str, version: int | None = None, **details: str
) -> User:
    """Change a person's role and details. Nobody changes their own role."""
    administrators = _administrators(actor)
    row = locked(user)
    _keeps_no_name(row)
    if version is not None and version != version_of(row):
        raise StaleVersion
    _known(role)
    if role != row.role:
        if row.pk == actor.pk:
            raise refused("role", "not_oneself", _("Somebody else has to change your role."))
        _keep_one(administrators, row)
    row.role = role
    for name, value in _details(details).items():
        setattr(row, name, value)
    save_with_history(row, actor, _("changed"))
    return row


@transaction.atomic
def set_active(*, actor: User, user: User, active: bool, reason: str) -> User:
    """Deactivate (sessions and tokens end at once, for good) or bring back."""
    administrators = _administrators(actor)
    if user.pk == actor.pk:
        raise ValidationError(coded("not_oneself", _("Somebody else has to deactivate you.")))
    require_reason(reason, _("Say why."))
    row = locked(user)
    _keeps_no_name(row)
    if row.is_active == active:
        return row
    row.is_active = active
    if not active:
        _keep_one(administrators, row)
        row.session_epoch += 1
        ApiToken.objects.filter(user=row).delete()
    save_with_history(row, actor, reason)
    return row


@transaction.atomic
def grant(*, actor: User, user: User, program: Any = None, commune: Any = None) -> Assignment:
    """Assign a programme (or all) in a commune (or all)."""
    check(actor, MANAGE_PEOPLE)
    row = locked(user)
    if row.assignments.filter(program=program, commune=commune).exists():
        raise ValidationError(coded("already_there", _("This is assigned already.")))
    assignment = Assignment(user=row, program=program, commune=commune)
    save_with_history(assignment, actor, _("assigned"))
    return assignment


@transaction.atomic
def follow(*, actor: User, assignment: Assignment) -> Assignment:
    """Confirm that an assignment also covers the unit its commune was merged into, which holds
    ground of other communes too: their rows from that unit's first day on are shared with it."""
    check(actor, MANAGE_PEOPLE)
    unit = assignment.commune and assignment.commune.successor
    if unit is None:
        raise ValidationError(
            coded("no_successor", _("The commune of this assignment became no other unit."))
        )
    assignment.followed_at = assignment.followed_at or timezone.now()
    save_with_history(assignment, actor, _("followed to %(unit)s") % {"unit": unit.full_name})
    return assignment


@transaction.atomic
def revoke(*, actor: User, assignment: Assignment) -> None:
    """Take an assignment away."""
    check(actor, MANAGE_PEOPLE)
    assignment._history_user = actor  # type: ignore[attr-defined]
    assignment._change_reason = _("no longer assigned")  # type: ignore[attr-defined]
    assignment.delete()


def _keeps_no_name(row: User) -> None:
    """Somebody who was erased gets no name again, and does not come back."""
    if row.erased_at:
        raise ValidationError(coded("already_erased", _("This person is erased already.")))


def _details(given: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name in DETAILS}


def _known(role: str) -> None:
    if role not in Role.values:
        raise refused("role", "unknown_role", _("Unknown role."))


def _administrators(actor: User) -> list[User]:
    """The active administrators, held until the transaction ends; `actor` must be one of them.

    Of two who deactivate each other, the second waits here and is then refused.
    """
    check(actor, MANAGE_PEOPLE)
    rows = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk")
    found = list(rows)
    if actor.pk not in {row.pk for row in found}:
        raise PermissionDenied
    return found


def _keep_one(administrators: list[User], leaving: User) -> None:
    """Refuse to lose the last administrator who can sign in."""
    able = {row.pk for row in administrators if row.has_usable_password()}
    if able and able <= {leaving.pk}:
        raise ValidationError(coded("last_administrator", _("This is the last administrator.")))
