"""A SQLite database: copied by its own backup interface while others write, put back as a file."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from plan_portal.backup import facts
from plan_portal.backup.errors import BackupError

WAIT = 30  # seconds for a writer who locks the whole file


def snapshot(connection: BaseDatabaseWrapper, target: Path) -> facts.Facts:
    """Writes the database as it is at one moment to `target`; the facts of that moment."""
    try:
        found = _copy(file_of(connection), target)
    except sqlite3.Error as error:
        raise BackupError(f"The database could not be copied: {error}.") from error
    if found != "ok":
        raise BackupError(f"The database is damaged ({found}): restore the last good backup.")
    return facts_of_file(connection, target)


def _copy(path: Path, target: Path) -> str:
    """Copies it; 'ok', or the first fault of the copy."""
    with closing(_open(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)  # one step under one read lock: with a WAL nobody waits
        copy.execute("PRAGMA journal_mode=DELETE")  # all in one file
        found: str = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    return found


def present(connection: BaseDatabaseWrapper) -> facts.Facts:
    """The facts of the database in use."""
    if not file_of(connection).exists():
        raise BackupError(f"There is no database: {file_of(connection)} does not exist.")
    return facts_of_file(connection, file_of(connection))


def facts_of_file(connection: BaseDatabaseWrapper, path: Path) -> facts.Facts:
    with reading(connection, path) as copy:
        return facts.read(copy)


@contextmanager
def reading(connection: BaseDatabaseWrapper, path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection of Django's kind to that file, which sees it as it is now."""
    other = connection.copy(alias="backup")
    other.settings_dict |= {"NAME": str(path), "OPTIONS": {"timeout": WAIT}}
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
        yield other
    except (sqlite3.DatabaseError, Error) as error:
        raise BackupError(f"The database {path} cannot be read: {error}.") from error
    finally:
        other.close()


def what_is_there(connection: BaseDatabaseWrapper) -> str:
    """What keeps a backup from being put here; empty: nothing does."""
    path = file_of(connection)
    if not path.exists():
        return ""
    try:
        with closing(_open(path)) as there:
            (tables,) = there.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return f"{path} is there, and is no database"
    return f"the database {path} has {tables} tables, indexes and guards" if tables else ""


def put(connection: BaseDatabaseWrapper, source: Path) -> None:
    """The file in its place, whole or not at all."""
    connection.close()
    path = file_of(connection)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = Path(f"{path}.part")
    try:
        shutil.copyfile(source, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        for rest in ("-wal", "-shm", "-journal"):
            Path(f"{path}{rest}").unlink(missing_ok=True)  # of an empty one: `what_is_there`
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def take_away(connection: BaseDatabaseWrapper) -> None:
    """What `put` put there, after something else went wrong."""
    connection.close()
    file_of(connection).unlink(missing_ok=True)


def file_of(connection: BaseDatabaseWrapper) -> Path:
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or not name:
        raise BackupError("DATABASE_URL names a database in memory, which has no backup.")
    return Path(name)


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise BackupError(f"There is no database: {path} does not exist.")
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT)
