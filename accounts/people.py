"""People, administered: invite, assign, deactivate. The administrator touches no money."""

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Assignment, User
from accounts.roles import MANAGE_PEOPLE, Role
from accounts.services import create_user
from core.access import check
from core.transition import save_with_history

DETAILS = ("first_name", "last_name", "email", "office")


def invitation_path(user: User) -> str:
    """The one-time address at which a person chooses a password."""
    return reverse(
        "password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )


@transaction.atomic
def invite(*, actor: Any, username: str, role: str, everywhere: bool, **details: str) -> User:
    """Create a person who chooses a password by the invitation; see `send_invitation`.

    Without `everywhere` the person sees nothing until something is assigned.
    """
    check(actor, MANAGE_PEOPLE)
    user = create_user(
        username=username,
        role=role,
        password=get_random_string(40),
        actor=actor,
        check_password=False,
        **{name: value for name, value in details.items() if name in DETAILS},
    )
    if not everywhere:
        for row in user.assignments.all():
            _delete(row, actor, _("nothing assigned yet"))
    return user


def send_invitation(*, actor: Any, user: User, base: str) -> str:
    """Email the invitation where there is an address; returns its full address either way."""
    check(actor, MANAGE_PEOPLE)
    address = base.rstrip("/") + invitation_path(user)
    if user.email:
        send_mail(
            _("Your account of Plan Portal"),
            _("Your user name is %(name)s. Choose your password here: %(address)s")
            % {"name": user.username, "address": address},
            None,
            [user.email],
        )
    return address


@transaction.atomic
def change(*, actor: Any, user: User, role: str, **details: str) -> User:
    """Change a person's role and details. Nobody changes their own role."""
    check(actor, MANAGE_PEOPLE)
    user = User.objects.select_for_update().get(pk=user.pk)
    if role not in Role.values:
        raise ValidationError({"role": _("Unknown role.")})
    if user.pk == actor.pk and role != user.role:
        raise ValidationError({"role": _("Somebody else has to change your role.")})
    user.role = role
    for name in DETAILS:
        if name in details:
            setattr(user, name, details[name])
    save_with_history(user, actor, _("changed"))
    return user


@transaction.atomic
def set_active(*, actor: Any, user: User, active: bool, reason: str) -> User:
    """Deactivate (sessions and tokens end at once) or bring back."""
    check(actor, MANAGE_PEOPLE)
    if user.pk == actor.pk:
        raise ValidationError(_("Somebody else has to deactivate you."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    user = User.objects.select_for_update().get(pk=user.pk)
    user.is_active = active
    if not active:
        ApiToken.objects.filter(user=user).delete()
    save_with_history(user, actor, reason)
    return user


@transaction.atomic
def grant(*, actor: Any, user: User, program: Any = None, commune: Any = None) -> Assignment:
    """Assign a programme (or all) in a commune (or all)."""
    check(actor, MANAGE_PEOPLE)
    row = Assignment(user=user, program=program, commune=commune)
    save_with_history(row, actor, _("assigned"))
    return row


@transaction.atomic
def revoke(*, actor: Any, assignment: Assignment) -> None:
    """Take an assignment away."""
    check(actor, MANAGE_PEOPLE)
    _delete(assignment, actor, _("no longer assigned"))


def _delete(row: Assignment, actor: Any, why: str) -> None:
    row._history_user = actor  # type: ignore[attr-defined]
    row._change_reason = why  # type: ignore[attr-defined]
    row.delete()
