"""What was changed behind a cursor, as one person sees it now.

On PostgreSQL a row of the log counts once every transaction begun before its own has ended: ids
are given early and committed in any order, but nothing is ever put before a row that counts. On
SQLite one writes after the other.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.scope import followed_by, grants_of, within
from communes.models import Commune
from core.services.keyset import Term, after_condition
from reports.changes.sources import UNTOLD
from reports.changes.triggers import START, is_foreign, restart
from reports.models import Change

ORDER = (Term("xid"), Term("id"))
# All transactions before this one have ended, those of the server's other databases aside.
ENDED = """
    SELECT COALESCE(
        (SELECT MIN(xid::text::bigint)
         FROM pg_snapshot_xip(now.snapshot) xid
         WHERE NOT EXISTS (
            SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock'
                AND l.transactionid = xid::xid AND a.datname <> current_database())),
        pg_snapshot_xmax(now.snapshot)::text::bigint)
    FROM (SELECT pg_current_snapshot() snapshot) now"""
MAY_LEAVE = (Change.CHANGED, Change.DELETED)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Record = tuple[str, int]  # resource, id


class BadCursor(Exception):
    """No cursor that was ever given."""


class CursorOver(Exception):
    """What lies behind the cursor is not known any more; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Cursor:
    """A row of the log, with its moment, which no other row under its number has; for whom."""

    row: int
    moment: int  # microseconds
    scope: str

    @classmethod
    def at(cls, row: Change, user: User) -> "Cursor":
        return cls(row.pk, (row.at - EPOCH) // timedelta(microseconds=1), scope_of(user))

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        try:
            row, moment, scope = urlsafe_b64decode(text.encode("ascii")).decode("ascii").split(".")
            found = cls(int(row), int(moment), scope)
        except (ValueError, TypeError) as error:
            raise BadCursor from error
        if not (0 < found.row < 2**63 and 0 < found.moment < 2**53) or str(found) != text:
            raise BadCursor
        return found

    def __str__(self) -> str:
        return urlsafe_b64encode(f"{self.row}.{self.moment}.{self.scope}".encode()).decode()


@dataclass(frozen=True)
class Page:
    """Rows of the log behind a cursor, the last place reached, and whether there are more."""

    rows: Sequence[Change]
    last: Change
    more: bool


def scope_of(user: User) -> str:
    """A short sign of all that decides what somebody sees, apart from the records themselves."""
    parts = [
        user.pk,
        user.role,
        sorted(grants_of(user), key=str),
        sorted(followed_by(user), key=str),
    ]
    if units := within(user, commune="pk"):
        parts.append(sorted(Commune.objects.filter(units).values_list("pk", flat=True)))
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def start() -> Change:
    """The last row that counts: who reads all lists after this misses nothing behind it."""
    if is_foreign("default"):
        restart("default")
    found: Change = _counting().order_by("-xid", "-id")[0]
    return found


def behind_cursor(cursor: Cursor, user: User, size: int) -> Page:
    """The next rows. Raises `CursorOver`."""
    if is_foreign("default"):
        raise CursorOver("changes_begun_anew")
    row = Change.objects.filter(pk=cursor.row).first()
    if row is None or Cursor.at(row, user).moment != cursor.moment:
        raise CursorOver("cursor_too_old")
    if cursor.scope != scope_of(user):
        raise CursorOver("scope_changed")
    rows = list(
        _counting()
        .filter(after_condition(ORDER, (row.xid, row.pk)))
        .order_by("xid", "id")[: size + 1]
    )
    page = rows[:size]
    return Page(page, page[-1] if page else row, len(rows) > size)


def _counting() -> QuerySet[Change]:
    """The rows that count. On PostgreSQL this must not be asked within a REPEATABLE READ."""
    rows = Change.objects.all()
    if connection.vendor != "postgresql":
        return rows
    with connection.cursor() as cursor:  # before the rows are read: who ends between is seen there
        cursor.execute(ENDED)
        [ended] = cursor.fetchone()
    return rows.filter(xid__lt=ended)


def records_of(rows: Iterable[Change]) -> dict[Record, list[Change]]:
    """The records that rows tell of, in the order of their last change."""
    found: dict[Record, list[Change]] = defaultdict(list)
    for row in rows:
        if row.resource not in (START, UNTOLD):
            record = (row.resource, row.record)
            found[record] = [*found.pop(record, []), row]
    return found


def seen_before(rows: Sequence[Change], user: User) -> set[int]:
    """Of rows that changed or deleted records: those whose record may have been seen by the user
    before. Where a row does not say whose it was, it may."""
    may_leave = [row.pk for row in rows if row.change in MAY_LEAVE]
    unknown = Q(program=None, commune=None)
    theirs = within(user, program="program", commune="commune", optional=True)
    told = Change.objects.filter(pk__in=may_leave)
    return set(told.filter(unknown | theirs if theirs else Q()).values_list("pk", flat=True))


def forget_before(moment: datetime) -> int:
    """Delete rows that are older, but never the last one; how many. Cursors there are over."""
    rows = Change.objects.exclude(resource=START).order_by("xid", "id")
    first_kept = rows.filter(at__gte=moment).first() or rows.last()
    if first_kept is None:
        return 0
    older = Q(xid__lt=first_kept.xid) | Q(xid=first_kept.xid, pk__lt=first_kept.pk)
    gone: int = rows.filter(older).delete()[0]
    if gone:  # a cursor from when there was nothing yet has lost these
        Change.objects.filter(resource=START).update(at=moment)
    return gone
