"""What people only look at may be read from a PostgreSQL replica (REPLICA_URL), each seeing what
they wrote themselves (docs/adr/0043-nodes.md).

A request that reads (GET, HEAD) of somebody known is answered from the replica where that is in
time, and has everything that this person has written: each write leaves how far the primary's log
was then. What decides who may do what, what says of itself how far it is, and whatever writes, is
read from the primary, as is everything while the replica is away.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

REPLICA, MARKS, HEADER = "replica", "marks", "Data-Age"
READS = ("GET", "HEAD")
AWAY, TRY_AGAIN_IN = 503, 10  # seconds
KEPT = 3600  # seconds that a mark is kept: a replica that is so far behind is not asked
EVERYBODY = 0  # what tasks have written, for whomever

# Who may do what, sessions, tokens, limits, and what tells how far it is.
ON_PRIMARY = frozenset(
    "accounts account admin auth axes django_cache django_tasks_database imports knox mfa sessions"
    " tasks".split()
)
MODELS_ON_PRIMARY = frozenset({"reports.sharedlink"})  # one that has ended shows nothing
# Who follows changes must miss nothing, also of the lists that are read after them.
FOLLOWED, SINCE = "reports.change", "updated_since"
TELL_OF_TASKS = ("/imports/", "/api/v1/uploads/")  # whose ends are then to be seen everywhere

HOW_IT_IS = """
    SELECT pg_is_in_recovery() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver),
        (pg_last_wal_replay_lsn() - '0/0')::bigint,
        CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE ceil(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))
        END::integer"""

logger = logging.getLogger(__name__)


@dataclass
class Choice:
    """Where one request reads, found out when it first asks for something that may be there."""

    request: HttpRequest
    place: str = ""
    age: int = 0  # seconds
    must_see: bool = False  # what is on the primary now, from here on: it wrote, or follows changes

    def alias(self) -> str:
        if self.must_see or connection.in_atomic_block or SINCE in self.request.GET:
            return DEFAULT_DB_ALIAS
        if not self.place:
            person = getattr(self.request, "user", None)
            if person is None or not person.is_authenticated:
                return DEFAULT_DB_ALIAS  # not known yet, or nobody
            self.place = self._database_for(person.pk)
        return self.place

    def _database_for(self, person: int) -> str:
        marks = caches[MARKS].get_many([str(person), str(EVERYBODY)])
        how = _how_it_is()
        if how is None or how[0] < max(marks.values(), default=0):
            return DEFAULT_DB_ALIAS
        self.age = how[1]
        return REPLICA


_now: ContextVar[Choice | None] = ContextVar("reads", default=None)
_away_until = 0.0


def _how_it_is() -> tuple[int, int] | None:
    """How far the replica is and how many seconds behind; None: it is not to be asked."""
    if monotonic() < _away_until:
        return None
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(HOW_IT_IS)
            follows, place, age = cursor.fetchone()
    except Error:
        _is_away()
        return None
    if not follows or place is None or age is None or age > settings.REPLICA_LAG_SECONDS:
        return None
    return place, max(0, age)


def _is_away() -> None:
    global _away_until
    _away_until = monotonic() + TRY_AGAIN_IN
    logger.warning("The replica does not answer: the primary does.", exc_info=True)
    connections[REPLICA].close()


def mark(person: int) -> None:
    """Note how far the primary's log is: whoever wrote before this sees it from now on."""
    with transaction.atomic(), connection.cursor() as cursor:
        # One after the other, so that no earlier place overwrites a later one.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal marks'), %s)", [person])
        cursor.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")
        [place] = cursor.fetchone()
        caches[MARKS].set(str(person), place, KEPT)


def mark_for_everybody(**_signal: object) -> None:
    """A task has ended."""
    mark(EVERYBODY)


class Router:
    """Django's question for each query."""

    def db_for_read(self, model: type[Model], **_hints: object) -> str:
        choice = _now.get()
        if choice is None or _is_on_primary(model):
            return DEFAULT_DB_ALIAS
        choice.must_see |= model._meta.label_lower == FOLLOWED
        return choice.alias()

    def db_for_write(self, model: type[Model], **_hints: object) -> str:
        if (choice := _now.get()) and not _is_on_primary(model):
            choice.must_see = True
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *_rows: object, **_hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, *_labels: object, **_hints: object) -> bool | None:
        return False if db == REPLICA else None


def _is_on_primary(model: type[Model]) -> bool:
    return model._meta.app_label in ON_PRIMARY or model._meta.label_lower in MODELS_ON_PRIMARY


class ReadsMayBeElsewhere:
    """Middleware: chooses for each request, says how old an answer may be (`Data-Age`, seconds),
    and asks the primary where the replica has gone meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in READS:
            _now.set(None)
            response = self.get_response(request)
            _note(request)
            return response
        choice = Choice(request, must_see=request.path_info.startswith(TELL_OF_TASKS))
        _now.set(choice)
        response = self.get_response(request)
        if choice.place == REPLICA and response.status_code == AWAY:
            _is_away()
            choice.place = DEFAULT_DB_ALIAS
            response = self.get_response(request)
        if choice.must_see:
            _note(request)
        elif choice.place == REPLICA:
            response[HEADER] = str(choice.age)
        if response.streaming:  # it goes on reading
            pieces: Any = response
            pieces._resource_closers.append(lambda: _now.set(None))
        else:
            _now.set(None)
        return response


def _note(request: HttpRequest) -> None:
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return
    try:
        mark(person.pk)
    except Error:
        logger.exception("What was written may be seen some seconds late.")
