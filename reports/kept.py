"""What was answered already, given again while nothing has changed: the summary's bytes, the
dashboard's content (ADR 44).

The key holds the stamp of the log of changes and all else that an answer depends on: who asks,
in which language, on which day, which address. Who asks was read anew before: a token revoked or
over, a role taken away and a narrower scope never come as far, or have another key.
"""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
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
SENT: KeptAnswers[Any] = KeptAnswers()  # whole, as they left (`reports.again`)
Key = tuple[Hashable, ...]


Stamps = tuple[tuple[str, str], ...]  # of each database that is asked
# Resources that stand in no other record than their own: what was read from their tables alone, and
# nothing else, is another after a write of theirs. Beside them the tables that follow from them.
ALONE = {
    "disbursements": ("disbursements_ledger", "disbursements_totals", "disbursements_historical"),
    **dict.fromkeys(("disbursement-files", "voucher-photos", "uploads", "notices"), ()),
    **dict.fromkeys(("trainings", "comments"), ()),
}


def answer_state(user: Any) -> Key | None:
    """What decides an answer to this person, beside what was asked; None where nothing can be said
    of what was kept."""
    # Scope is the primary's, figures may be a replica's: both may have changed.
    places = sorted({DEFAULT_DB_ALIAS, router.db_for_read(FiscalYear)})
    found = [(place, stamp.current(place)) for place in places]
    if any(now is None for _place, now in found):
        return None
    return (tuple(found), today(), user.pk, user.role)


def key_of(request: HttpRequest, *more: Hashable) -> Key | None:
    """All that an answer depends on but its address."""
    state = answer_state(request.user)
    return state and (*state, get_language(), *more)


def _address(request: HttpRequest) -> Key:
    return (request.get_host(), request.is_secure(), request.get_full_path())


@dataclass(frozen=True)
class Asked:
    """What one person has asked the database: a question with another filter asks only what none
    before it did, and after a write only what was read from what was written."""

    stamps: Stamps
    answers: Answers = field(default_factory=Answers)

    def __len__(self) -> int:
        return 1


ASKED: KeptAnswers[Asked] = KeptAnswers(room=32)  # people, the last that asked
MOST = 500  # answers of one person


def _resumed(asker: Key) -> AbstractContextManager[None]:
    """Within it nothing is asked that this person has asked already and that is still so."""
    stamps: Any = asker[0]
    person, tables = asker[1:], _alone()
    found = ASKED.get(person)
    if found is None or len(found.answers.found) > MOST:
        found = Asked(stamps)
    elif found.stamps != stamps:
        # A copy: who still asks under the old stamps writes to the old one.
        found = Asked(stamps, _left(found, stamps, tables))
    ASKED.put(person, found)
    return resumed(found.answers, list(chain(*tables.values())))


@cache
def _alone() -> dict[str, tuple[str, ...]]:
    """The tables of `ALONE`, by the name of the resource."""
    assert stamp.followed is not None  # without it there is no stamp
    followed = stamp.followed()
    return {
        name: (*(each.table for each in followed if each.resource == name), *beside)
        for name, beside in ALONE.items()
    }


def _left(found: Asked, stamps: Stamps, tables: dict[str, tuple[str, ...]]) -> Answers:
    """Of what was asked under other stamps what nothing written since can have changed."""
    before, written = dict(found.stamps), set()
    for place, now in stamps:
        then = before.get(place)
        changed = stamp.changed(place, then, now) if then else None
        if changed is None or not changed <= tables.keys():
            return Answers()
        written |= changed
    return found.answers.but({table for name in written for table in tables[name]})


def answer(request: Request, make: Callable[[], Any]) -> Any:
    """The answer of an API view that `make()` gives; as JSON the same bytes as last time."""
    http, form = request._request, request.accepted_renderer.format  # type: ignore[attr-defined]
    asker = key_of(http)
    if asker is None:
        return make()
    if form == "json":
        http.kept_under = asker[:-1]  # type: ignore[attr-defined]  # without language: `again`
    media: str = request.accepted_media_type  # type: ignore[attr-defined]
    key = (*asker, *_address(http), media)
    body = BODIES.get(key) if form == "json" else None
    if body is not None:
        return HttpResponse(body, content_type="application/json")
    with _resumed(asker):
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
        with _resumed(asker):
            found = make()
        if found.status == 200:
            PAGES.put(key, found)
    return found


def forget() -> None:
    """Ask everything anew: for tests, and whoever measures that."""
    BODIES.clear()
    PAGES.clear()
    ASKED.clear()
    SENT.clear()
