"""Where tests of backups restore to: an empty database and folder of their own."""

from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


@contextmanager
def elsewhere(folder: Path, name: str = "elsewhere") -> Any:
    """The portal on an empty database and an empty MEDIA_ROOT; then on its own again."""
    own, media = connection.settings_dict["NAME"], settings.MEDIA_ROOT
    other = str(folder / f"{name}.sqlite3") if connection.vendor == "sqlite" else f"{own}_{name}"
    _on_server(f'CREATE DATABASE "{other}"')
    connection.close()
    connection.settings_dict["NAME"], settings.MEDIA_ROOT = other, str(folder / name)
    try:
        yield Path(settings.MEDIA_ROOT)
    finally:
        connection.close()
        connection.settings_dict["NAME"], settings.MEDIA_ROOT = own, media
        for left in folder.glob(f"{name}.sqlite3*"):
            left.unlink()
        _on_server(f'DROP DATABASE "{other}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)
