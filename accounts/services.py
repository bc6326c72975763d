"""Writes about people: users, assignments, tokens."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Assignment, User
from accounts.roles import Role
from core.services.transition import save_with_history


@transaction.atomic
def create_user(
    *,
    username: str,
    role: str,
    password: str,
    programs: Iterable[Any] = (),
    communes: Iterable[Any] = (),
    actor: User | None = None,
    check_password: bool = True,
    **details: Any,
) -> User:
    """Create a user with a role and assignments: each programme in each commune, or everywhere.

    Raises `ValidationError` by field: a taken name, an unknown role, a weak password.
    """
    if role not in Role.values:
        raise ValidationError(
            {"role": _("Unknown role. Choose one of: %(roles)s.") % {"roles": ", ".join(Role)}}
        )
    user = User(username=username, role=role, **details)
    if check_password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    save_with_history(user, actor or user, _("created"))
    assign(user=user, programs=programs, communes=communes, actor=actor)
    return user


@transaction.atomic
def assign(
    *,
    user: User,
    programs: Iterable[Any] = (),
    communes: Iterable[Any] = (),
    actor: User | None = None,
) -> list[Assignment]:
    """Replace a user's assignments by each of `programs` in each of `communes`; none is all."""
    wanted = [(p, c) for p in (list(programs) or [None]) for c in (list(communes) or [None])]
    user.assignments.all().delete()
    rows = [Assignment(user=user, program=p, commune=c) for p, c in wanted]
    for row in rows:
        save_with_history(row, actor or user, _("assigned"))
    return rows


def create_token(
    *, user: User, name: str = "", read_only: bool = False, days: int = 365
) -> tuple[ApiToken, str]:
    """Create an API token; returns it and its text, which is never shown again."""
    token, text = ApiToken.objects.create(
        user=user, expiry=timedelta(days=days), name=name, read_only=read_only
    )
    return token, text


def revoke_token(*, actor: User, token: ApiToken) -> None:
    """End one's own token at once."""
    if token.user_id != actor.pk:
        raise PermissionDenied
    token.delete()


def locked(user: User) -> User:
    """The user as it is now, held until the transaction ends."""
    return User.objects.select_for_update().get(pk=user.pk)


@transaction.atomic
def update_profile(*, actor: User, **changes: Any) -> User:
    """One's own name, email, office, digest and language."""
    user = locked(actor)
    for field, value in changes.items():
        setattr(user, field, value)
    save_with_history(user, actor, _("own profile"))
    return user


@transaction.atomic
def change_password(*, user: User, password: str, why: str) -> User:
    """Set one's own password; every session there is ends with it."""
    row = locked(user)
    validate_password(password, row)
    row.set_password(password)
    save_with_history(row, row, why)
    return row


@transaction.atomic
def end_sessions(*, user: User, actor: User, why: str) -> User:
    """End every session of a user; who asks for it on a page stays signed in there."""
    row = locked(user)
    row.session_epoch += 1
    save_with_history(row, actor, why)
    return row
