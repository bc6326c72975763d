"""What was answered already, given again while nothing has changed: the summary's bytes, the
dashboard's content (ADR 44).

The key holds the stamp of the log of changes and all else that an answer depends on: who asks,
in which language, on which day, which address. Who asks was read anew before: a token revoked or
over, a role taken away and a narrower scope never come as far, or have another key.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS, router
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from rest_framework.request import Request

from core.services.kept_answers import KeptAnswers
from core.services.request_cache import Answers, resumed
from core.values.dates import today
from programs.models import FiscalYear
from reports.changes import stamp

BODIES: KeptAnswers[bytes] = KeptAnswers()
Key = tuple[Hashable, ...]


def key_of(request: HttpRequest, *more: Hashable) -> Key | None:
    """All that an answer depends on but its address; None where nothing can be said of what was
    kept."""
    # Scope is the primary's, figures may be a replica's: both may have changed.
    places = sorted({DEFAULT_DB_ALIAS, router.db_for_read(FiscalYear)})
    found = tuple(stamp.current(place) for place in places)
    if None in found:
        return None
    user: Any = request.user
    return (*found, today(), user.pk, user.role, get_language(), *more)


def _address(request: HttpRequest) -> Key:
    return (request.get_host(), request.is_secure(), request.get_full_path())


@dataclass(frozen=True)
class Asked:
    """What one person has asked the database while nothing changed: a question with another filter
    asks only what none before it did."""

    answers: Answers = field(default_factory=dict)

    def __len__(self) -> int:
        return 1


ASKED: KeptAnswers[Asked] = KeptAnswers(room=32)  # people, the last that asked
MOST = 500  # answers of one person


def _answers_of(asker: Key) -> Answers:
    found = ASKED.get(asker)
    if found is None or len(found.answers) > MOST:
        found = Asked()
        ASKED.put(asker, found)
    return found.answers


def answer(request: Request, make: Callable[[], Any]) -> Any:
    """The answer of an API view that `make()` gives; as JSON the same bytes as last time."""
    http, form = request._request, request.accepted_renderer.format  # type: ignore[attr-defined]
    asker = key_of(http)
    if asker is None:
        return make()
    media: str = request.accepted_media_type  # type: ignore[attr-defined]
    key = (*asker, *_address(http), media)
    body = BODIES.get(key) if form == "json" else None
    if body is not None:
        return HttpResponse(body, content_type="application/json")
    with resumed(_answers_of(asker)):
        response = make()
    if form == "json" and response.status_code == 200:
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
    asker = key_of(request, *more)
    if asker is None:
        return make()
    key = (*asker, *_address(request))
    found = PAGES.get(key)
    if found is None:
        with resumed(_answers_of(asker)):
            found = make()
        if found.status == 200:
            PAGES.put(key, found)
    return found


def forget() -> None:
    """Ask everything anew: for tests, and whoever measures that."""
    BODIES.clear()
    PAGES.clear()
    ASKED.clear()
