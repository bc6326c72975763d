"""Django's `migrate`, one at a time: of two nodes that start together the second waits, and then
finds nothing left to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

LOCK = "hashtext('portal migrate')"
PATIENCE = 600_000  # milliseconds for which SQLite waits for those who write


class Command(migrate.Command):
    def execute(self, *args: object, **options: Any) -> str | None:
        """With the checks before it, which ask the database, too."""
        with alone(connections[options["database"]], self.stderr.write):
            return super().execute(*args, **options)


@contextmanager
def alone(connection: BaseDatabaseWrapper, say: Callable[[str], object]) -> Iterator[None]:
    """Nobody else migrates this database meanwhile; a killed one holds nobody up."""
    held = _of_postgresql if connection.vendor == "postgresql" else _of_file
    with held(connection, say):
        yield


@contextmanager
def _of_postgresql(connection: BaseDatabaseWrapper, say: Callable[[str], object]) -> Iterator[None]:
    """A lock of a transaction, over a connection of its own: it holds through PgBouncer, too."""
    other = connection.copy(alias="migrate")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute(f"SELECT pg_try_advisory_xact_lock({LOCK})")
            if not cursor.fetchone()[0]:
                say(_WAITS)
                cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
        yield
    finally:
        other.close()


@contextmanager
def _of_file(connection: BaseDatabaseWrapper, say: Callable[[str], object]) -> Iterator[None]:
    """A lock on a file beside the database; none where a system has no such locks."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with connection.cursor() as cursor:  # half an upgrade helps nobody
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    name = str(connection.settings_dict["NAME"])
    if "memory" in name or not Path(name).absolute().parent.is_dir():
        yield
        return
    with Path(f"{name}-migrating").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(_WAITS)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


_WAITS = "Another migrate is at this database: waiting until it has ended."
