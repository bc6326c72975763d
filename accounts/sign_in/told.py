"""Lines on standard error of who signed in and out: the number of the account, from where, by what.
They are for looking into what has happened; no page shows them."""

import logging

from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in import second_factor
from accounts.sign_in.lockout import address_of

logger = logging.getLogger("portal.sign_in")


def signed_in(sender: object, request: HttpRequest | None, user: User, **kwargs: object) -> None:
    """A line for a sign-in, with its factors."""
    factors = ["password", "code"] if second_factor.is_on(user) else ["password"]
    _line("signed in", request, user, {"factors": factors})


def signed_out(
    sender: object, request: HttpRequest | None, user: User | None, **kwargs: object
) -> None:
    """A line for a sign-out, where somebody was signed in."""
    if user is not None:
        _line("signed out", request, user, {})


def _line(what: str, request: HttpRequest | None, user: User, facts: dict[str, object]) -> None:
    if request is not None:
        facts |= {"address": address_of(request)}
    logger.info(what, extra={"facts": {"account": user.pk, **facts}})
