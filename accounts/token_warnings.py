"""Before an API token ends: its owner and the administrators are told 30 and 7 days before.

What reads the portal's figures with it would stop without a word. The daily command sends the
letters, also to who wants no digest; the page of what waits says it every day.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import letters
from accounts.models import SOON, ApiToken, LetterKind, User
from accounts.roles import MANAGE_PEOPLE, Role
from core.services.request_cache import once

DAYS = (7, SOON)  # the nearest first: of two that are due the nearer is said


def ending(days: int) -> QuerySet[ApiToken]:
    """The tokens that end within so many days."""
    now = timezone.now()
    soon = now + timedelta(days=days)
    rows: QuerySet[ApiToken] = ApiToken.objects.filter(expiry__gt=now, expiry__lte=soon)
    return rows.filter(user__is_active=True)


def ending_for(user: User) -> QuerySet[ApiToken]:
    """Those whose end concerns this person: one's own; of an administrator, all."""
    rows = ending(SOON)
    mine: QuerySet[ApiToken] = rows if user.can(MANAGE_PEOPLE) else rows.filter(user=user)
    return mine


def count_for(user: User) -> int:
    """How many those are, asked once by a page."""
    rows = ending_for(user)
    return once(("tokens ending", user.pk), rows.count, lasting=False)


def warn_before_tokens_end() -> int:
    """Write to owners and administrators, for each span once; how many tokens it was about."""
    told = 0
    for days in DAYS:
        rows = ending(days).filter(Q(warned_days=None) | Q(warned_days__gt=days))
        for token in rows.select_related("user").order_by("expiry", "pk"):
            with transaction.atomic():
                _tell(token)
                ApiToken.objects.filter(pk=token.pk).update(warned_days=days)
            told += 1
    return told


def _tell(token: ApiToken) -> None:
    """A letter to its owner and one to each administrator."""
    concerned = Q(pk=token.user_id) | Q(role=Role.ADMIN)
    readers = User.objects.filter(concerned, is_active=True).exclude(email="").order_by("pk")
    for reader in readers:
        letters.queue(LetterKind.TOKEN, reader, about=token.digest)
