"""Uploaded files: MEDIA_ROOT, held while the database is copied, and put back."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def hold(media: Path, held: Path) -> None:
    """Every file of `media` also in `held`: a second name of the same file, which stays when the
    first is deleted; a copy where the disk is another. Called again it adds what has come since.
    """
    for path in walk(media):
        target = held / path.relative_to(media)
        with suppress(FileNotFoundError):  # deleted in this very moment
            if not target.exists() or _changed(path, target):
                target.parent.mkdir(parents=True, exist_ok=True)
                _second_name(path, target)


def walk(media: Path) -> Iterator[Path]:
    """All files below a folder, by name; linked folders once."""
    seen = set()
    for folder, folders, names in os.walk(media, followlinks=True):
        folders.sort()
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        yield from (path for name in sorted(names) if (path := Path(folder, name)).is_file())


def sums(media: Path) -> dict[str, str]:
    """The sum of each file by its name below `media`."""
    found = {}
    for path in walk(media):
        with path.open("rb") as file:
            found[path.relative_to(media).as_posix()] = hashlib.file_digest(
                file, "sha256"
            ).hexdigest()
    return found


def what_is_there(media: Path) -> str:
    """What keeps files from being put here; empty: nothing does."""
    first = next(iter(sorted(media.iterdir())), None) if media.is_dir() else None
    if media.exists() and not media.is_dir():
        return f"{media} is no folder"
    return f"{media} holds {first.name}" if first else ""


def put(source: Path, media: Path) -> list[Path]:
    """Moves what is in `source` (on the same disk) to `media`; what stands there now."""
    moved = []
    for path in sorted(source.iterdir()) if source.is_dir() else []:
        moved.append(media / path.name)
        path.rename(media / path.name)
    return moved


def _changed(path: Path, target: Path) -> bool:
    """Whether a copy was taken while the file was being written."""
    one, other = path.stat(), target.stat()
    return (one.st_size, one.st_mtime_ns) != (other.st_size, other.st_mtime_ns)


def _second_name(path: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(path.resolve(), target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without second names
        shutil.copy2(path, target)
