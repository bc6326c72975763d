"""One short text that is another after every write to a followed table, through whichever door.

It is the last place in the log of changes, read in one statement (ADR 44). On PostgreSQL that is
the last row before which every transaction has ended, and how many more are seen behind it. There
is none, and nothing may be kept, where the log cannot be trusted: a trigger is missing or another
than ours, the log was written under another server, or its last row is not the last one written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from reports.changes import triggers
from reports.changes.sources import Source

BETWEEN = "|"
MOST_BEHIND = 1000  # rows of transactions that others overtook: more are not counted at each asking
SQLITE = f"""
        SELECT (SELECT schema_version FROM pragma_schema_version), c.id, c.at, s.seq = c.id
        FROM {triggers.LOG} c, sqlite_sequence s
        WHERE s.name = '{triggers.LOG}' ORDER BY c.xid DESC, c.id DESC LIMIT 1"""  # noqa: S608 - our own words
# A table that was emptied at once, or written anew, has another file (`relfilenode`).
POSTGRESQL = f"""
        SELECT (SELECT md5(string_agg(concat_ws('.', t.oid, t.xmin, t.tgenabled, r.relfilenode), ' '
                                      ORDER BY t.oid))
                FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
                WHERE t.tgname LIKE 'portal_change_%'),
            c.xid, c.id, c.at,
            (SELECT COUNT(*) FROM (SELECT 1 FROM {triggers.LOG} b
                                   WHERE (b.xid, b.id) > (c.xid, c.id) LIMIT {MOST_BEHIND}) b),
            (SELECT last_value FROM {triggers.LOG}_id_seq),
            (SELECT p.xmin FROM pg_proc p WHERE p.oid = to_regproc('portal_note_changes'))
        FROM (SELECT xid, id, at FROM {triggers.LOG}
              WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
              ORDER BY xid DESC, id DESC LIMIT 1) c"""  # noqa: S608 - as above
SINCE = f"""
        SELECT resource, xid, id, at FROM {triggers.LOG} WHERE (xid, id) >= (%s, %s)
        ORDER BY xid, id LIMIT {MOST_BEHIND}"""  # noqa: S608 - as above
QUESTION = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
followed: Callable[[], Sequence[Source]] | None = None  # told by who knows all resources
_looked_at: dict[
    tuple[object, ...], bool
] = {}  # the marks of the triggers, and whether they are ours


def current(using: str) -> str | None:
    """The stamp of now in a database; None where nothing can be said. Whoever keeps an answer under
    it reads it before anything else, and where the answer is read, a replica too: what is written
    meanwhile is then in the answer, not in the stamp."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(QUESTION[connection.vendor])
        found = cursor.fetchone()
    if found is None:
        return None
    is_last = found[-1] if connection.vendor == "sqlite" else found[4] < MOST_BEHIND
    mark = (found[0], found[-1]) if connection.vendor == "postgresql" else found[:1]
    if not is_last or not _are_ours(connection, mark):
        return None
    return BETWEEN.join(str(part) for part in found)


def changed(using: str, before: str, now: str) -> set[str] | None:
    """The resources of which something was written between two stamps; None where the log cannot
    tell: other triggers, another log, a row of it missing, or more rows than are worth reading."""
    connection = connections[using]
    then, known = _Parts.of(before, connection.vendor), _Parts.of(now, connection.vendor)
    if then.triggers != known.triggers:
        return None
    with connection.cursor() as cursor:
        cursor.execute(SINCE, [then.xid, then.row])
        (first, *rows) = cursor.fetchall() or [None]
    is_the_same_log = first and (first[1], first[2], str(first[3])) == (then.xid, then.row, then.at)
    is_whole = len(rows) - then.behind == known.written - then.written
    if not is_the_same_log or not is_whole or len(rows) + 1 == MOST_BEHIND:
        return None
    return {resource for resource, *_place in rows}


@dataclass(frozen=True)
class _Parts:
    """What a stamp says; `written`: the last number that was given to a row of the log."""

    triggers: tuple[str, ...]
    xid: int
    row: int
    at: str
    behind: int
    written: int

    @classmethod
    def of(cls, stamp: str, vendor: str) -> "_Parts":
        parts = stamp.split(BETWEEN)
        if vendor == "sqlite":
            triggers, row, at, _is_last = parts
            return cls((triggers,), 0, int(row), at, 0, int(row))
        mark, xid, row, at, behind, written, function = parts
        return cls((mark, function), int(xid), int(row), at, int(behind), int(written))


def _are_ours(connection: BaseDatabaseWrapper, mark: tuple[object, ...]) -> bool:
    """Whether the triggers are all there, word for word; looked at once for each mark of theirs."""
    file = getattr(connection, "opened_file", None)  # of SQLite: another may take its place
    key = (connection.settings_dict["NAME"], file, *mark)
    if key not in _looked_at:
        if len(_looked_at) > MOST_BEHIND:
            _looked_at.clear()
        _looked_at[key] = followed is not None and triggers.are_whole(connection.alias, followed())
    return _looked_at[key]
