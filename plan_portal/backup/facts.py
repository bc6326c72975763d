"""What a database holds, as facts that can be compared: rows and content of every table, guards,
migrations, what is posted. Two databases with the same facts are the same to the last letter.

They are read from the tables as they are, not through the models: a backup may be older than the
code. A fact is comparable on one kind of database alone.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import TypedDict

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

from disbursements import guards
from plan_portal import __version__
from plan_portal.backup.errors import BackupError

FORMAT = 1
LEDGER = "disbursements_disbursement"


class Table(TypedDict):
    rows: int
    content: str


class Facts(TypedDict):
    format: int
    version: str
    database: str
    tables: dict[str, Table]
    guards: dict[str, str]
    migrations: list[str]
    posted: dict[str, int]


def read(connection: BaseDatabaseWrapper) -> Facts:
    """The facts of a database; the caller sees to it that nothing changes meanwhile."""
    tables = sorted(connection.introspection.table_names())
    with connection.cursor() as cursor:
        return {
            "format": FORMAT,
            "version": __version__,
            "database": connection.vendor,
            "tables": {name: _content(connection, cursor, name) for name in tables},
            "guards": _guards(connection, cursor),
            "migrations": sorted(f"{app}.{name}" for app, name in _applied(cursor, tables)),
            "posted": _posted(cursor, tables),
        }


def parse(text: str) -> Facts:
    """The facts of an archive, of this format."""
    try:
        facts: Facts = json.loads(text)
        right = facts["format"] == FORMAT and facts["database"] in ("sqlite", "postgresql")
    except (ValueError, TypeError, KeyError):
        right = False
    if not right:
        raise BackupError("The archive is of a kind this version of Plan Portal does not read.")
    return facts


def differences(archive: Facts, now: Facts) -> list[str]:
    """What is not as in the archive, a line each."""
    found = []
    for name in sorted({*archive["tables"], *now["tables"]}):
        before, after = archive["tables"].get(name), now["tables"].get(name)
        if before is None or after is None:
            found.append(f"table {name}: {'not in the archive' if before is None else 'missing'}")
        elif before["rows"] != after["rows"]:
            found.append(f"{_kind(name)} {name}: {after['rows']} rows, archive {before['rows']}")
        elif before["content"] != after["content"]:
            found.append(f"{_kind(name)} {name}: {after['rows']} rows with another content")
    if archive["posted"] != now["posted"]:
        found.append(f"posted: {_money(now['posted'])}, archive {_money(archive['posted'])}")
    for name in sorted({*archive["guards"], *now["guards"]}):
        if archive["guards"].get(name) != now["guards"].get(name):
            found.append(f"guard {name}: {_how(name, archive['guards'], now['guards'])}")
    return found


def summary(facts: Facts) -> str:
    """One line for whoever made or proved a backup."""
    tables = facts["tables"]
    trail = sum(table["rows"] for name, table in tables.items() if _kind(name) == "trail")
    rows = sum(table["rows"] for table in tables.values())
    return (
        f"{rows} rows in {len(tables)} tables, {trail} of them trail; "
        f"posted {_money(facts['posted'])}; {len(facts['guards'])} guards"
    )


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """All migrations of this code."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def pending(connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations of this code that the database has not had."""
    with connection.cursor() as cursor:
        applied = _applied(cursor, connection.introspection.table_names(cursor))
    return sorted(f"{app}.{name}" for app, name in known_migrations() - applied)


def unknown(facts: Facts) -> list[str]:
    """Migrations of an archive that this code does not have: a newer version made it."""
    known = {f"{app}.{name}" for app, name in known_migrations()}
    ours = {app for app, _name in known_migrations()}
    return [m for m in facts["migrations"] if m not in known and m.split(".")[0] in ours]


def _content(connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: str) -> Table:
    counted = _Counted()
    name = connection.ops.quote_name(table)
    keys = connection.introspection.get_primary_key_columns(cursor, table) or []
    order = [connection.ops.quote_name(key) for key in keys]
    if connection.vendor == "postgresql":
        by = ", ".join(f'{key}::text COLLATE "C"' for key in order) or '1::text COLLATE "C"'
        cursor.copy_expert(f"COPY (SELECT * FROM {name} ORDER BY {by}) TO STDOUT", counted)  # noqa: S608
    else:
        cursor.execute(f"SELECT * FROM {name} ORDER BY {', '.join(order) or 'rowid'}")  # noqa: S608
        while rows := cursor.fetchmany(1000):
            counted.write("".join(f"{row!r}\n" for row in rows).encode(), len(rows))
    return {"rows": counted.rows, "content": counted.digest.hexdigest()}


class _Counted:
    """Takes the rows of a table as text, a line each (COPY escapes line breaks)."""

    def __init__(self) -> None:
        self.rows, self.digest = 0, hashlib.sha256()

    def write(self, data: bytes, rows: int | None = None) -> int:
        self.rows += data.count(b"\n") if rows is None else rows
        self.digest.update(data)
        return len(data)


def _guards(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> dict[str, str]:
    cursor.execute(guards.INSTALLED[connection.vendor])
    return {
        " ON ".join(filter(None, (name, table))): hashlib.sha256(text.encode()).hexdigest()
        for name, table, text in cursor.fetchall()
    }


def _applied(cursor: CursorWrapper, tables: list[str]) -> set[tuple[str, str]]:
    if "django_migrations" not in tables:
        return set()
    cursor.execute("SELECT app, name FROM django_migrations")
    return {(app, name) for app, name in cursor.fetchall()}


def _posted(cursor: CursorWrapper, tables: list[str]) -> dict[str, int]:
    """Posted rows of the ledger and their sum in đồng, reversals taken off."""
    if LEDGER not in tables:
        return {"rows": 0, "amount": 0}
    cursor.execute(
        f"SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM {LEDGER} WHERE status = 'posted'"  # noqa: S608
    )
    rows, amount = cursor.fetchone()
    return {"rows": int(rows), "amount": int(amount)}


def _kind(table: str) -> str:
    return "trail" if "_historical" in table or table.endswith("history") else "table"


def _money(posted: Mapping[str, int]) -> str:
    return f"{posted['rows']} rows, {posted['amount']:,} đ"


def _how(name: str, archive: Mapping[str, str], now: Mapping[str, str]) -> str:
    if name not in now:
        return "missing"
    return "another text" if name in archive else "not in the archive"
