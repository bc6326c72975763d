"""Writes about people: users, assignments, tokens."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SOON, ApiToken, Assignment, User
from accounts.roles import MANAGE_PEOPLE, Role
from core.services.access import check
from core.services.transition import save_with_history
from core.values.said import refused

OWN_DAYS, MACHINE_DAYS = 90, 730  # how long a token made by page lives, at most


@transaction.atomic
def create_user(
    *,
    username: str,
    role: str,
    password: str,
    programs: Iterable[object] = (),
    communes: Iterable[object] = (),
    actor: User | None = None,
    check_password: bool = True,
    **details: object,
) -> User:
    """Create a user with a role and assignments: each programme in each commune, or everywhere.

    Raises `ValidationError` by field: a taken name, an unknown role, a weak password.
    """
    if role not in Role.values:
        raise refused(
            "role",
            "unknown_role",
            _("Unknown role. Choose one of: %(roles)s.") % {"roles": ", ".join(Role)},
        )
    user = User(username=username, role=role, **details)
    if check_password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise ValidationError({"password": [error]}) from error
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
    """Create an API token of at most two years; returns it and its text, never shown again."""
    if not 1 <= days <= MACHINE_DAYS:
        said = _("Choose from 1 to %(most)d days.") % {"most": MACHINE_DAYS}
        raise refused("days", "out_of_range", said)
    token, text = ApiToken.objects.create(
        user=user,
        expiry=timedelta(days=days),
        name=name,
        read_only=read_only,
        warned_days=SOON if days <= SOON else None,  # who makes it so short has just said it
    )
    return token, text


def check_token(*, actor: User, user: User, read_only: bool, days: int) -> None:
    """Refuse a token that may not be made by page: one's own lives up to 90 days. An administrator
    gives a machine one that only reads, up to two years: on their own account or on a viewer's,
    never one with which to act as somebody else."""
    if user.pk == actor.pk and days <= OWN_DAYS:
        return
    check(actor, MANAGE_PEOPLE)
    if not read_only:
        raise refused("reach", "only_reads", _("A machine's token only reads."))
    if user.pk != actor.pk and user.role != Role.VIEWER:
        raise refused("user", "viewers_only", _("Only a viewer's account can be a machine's."))


@transaction.atomic
def give_token(
    *, actor: User, user: User, name: str, read_only: bool, days: int
) -> tuple[ApiToken, str]:
    """A token as pages make them (`check_token`); one for another account is on its trail."""
    check_token(actor=actor, user=user, read_only=read_only, days=days)
    if user.pk != actor.pk:
        save_with_history(locked(user), actor, _("API token given: %(name)s") % {"name": name})
    return create_token(user=user, name=name, read_only=read_only, days=days)


@transaction.atomic
def revoke_token(*, actor: User, token: ApiToken) -> None:
    """End one's own token at once; an administrator ends anybody's, which is on the trail."""
    if token.user_id != actor.pk:
        check(actor, MANAGE_PEOPLE)
        why = _("API token ended: %(name)s") % {"name": token.label}
        save_with_history(locked(token.user), actor, why)
    token.delete()


def end_tokens(user: User, digests: Iterable[str] | None = None) -> str:
    """End these tokens of a user, or all; what the trail says of it (nothing: there were none)."""
    rows = ApiToken.objects.filter(user=user)
    if digests is not None:
        rows = rows.filter(digest__in=list(digests))
    names = ", ".join(row.label for row in rows)
    rows.delete()
    return _("API tokens ended: %(names)s") % {"names": names} if names else ""


def locked(user: User) -> User:
    """The user as it is now, held until the transaction ends."""
    return User.objects.select_for_update().get(pk=user.pk)


@transaction.atomic
def update_profile(*, actor: User, **changes: object) -> User:
    """One's own name, email, office, digest and language."""
    user = locked(actor)
    for field, value in changes.items():
        setattr(user, field, value)
    save_with_history(user, actor, _("own profile"))
    return user


@transaction.atomic
def change_password(*, user: User, password: str, why: str, tokens: Iterable[str] = ()) -> User:
    """Set one's own password; every session there is ends with it, and so do these tokens."""
    row = locked(user)
    validate_password(password, row)
    row.set_password(password)
    ended = end_tokens(row, tokens)
    save_with_history(row, row, f"{why}. {ended}" if ended else why)
    return row


@transaction.atomic
def end_sessions(*, user: User, actor: User, why: str) -> User:
    """End every session of a user; who asks for it on a page stays signed in there."""
    row = locked(user)
    row.session_epoch += 1
    save_with_history(row, actor, why)
    return row


@transaction.atomic
def sign_out_everywhere(*, user: User) -> User:
    """End one's own sessions and API tokens; who asks for it on a page stays signed in there."""
    ended = end_tokens(user)
    why = _("signed out on other devices")
    return end_sessions(user=user, actor=user, why=f"{why}. {ended}" if ended else why)
