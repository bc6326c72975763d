"""Failed sign-ins: each is a line on standard error, and the latest are on the page “Health”.

What was typed as a name is told only where an account has it: people type passwords there, too.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from axes.models import AccessAttempt
from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in.lockout import address_of
from core.web.observed import route_of

logger = logging.getLogger("portal.sign_in")


@dataclass(frozen=True)
class Failed:
    """Wrong passwords or codes for one name from one place, in all its tries."""

    person: User | None  # nobody: no account has the name that was typed
    address: str
    times: int
    last: datetime


def tell(
    sender: object,
    credentials: dict[str, object],
    request: HttpRequest | None = None,
    **kwargs: object,
) -> None:
    """A line for a wrong password or code."""
    username = str(credentials.get("username") or "")
    account = User.objects.filter(username=username).values_list("pk", flat=True).first()
    _line(request, {"account": account})


def tell_of_token(request: HttpRequest) -> None:
    """A line for an API token that is none, or has ended."""
    _line(request, {"token": True})


def _line(request: HttpRequest | None, facts: dict[str, object]) -> None:
    if request is not None:
        facts |= {"address": address_of(request), "route": route_of(request)}
    logger.warning("a sign-in failed", extra={"facts": facts})


def failures_since(moment: datetime, most: int = 20) -> list[Failed]:
    """The failed sign-ins since then, the latest first."""
    rows = AccessAttempt.objects.filter(attempt_time__gte=moment).order_by("-attempt_time", "-pk")
    found = list(rows[:most])
    people = {
        person.username: person
        for person in User.objects.filter(username__in=[row.username for row in found])
    }
    return [
        Failed(
            people.get(row.username),
            row.ip_address or "",
            row.failures_since_start,
            row.attempt_time,
        )
        for row in found
    ]


def forget_before(moment: datetime) -> int:
    """Delete what was counted longer ago; how many rows."""
    return int(AccessAttempt.objects.filter(attempt_time__lt=moment).delete()[0])


def count_since(moment: datetime) -> int:
    """How many tries have failed since then."""
    rows = AccessAttempt.objects.filter(attempt_time__gte=moment)
    total: int = sum(rows.values_list("failures_since_start", flat=True))
    return total
