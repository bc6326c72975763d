"""Limits on guessing passwords: django-axes counts wrong ones, here is for whom.

Locking is no weapon (docs/adr/0019): what is counted is a name together with a place, never a name
alone. A place is a browser in which that name has signed in before, known by a signed cookie; else
the address. From an address, or for a name, that is being guessed at, others begin with fewer
tries, but never with none; only a flood from one address makes its unknown browsers wait.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from secrets import token_urlsafe
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User

FEW = 3  # tries that are left where others have been guessing
FLOOD = 20  # times the limit of an address: from then on its unknown browsers wait
SIGNED_IN_HERE = "signed in"  # the place of a guess in a session: at one's own password
NOWHERE = "0.0.0.0"  # noqa: S104 - counted together: requests of which no address is told
KNOWN_FOR = 365 * 24 * 3600  # seconds


class LockoutBackend(AxesStandaloneBackend):
    """Stands before Django's own backend and refuses a name that is locked; a call without a
    request (shell) is no guess."""

    def authenticate(self, request: HttpRequest | None, *args: object, **kwargs: object) -> object:
        return None if request is None else super().authenticate(request, *args, **kwargs)


class Handler(AxesDatabaseHandler):
    """Counts for a name and a place; the place stands where axes keeps the user agent."""

    def is_allowed(self, request: Any, credentials: dict[str, str] | None = None) -> bool:
        request.axes_user_agent = place_of(request, get_client_username(request, credentials))
        return bool(super().is_allowed(request, credentials))

    def get_failures(self, request: Any, credentials: dict[str, object] | None = None) -> int:
        """The wrong passwords of this name and place, and the tries it begins without."""
        own: int = super().get_failures(request, credentials)
        if request.axes_user_agent:
            return own
        return own + _taken_by_others(request, get_client_username(request, credentials))


def counted_by(request: HttpRequest, credentials: object = None) -> list[list[str]]:
    """What axes counts by: a known browser wherever it is, else the address."""
    known = getattr(request, "axes_user_agent", "")
    return [["username", "user_agent"] if known else ["username", "ip_address", "user_agent"]]


def _taken_by_others(request: Any, username: str | None) -> int:
    """How many tries a name begins without, at an address: none while all is quiet."""
    address = _failures(request, ip_address=request.axes_ip_address)
    limit = settings.ADDRESS_FAILURE_LIMIT
    if address >= limit * FLOOD:
        return settings.AXES_FAILURE_LIMIT
    if address >= limit or _failures(request, username=username) >= limit:
        return settings.AXES_FAILURE_LIMIT - FEW
    return 0


def _failures(request: HttpRequest, **which: object) -> int:
    """Wrong passwords of unknown browsers lately."""
    since = timezone.now() - get_cool_off(request)  # type: ignore[operator]  # it is set
    rows = AccessAttempt.objects.filter(user_agent="", attempt_time__gte=since, **which)
    count: int | None = rows.aggregate(n=Sum("failures_since_start"))["n"]
    return count or 0


# Known browsers


def place_of(request: HttpRequest, username: str | None) -> str:
    """Where a guess at this name's password comes from; empty: a browser that is not known."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.get_username() == username:
        return SIGNED_IN_HERE
    return _browser(request, username or "")


def remember_browser(response: HttpResponseBase, request: HttpRequest, user: User) -> None:
    """Know this browser again when somebody signs in with this name."""
    response.set_signed_cookie(
        _cookie(user.username),
        _browser(request, user.username) or token_urlsafe(16),
        max_age=KNOWN_FOR,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _browser(request: HttpRequest, username: str) -> str:
    return request.get_signed_cookie(_cookie(username), "", max_age=KNOWN_FOR) or ""


def _cookie(username: str) -> str:
    """One for each name; its signature holds for that name alone."""
    return f"known-{salted_hmac('known browser', username, algorithm='sha256').hexdigest()[:16]}"


# What a page asks


def may_guess(request: HttpRequest, user: User) -> bool:
    """Whether a password or code may be tried for this person from here."""
    return bool(AxesProxyHandler.is_allowed(request, {"username": user.username}))


def count_wrong(request: Any, user: User) -> None:
    """Count a wrong password or code that was not given at sign-in, once the page is answered:
    what a form did in its transaction is undone when it is refused (accounts/form_keys.py)."""
    request.guessed_at = user


class CountGuesses:
    """Middleware, inside that of axes: counts what `count_wrong` noted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if user := getattr(request, "guessed_at", None):
            credentials = {"username": user.username}
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        return response


def locked_page(
    request: HttpRequest, response: object = None, credentials: object = None, **kwargs: object
) -> HttpResponse:
    """What is seen where no more guesses are taken: the same whether or not the name exists."""
    minutes = int(get_cool_off(request).total_seconds() // 60)  # type: ignore[union-attr]
    page = render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
    page["Retry-After"] = str(minutes * 60)
    return page


def unlock(user: User) -> None:
    """Forget the wrong passwords tried for a name."""
    reset(username=user.username)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the peer, or what the outermost proxy of our own says it is.

    What a client itself writes into X-Forwarded-For stands further left and is never believed. Of
    IPv6 it is the network (/64): one connection has all of its addresses.
    """
    peer = request.META.get("REMOTE_ADDR") or ""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    told = hops[-min(settings.PROXIES, len(hops))] if settings.PROXIES else ""
    return _network(told) or _network(peer) or NOWHERE


def _network(text: str) -> str:
    """What an address counts as; empty: it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network(f"{address}/64", strict=False).network_address)
