"""Connections to SQLite are kept from request to request: opening one, with its PRAGMAs, takes
longer than most questions. The file itself is looked at each time: a backup that was put in its
place while the server runs is another file, and the old one must not be written to.
"""

from pathlib import Path
from typing import Any

from django.core.signals import request_started
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

File = tuple[int, int] | None  # device and inode


def install() -> None:
    """Called once, when the apps are ready."""
    connection_created.connect(_note, dispatch_uid="kept connections")
    request_started.connect(_close_replaced, dispatch_uid="kept connections")


def _file_of(connection: BaseDatabaseWrapper) -> File:
    """The file that has the database's name now; None where there is none."""
    try:
        found = Path(connection.settings_dict["NAME"]).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _note(connection: Any, **_signal: object) -> None:
    if connection.vendor == "sqlite":
        connection.opened_file = _file_of(connection)


def _close_replaced(**_signal: object) -> None:
    for connection in connections.all(initialized_only=True):
        is_open = connection.vendor == "sqlite" and connection.connection is not None
        if not is_open or connection.in_atomic_block:
            continue
        if _file_of(connection) != getattr(connection, "opened_file", None):
            connection.close()
