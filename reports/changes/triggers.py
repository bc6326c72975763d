"""What writes the order of changes: triggers, so that no door passes by (shell, bulk, SQL by hand).

On PostgreSQL one for each statement, which costs a bulk write one INSERT more; on SQLite one for
each row. A log that may have a hole is begun anew, and every cursor with it: where triggers were
missing, or a backup was restored into another server, whose transactions are counted otherwise.
"""

import hashlib
from collections.abc import Iterator, Sequence

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from disbursements.totals import keeping
from reports.changes.sources import Source
from reports.models import Change

LOG = Change._meta.db_table
FUNCTION = f"""
CREATE FUNCTION portal_note_changes() RETURNS trigger AS $change$
BEGIN
    EXECUTE format(
        'INSERT INTO {LOG} (xid, at, resource, record, change, program_id, commune_id)
         SELECT pg_current_xact_id()::text::bigint, clock_timestamp(), %L, touched.%I, %L, %s, %s
         FROM touched', TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[4]);
    RETURN NULL;
END
$change$ LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT"""  # noqa: S608
OPERATIONS = ("INSERT", "UPDATE", "DELETE")
CHANGES = {"INSERT": Change.CREATED, "UPDATE": Change.CHANGED, "DELETE": Change.DELETED}
START = ""  # the resource of the log's first row, which says in `record` which server counts


def install(using: str, followed: Sequence[Source]) -> None:
    """Put the triggers there; what was not followed meanwhile begins a new log."""
    connection = connections[using]
    wanted = _expected_triggers(connection, followed)
    if are_whole(using, followed):
        return
    with transaction.atomic(using=using):
        remove(connection)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(FUNCTION)
                cursor.execute("COMMENT ON FUNCTION portal_note_changes() IS %s", [_digest(wanted)])
            for text in wanted.values():
                cursor.execute(text)
        restart(using)
        if not keeping.sealed(connection):  # to SQLite other triggers are another database
            keeping.add_up(connection)


def are_whole(using: str, followed: Sequence[Source]) -> bool:
    """Whether every trigger is there as it is meant, and the log is this server's."""
    connection = connections[using]
    wanted = _as_kept(connection, _expected_triggers(connection, followed))
    return _installed(connection) == wanted and not is_foreign(using)


def _expected_triggers(
    connection: BaseDatabaseWrapper, followed: Sequence[Source]
) -> dict[str, str]:
    return {name: text for each in followed for name, text in _triggers(connection, each)}


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take them away: before rows are copied as they are, from another database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS portal_note_changes() CASCADE")
            return
        for name in _installed(connection):
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def restart(using: str) -> None:
    """Begin a new log: no cursor of before is good any more."""
    rows = Change._base_manager.using(using)
    rows.all().delete()
    rows.create(resource=START, record=_server(using), change=Change.PART)


def is_foreign(using: str) -> bool:
    """Whether the log was written under another server, as after a restore."""
    first = Change._base_manager.using(using).filter(resource=START).first()
    return first is None or first.record != _server(using)


def _server(using: str) -> int:
    """Who counts the transactions; 0 on SQLite, where one writes after the other."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return int(cursor.fetchone()[0])


def _installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The triggers that there are, and their text as far as the database keeps it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname::text, obj_description(tgfoid, 'pg_proc') FROM pg_trigger"
                " WHERE tgname LIKE 'portal_change_%%' AND tgenabled <> 'D'"
            )
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'trigger' AND name LIKE 'portal_change_%%'"
            )
        return dict(cursor.fetchall())


def _as_kept(connection: BaseDatabaseWrapper, wanted: dict[str, str]) -> dict[str, str]:
    if connection.vendor == "postgresql":
        return dict.fromkeys(wanted, _digest(wanted))
    return wanted


def _digest(wanted: dict[str, str]) -> str:
    text = "\n".join([FUNCTION, *wanted.values()])
    return hashlib.sha256(text.encode()).hexdigest()


def _triggers(connection: BaseDatabaseWrapper, source: Source) -> Iterator[tuple[str, str]]:
    """(name, statement) for each operation on a table."""
    make = _statement_trigger if connection.vendor == "postgresql" else _row_trigger
    label = hashlib.sha256(f"{source.resource} {source.table}".encode()).hexdigest()[:12]
    for operation in OPERATIONS:
        name = f"portal_change_{operation.lower()}_{label}"
        yield name, make(name, operation, source, _change(operation, source))


def _change(operation: str, source: Source) -> str:
    """What it is to the record. A new row takes nothing out of anybody's sight."""
    if source.is_part:
        leaves = source.may_leave and operation != "INSERT"
        return Change.CHANGED if leaves else Change.PART
    return Change.PART if operation == "UPDATE" and not source.may_leave else CHANGES[operation]


def _statement_trigger(name: str, operation: str, source: Source, change: str) -> str:
    side = "NEW" if operation == "INSERT" else "OLD"
    scope = ", ".join(f"'{_before(side, 'touched', column)}'" for column in source.scope)
    return (
        f"CREATE TRIGGER {name} AFTER {operation} ON {source.table}"
        f" REFERENCING {side} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION"
        f" portal_note_changes('{source.resource}', '{source.key}', '{change}', {scope})"
    )


def _row_trigger(name: str, operation: str, source: Source, change: str) -> str:
    side = "NEW" if operation == "INSERT" else "OLD"
    scope = ", ".join(_before(side, "OLD", column) for column in source.scope)
    return (  # no text of anybody's: names of our own
        f"CREATE TRIGGER {name} AFTER {operation} ON {source.table} BEGIN"  # noqa: S608
        f" INSERT INTO {LOG} (xid, at, resource, record, change, program_id, commune_id)"
        f" VALUES (0, strftime('%Y-%m-%d %H:%M:%f', 'now'), '{source.resource}',"
        f" {side}.{source.key}, '{change}', {scope}); END"
    )


def _before(side: str, row: str, column: str | None) -> str:
    """Whose it was before; of a new one nothing is to be said."""
    return "NULL" if side == "NEW" or column is None else f"{row}.{column}"
