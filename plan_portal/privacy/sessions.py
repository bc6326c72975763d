"""Sessions of one person: their rows do not say whose they are until they are opened."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from accounts.models import User


def sessions_of(person: User) -> Iterator[Any]:
    """Those in which this person is signed in, or was."""
    for row in Session.objects.order_by("pk").iterator(chunk_size=500):
        if row.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield row
