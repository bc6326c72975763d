"""Archives in a folder: their names, which of them stay, a copy in a second place."""

import os
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from plan_portal.backup.errors import BackupError
from plan_portal.backup.options import Keep

NAME = re.compile(r"portal-(\d{8}T\d{6}Z)(?:-(\d+))?\.tar\.gz(?:\.sealed)?")
STAMP = "%Y%m%dT%H%M%SZ"


def new_name(folder: Path, at: datetime, sealed: bool) -> Path:
    """A name of that moment (UTC) that no file in the folder has."""
    stem = f"portal-{at.astimezone(UTC):{STAMP}}"
    end = ".tar.gz.sealed" if sealed else ".tar.gz"
    name, number = stem + end, 2
    while (folder / name).exists():
        name, number = f"{stem}-{number}{end}", number + 1
    return folder / name


def made_at(path: Path) -> datetime | None:
    """The moment in an archive's name; None: the file is none of ours."""
    match = NAME.fullmatch(path.name)
    try:
        return datetime.strptime(match[1], STAMP).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def archives(folder: Path) -> dict[Path, datetime]:
    """The archives in a folder with their moments, newest first."""
    found = {path: at for path in folder.glob("portal-*") if (at := made_at(path))}
    return dict(sorted(found.items(), key=lambda pair: (pair[1], _number(pair[0])), reverse=True))


def _number(path: Path) -> int:
    """Which of one second's archives it is."""
    match = NAME.fullmatch(path.name)
    return int(match[2] or 1) if match else 1


def last(folder: Path) -> datetime | None:
    """When the newest archive in a folder was made; None: there is none."""
    return next(iter(archives(folder).values()), None)


def prune(folder: Path, keep: Keep | None, but: str = "") -> list[Path]:
    """Deletes what the schedule does not keep, and says which. Other files stay, and the one named
    `but`: a clock that was set back makes what is new look old."""
    if keep is None:
        return []
    there = archives(folder)
    staying = kept(there, keep)
    gone = [path for path in there if path not in staying and path.name != but]
    for path in gone:
        path.unlink()
    return gone


def kept(there: dict[Path, datetime], keep: Keep) -> set[Path]:
    """The newest archive, and the last one of each of the newest days, ISO weeks and months that
    have any (days of Việt Nam): after a pause the old ones are still there."""
    local = {path: timezone.localtime(at) for path, at in there.items()}
    return {
        *list(there)[:1],
        *_last_of_each(local, lambda at: at.date(), keep.days),
        *_last_of_each(local, lambda at: at.isocalendar()[:2], keep.weeks),
        *_last_of_each(local, lambda at: (at.year, at.month), keep.months),
    }


def _last_of_each(
    local: dict[Path, datetime], span: Callable[[datetime], object], count: int
) -> Iterable[Path]:
    newest: dict[object, Path] = {}
    for path, at in local.items():  # newest first
        newest.setdefault(span(at), path)
    return list(newest.values())[:count]


def copy_to(second: Path, archive: Path) -> Path:
    """A copy in the second place, which is there under its name when it is whole.

    The folder must exist: one that is made anew may lie where a disk is not mounted.
    """
    if not second.is_dir():
        raise BackupError(
            f"The second place {second} (BACKUP_SECOND_DIR) is not there: is its disk connected? "
            f"The backup itself is made: {archive}"
        )
    target, part = second / archive.name, second / f"{archive.name}.part"
    try:
        with archive.open("rb") as source, _private(part) as copy:
            shutil.copyfileobj(source, copy, 1024 * 1024)
            copy.flush()
            os.fsync(copy.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BackupError(
            f"The second place {second} did not take the copy: {error.strerror or error}. "
            f"The backup itself is made: {archive}"
        ) from error
    return target


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")
