"""Limits on guessing passwords: django-axes counts by account, this reads its count by address.

An office behind one address has many people, so the address has a limit of its own, far higher.
"""

from typing import Any

from axes.helpers import get_client_ip_address, get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User


def address_is_locked(request: HttpRequest) -> bool:
    """Whether too many wrong passwords came from this address lately, for whatever accounts."""
    since = timezone.now() - get_cool_off(request)  # type: ignore[operator]  # it is set
    failures = AccessAttempt.objects.filter(
        ip_address=get_client_ip_address(request), attempt_time__gte=since
    ).aggregate(n=Sum("failures_since_start"))["n"]
    return (failures or 0) >= settings.ADDRESS_FAILURE_LIMIT


def locked_page(
    request: HttpRequest, response: Any = None, credentials: Any = None, **kwargs: Any
) -> HttpResponse:
    """What a locked account or address sees: the same whether or not the account exists."""
    minutes = int(get_cool_off(request).total_seconds() // 60)  # type: ignore[union-attr]
    page = render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
    page["Retry-After"] = str(minutes * 60)
    return page


def unlock(user: User) -> None:
    """Forget the wrong passwords tried for a name."""
    reset(username=user.username)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the peer, or what the outermost proxy of our own says it is.

    What a client itself writes into X-Forwarded-For stands further left and is never believed.
    """
    peer = request.META.get("REMOTE_ADDR") or ""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if not settings.PROXIES or not any(hops):
        return peer
    return hops[-min(settings.PROXIES, len(hops))] or peer
