"""What was answered already, given again while nothing has changed: the summary's bytes, the
dashboard's content (ADR 44).

The key holds the stamp of the log of changes and all else that an answer depends on: who asks,
in which language, on which day, which address. Who asks was read anew before: a token revoked or
over, a role taken away and a narrower scope never come as far, or have another key.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, router
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from rest_framework.request import Request

from core.services.kept_answers import KeptAnswers
from core.services.request_cache import LASTING, lasting
from core.values.dates import today
from programs.models import FiscalYear
from reports.changes import stamp

BODIES: KeptAnswers[bytes] = KeptAnswers()


def _now() -> tuple[Hashable, ...] | None:
    """What there is now, for whoever asks; None where nothing can be said of what was kept."""
    # Scope is the primary's, figures may be a replica's: both may have changed.
    places = sorted({DEFAULT_DB_ALIAS, router.db_for_read(FiscalYear)})
    found = tuple(stamp.current(place) for place in places)
    return None if None in found else (*found, today(), get_language())


def _asked(request: HttpRequest, *more: Hashable) -> Hashable:
    user: Any = request.user
    address = (request.get_host(), request.is_secure(), request.get_full_path())
    return (user.pk, user.role, *address, *more)


def answer(request: Request, make: Callable[[], Any]) -> Any:
    """The answer of an API view that `make()` gives; as JSON the same bytes as last time. Another
    question finds what it shares with those before (`core.services.request_cache`)."""
    now, is_json = _now(), request.accepted_renderer.format == "json"  # type: ignore[attr-defined]
    media: str = request.accepted_media_type  # type: ignore[attr-defined]
    key = (now, _asked(request._request, media))
    body = BODIES.get(key) if now and is_json else None
    if body is not None:
        return HttpResponse(body, content_type="application/json")
    with lasting(now):
        response = make()
    if now and is_json and response.status_code == 200:
        response.add_post_render_callback(lambda done: BODIES.put(key, done.content))
    return response


@dataclass(frozen=True)
class Content:
    """What stands on a page below its frame, of which year; other than 200 is not kept."""

    year: FiscalYear
    html: SafeString
    status: int = 200

    def __len__(self) -> int:
        return len(self.html)


PAGES: KeptAnswers[Content] = KeptAnswers()


def content(request: HttpRequest, make: Callable[[], Content], *more: Hashable) -> Content:
    """The content of a page that `make()` gives this person, or as it was given last time."""
    now = _now()
    key = (now, _asked(request, *more))
    found = PAGES.get(key) if now else None
    if found is None:
        found = make()
        if now and found.status == 200:
            PAGES.put(key, found)
    return found


def forget() -> None:
    """Ask everything anew: for tests, and whoever measures that."""
    BODIES.clear()
    PAGES.clear()
    LASTING.clear()
