"""A PostgreSQL database: pg_dump and the facts see one and the same snapshot, while others write;
pg_restore puts it back in one transaction."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

from disbursements import guards
from plan_portal.backup import facts
from plan_portal.backup.errors import BackupError

DUMP = ("--format=custom", "--compress=0", "--lock-wait-timeout=60s", "--no-owner")
RESTORE = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")


def snapshot(connection: BaseDatabaseWrapper, target: Path) -> facts.Facts:
    """Writes the database as it is at one moment to `target`; the facts of that moment."""
    with reading(connection) as (other, name):
        _run(
            connection,
            "pg_dump",
            *DUMP,
            "--no-privileges",
            f"--snapshot={name}",
            f"--file={target}",
        )
        return facts.read(other)


def present(connection: BaseDatabaseWrapper) -> facts.Facts:
    """The facts of the database in use."""
    with reading(connection) as (other, _name):
        return facts.read(other)


@contextmanager
def reading(connection: BaseDatabaseWrapper) -> Iterator[tuple[BaseDatabaseWrapper, str]]:
    """A connection that sees the database as it is now, and the name of what it sees."""
    other = connection.copy(alias="backup")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            name = cursor.fetchone()[0]
        yield other, name
    except Error as error:
        said = str(error).strip().splitlines()
        raise BackupError(f"The database cannot be read: {said[0] if said else error}") from error
    finally:
        other.close()


def what_is_there(connection: BaseDatabaseWrapper) -> str:
    """What keeps a backup from being put here; empty: nothing does."""
    with reading(connection) as (other, _name):
        tables = other.introspection.table_names()
    name = connection.settings_dict["NAME"]
    return f"the database {name} has {len(tables)} tables" if tables else ""


def put(connection: BaseDatabaseWrapper, source: Path) -> None:
    """The dump in an empty database, whole or not at all."""
    connection.close()
    _run(connection, "pg_restore", *RESTORE, str(source))


def take_away(connection: BaseDatabaseWrapper) -> None:
    """What `put` put there, after something else went wrong."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")


def _run(connection: BaseDatabaseWrapper, program: str, *arguments: str) -> None:
    """A program of PostgreSQL on this database; the password goes by the environment."""
    if settings.PGBOUNCER:
        raise BackupError(
            f"{program} sets its connection up for itself, which PgBouncer does not keep: give "
            "this command the server's own address, as in DATABASE_URL=… PGBOUNCER=0."
        )
    given, env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *link, name = given[1:]
    command = [program_path(program), *link, "--no-password", f"--dbname={name}", *arguments]
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise BackupError(f"{program} failed: {said[0].removeprefix(f'{program}: error: ')}")


def program_path(program: str) -> str:
    """The newest on this machine: an older one refuses a newer server."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_version)
    path = str(found[-1]) if found else shutil.which(program)
    if not path:
        raise BackupError(f"{program} is missing: install PostgreSQL's client programs.")
    return path


def _version(path: Path) -> int:
    number = re.fullmatch(r"[0-9]+", path.parent.parent.name)
    return int(number[0]) if number else 0
