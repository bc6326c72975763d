"""The database as every test finds it: migrated, with reference data.

It is kept once. What commits (a browser's test, a race) puts it back, in a fraction of the time
that emptying the tables and loading the reference data would take; the next test finds the very
same rows, ids and guards.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

from disbursements.totals import keeping

_copy = sqlite3.connect(":memory:", check_same_thread=False)  # of SQLite; PostgreSQL has templates


def keep() -> None:
    """Remember the database as it stands."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.backup(_copy)
    else:
        _on_server("DROP DATABASE IF EXISTS {copy}", "CREATE DATABASE {copy} TEMPLATE {test}")


def write_to(path: Path) -> None:
    """A file of SQLite with what was kept; `migrate` then has little left to do."""
    with closing(sqlite3.connect(path)) as file:
        _copy.backup(file)


def put_back() -> None:
    """The database is again as it was kept. On PostgreSQL nobody stays connected to it."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _copy.backup(connection.connection)
        keeping.add_up(connection)  # the copy is another database to it
    else:
        # File by file where it is asked for (15 and later): half the time of block by block.
        how = " STRATEGY FILE_COPY" if connection.pg_version >= 150000 else ""  # type: ignore[attr-defined]
        again = "CREATE DATABASE {test} TEMPLATE {copy}" + how
        _on_server("DROP DATABASE {test} WITH (FORCE)", again)


def forget() -> None:
    """Remove the copy, when all is over."""
    if connection.vendor != "sqlite":
        _on_server("DROP DATABASE {copy}")


def _on_server(*statements: str) -> None:
    connections.close_all()  # a database that is being copied has nobody in it
    test = str(connection.settings_dict["NAME"])
    names = {"test": test, "copy": f"{test}_first"}
    quoted = {key: connection.ops.quote_name(name) for key, name in names.items()}
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**quoted))
