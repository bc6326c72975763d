"""Limits (`settings.API_RATES`, requests a minute) of the API and of pages: 429 with `Retry-After`.

Counted in fixed minutes in the cache, which all nodes share where there are several
(docs/adr/0043-nodes.md); nothing to keep.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from rest_framework.exceptions import Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiToken

WINDOW = 60  # seconds

logger = logging.getLogger(__name__)


def hit(name: str, who: object, limit: int) -> int:
    """Count one for `who` in this window; how many are known of now, on whatever node.

    A cache that is asked over a network, or the database, hears of hundredths of the limit at a
    time, so that who stays far below it costs nothing there, and who reaches it is a hundredth for
    each server process too late at most. Where it does not answer, each process counts for itself.
    """
    key = f"rate:{name}:{who}:{int(time.time() // WINDOW)}"
    if type(caches["default"]) is LocMemCache:
        return _count_up(key, 1)
    pending, known = _here.add(key)
    if known > limit or not (told := _here.take(key, max(1, limit // 100))):
        return known + pending
    try:
        known = _count_up(key, told)
    except Exception:
        logger.exception("The cache does not answer: limits are each process's own meanwhile.")
        known += told
    return _here.heard(key, known)


def _count_up(key: str, count: int) -> int:
    cache.add(key, 0, WINDOW * 2)
    try:
        return cache.incr(key, count)
    except ValueError:  # it has just expired
        return count


class Counted:
    """What this process has counted in the window, and what it knows of all of them."""

    MOST = 50_000  # then it begins anew

    def __init__(self) -> None:
        self.lock = Lock()
        self.of: dict[str, tuple[int, int]] = {}
        self.window = 0

    def add(self, key: str) -> tuple[int, int]:
        """One more: what nobody else has been told of, and what was known at last."""
        with self.lock:
            if self.window != (now := int(time.time() // WINDOW)) or len(self.of) > self.MOST:
                self.window = now
                self.of.clear()
            pending, known = self.of.get(key, (0, 0))
            self.of[key] = pending + 1, known
            return pending + 1, known

    def take(self, key: str, step: int) -> int:
        """What is to be told now, by this thread alone; 0: nothing yet."""
        with self.lock:
            pending, known = self.of.get(key, (0, 0))
            if pending < step:
                return 0
            self.of[key] = 0, known
            return pending

    def heard(self, key: str, known: int) -> int:
        """The most that is known of all."""
        with self.lock:
            pending, before = self.of.get(key, (0, 0))
            self.of[key] = pending, max(before, known)
            return known


_here = Counted()


def seconds_left() -> int:
    """Until the next window begins."""
    return max(1, round(WINDOW - time.time() % WINDOW))


def counted(request: HttpRequest, name: str, who: str) -> bool:
    """Count the request for `who`; whether it is within the limit. What is left of the nearest
    limit is noted for the answer's headers (`accounts.authentication.TokenHeaders`)."""
    limit = settings.API_RATES[name]
    left = limit - hit(name, who, limit)
    if left < getattr(request, "rate", (limit, left + 1))[1]:
        request.rate = (limit, left)  # type: ignore[attr-defined]
    return left >= 0


def within_limits(request: Any, token: ApiToken) -> bool:
    """A read by a token, counted as the API counts it, before the API is asked."""
    of_token = counted(request, "read", f"token-{token.digest}")
    return counted(request, "address", BaseThrottle().get_ident(request)) and of_token


class PerToken(BaseThrottle):
    """Each token, or signed-in user, has its own allowance: a large one of reads."""

    def allow_request(self, request: Request, view: object) -> bool:
        name = "read" if request.method in SAFE_METHODS else "write"
        if request.user.pk is None:
            return True  # nobody in particular: the address counts
        token = getattr(request.auth, "digest", None)
        who = f"token-{token}" if token else f"user-{request.user.pk}"
        return counted(request._request, name, who)

    def wait(self) -> float:
        return seconds_left()


class PerAddress(BaseThrottle):
    """All requests of one address together."""

    def allow_request(self, request: Request, view: object) -> bool:
        # Noted for core.api: refused requests count, too, but no request twice.
        request.counted = True  # type: ignore[attr-defined]
        return counted(request._request, "address", self.get_ident(request))

    def wait(self) -> float:
        return seconds_left()


def count_refused(request: Request) -> None:
    """A wrong token was sent: an address that goes on guessing gets 429."""
    if not counted(request._request, "refused", BaseThrottle().get_ident(request)):
        raise Throttled(wait=seconds_left())


class PagesPerSession:
    """Middleware: a session that asks for pages faster than people can is told to wait; the API
    counts for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key or request.path_info.startswith("/api/"):
            return self.get_response(request)
        who = hashlib.sha256(key.encode()).hexdigest()
        limit = settings.API_RATES["pages"]
        if hit("pages", who, limit) <= limit:
            return self.get_response(request)
        page = HttpResponse(render_to_string("429.html"), status=429)
        page["Retry-After"] = str(seconds_left())
        return page
