"""Sessions of one person: their rows do not say whose they are until they are opened."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.sign_in.sessions import SEEN, UNTIL
from core.values import display


def sessions_of(person: User) -> Iterator[Session]:
    """Those in which this person is signed in, or was."""
    for row in Session.objects.order_by("pk").iterator(chunk_size=500):
        if row.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield row


def open_now(request: PersonRequest) -> list[dict[str, object]]:
    """One's own sessions that are open, the latest first: since when, when last used, which is this
    one."""
    user, now = request.user, timezone.now()
    found = [
        (row.session_key == request.session.session_key, row.get_decoded())
        for row in sessions_of(user)
        if row.expire_date > now
    ]
    is_open = user.get_session_auth_hash()
    rows = [
        {
            "is_this": is_this,
            "since": _moment(data.get(UNTIL), settings.SESSION_COOKIE_AGE),
            "seen": _moment(data.get(SEEN)),
            "at": data.get(SEEN, 0),
        }
        for is_this, data in found
        if data.get(HASH_SESSION_KEY) == is_open
    ]
    return sorted(rows, key=lambda row: (row["is_this"], row["at"]), reverse=True)


def _moment(seconds: int | None, less: int = 0) -> str:
    if seconds is None:
        return display.NOTHING
    return display.moment(datetime.fromtimestamp(seconds - less, UTC))
