"""Sessions in the database (`SESSION_ENGINE`): each ends SESSION_HOURS after signing in, whatever
was done in it, and before that when nothing was asked for SESSION_IDLE_MINUTES.

Noted at most every five minutes, so that reading pages seldom writes; a form that is typed
meanwhile is kept by the browser and sent after signing in again.
"""

from datetime import UTC, datetime
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.base_session import AbstractBaseSession

UNTIL, SEEN = "until", "seen"  # seconds, in the session of who is signed in
STEP = 300  # seconds


class SessionStore(InDatabase):
    """Django's own, with the end of each row worked out when it is written."""

    def load(self) -> dict[str, Any]:
        data = super().load()
        if SESSION_KEY in data and time() - data.get(SEEN, 0) >= STEP:
            self.modified = True
        return data

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Also Django's name; a session in which nobody is signed in yet is Django's alone."""
        if SESSION_KEY not in data:
            return super().create_model_instance(data)
        data[SEEN] = now = int(time())
        ends = data.setdefault(UNTIL, now + settings.SESSION_COOKIE_AGE)
        if settings.SESSION_IDLE_MINUTES:
            ends = min(ends, now + settings.SESSION_IDLE_MINUTES * 60)
        row = super().create_model_instance(data)
        row.expire_date = datetime.fromtimestamp(ends, UTC)
        return row
