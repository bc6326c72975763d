"""What the environment says about backups (docs/backup.md); nonsense is a sentence."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from plan_portal.backup.errors import BackupError
from plan_portal.backup.sealed import SHORTEST_KEY


@dataclass(frozen=True)
class Keep:
    """How many backups stay: of the newest days, weeks and months that have any, the last each."""

    days: int
    weeks: int
    months: int


@dataclass(frozen=True)
class Options:
    folder: Path
    second: Path | None
    key: str
    keep: Keep | None  # None: all of them


def options(*, to: str = "", keep: str = "") -> Options:
    """The settings, with the folder and the schedule of a command line in their stead."""
    folder = Path(to or settings.BACKUP_DIR).resolve()
    second = Path(settings.BACKUP_SECOND_DIR).resolve() if settings.BACKUP_SECOND_DIR else None
    media = Path(settings.MEDIA_ROOT).resolve()
    for name, path in (("BACKUP_DIR", folder), ("BACKUP_SECOND_DIR", second)):
        if path and (path == media or media in path.parents):
            raise BackupError(
                f"{name} is {path}, inside MEDIA_ROOT: each backup would hold the ones before. "
                "Give a folder elsewhere."
            )
    if second == folder:
        raise BackupError(
            "BACKUP_SECOND_DIR is the same folder as BACKUP_DIR: give another disk's."
        )
    return Options(folder, second, key(), schedule(keep or settings.BACKUP_KEEP))


def key() -> str:
    """The passphrase of archives; empty: they are not encrypted."""
    return long_enough(settings.BACKUP_KEY)


def long_enough(text: str) -> str:
    """The passphrase, if it is one."""
    if text and len(text.strip()) < SHORTEST_KEY:
        raise BackupError(f"BACKUP_KEY is too short: give at least {SHORTEST_KEY} characters.")
    return text


def schedule(text: str) -> Keep | None:
    """'7,4,12' (days, weeks, months), or 'all'."""
    if text.strip() == "all":
        return None
    match = re.fullmatch(r"\s*([0-9]{1,4})\s*,\s*([0-9]{1,4})\s*,\s*([0-9]{1,4})\s*", text)
    if not match or not any(map(int, match.groups())):
        raise BackupError(
            f"“{text}” is no schedule: give how many days, weeks and months to keep, "
            "as in 7,4,12, or all (--keep, BACKUP_KEEP)."
        )
    return Keep(*map(int, match.groups()))
