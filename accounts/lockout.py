"""Limits on guessing passwords: django-axes counts by account, this reads its count by address.

An office behind one address has many people, so the address has a limit of its own, far higher.
"""

from typing import Any

from axes.helpers import get_client_ip_address, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


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
    return render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
