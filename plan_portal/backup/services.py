"""Backup, restore, verify: the whole of each, over both kinds of database."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.db import connection
from django.utils import timezone

from disbursements import guards
from plan_portal.backup import archive, facts, files, keeping, postgresql, sqlite, stored
from plan_portal.backup.errors import BackupError
from plan_portal.backup.options import Options

KINDS: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}
STALE = 24 * 3600  # seconds after which what a killed backup left is cleared away
TOLD = (  # settings that are no secrets; an archive says how the portal was run
    *("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "CORS_ALLOWED_ORIGINS"),
    *("PORTAL_URL", "PROXIES", "DEBUG"),
    *("MEDIA_ROOT", "STATIC_ROOT", "EMAIL_BACKEND", "DEFAULT_FROM_EMAIL"),
    *("ADDRESS_FAILURE_LIMIT", "REQUIRE_SECOND_FACTOR", "SESSION_COOKIE_SECURE"),
    *("BACKUP_DIR", "BACKUP_SECOND_DIR", "BACKUP_KEEP", "BACKUP_LATE_HOURS", "DISK_RESERVE_MB"),
)


@dataclass(frozen=True)
class Made:
    """A backup that was read again after it was written."""

    path: Path
    facts: facts.Facts
    files: int
    second: Path | None = None
    deleted: list[Path] = field(default_factory=list)


def backup(options: Options) -> Made:
    """One archive of database, files and settings, while people go on working; then the copy in
    the second place, then the schedule in both. What failed deletes no older one."""
    kept = stored.place()
    with _in_words("The backup was not made"), _workshop(options.folder) as room:
        at = timezone.now()
        kept.hold(room / "files")  # so that what is deleted meanwhile is there, too
        found = KINDS[connection.vendor].snapshot(connection, room / archive.DATABASE)
        kept.hold(room / "files")  # and what the snapshot has, but the first look had not
        path = keeping.new_name(options.folder, at, bool(options.key))
        part, key = path.with_name(f"{path.name}.part"), options.key
        count = _write(part, key, room, found)
        try:
            archive.read(part, key)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    second = keeping.copy_to(options.second, path) if options.second else None
    if second:
        archive.read(second, options.key)
    deleted = [
        gone
        for folder in (options.folder, options.second)
        if folder
        for gone in keeping.prune(folder, options.keep, but=path.name)
    ]
    return Made(path, found, count, second, deleted)


def restore(path: Path, key: str) -> facts.Facts:
    """Puts an archive into an empty place, and proves it; its facts.

    Raises `BackupError` before anything is touched when the archive is damaged, foreign, of a newer
    version or another kind of database, or the place is not empty.
    """
    kind, place = KINDS[connection.vendor], stored.place()
    there = kind.what_is_there(connection) or place.what_is_there()
    if there:
        raise BackupError(
            f"The place is not empty: {there}. Restore into a new database and folder."
        )
    archive.read(path, key)
    with _in_words("Nothing was restored"), stored.room_beside(place) as room:
        archive.read(path, key, into=room)
        found = facts.parse((room / archive.FACTS).read_text("utf-8"))
        _refuse_strange(found)
        _restore_into(kind, room, place, found)
    return found


def verify(path: Path, key: str) -> facts.Facts:
    """Proves that database and files are as in the archive: sums, rows, contents, trail, guards;
    and, with the code of the same version, the ledger by `check_ledger`. Its facts.

    Raises `BackupError` with a line for everything that is not.
    """
    sums, found = contents(path, key)
    if found["database"] != connection.vendor:
        raise BackupError(_other_kind(found))
    now = KINDS[connection.vendor].present(connection)
    wrong = [*facts.differences(found, now), *_file_differences(sums), *_own_rules()]
    if wrong:
        raise BackupError("\n".join([f"Not as in {path.name}:", *wrong]))
    return found


def contents(path: Path, key: str) -> tuple[dict[str, str], facts.Facts]:
    """The sums and facts of an archive, after the whole of it was read and found whole."""
    sums = archive.read(path, key)
    with archive.opened(path, key) as tar:
        for member in tar:
            if member.name == archive.FACTS:
                content = tar.extractfile(member)
                assert content is not None  # a plain file, or `read` had refused it
                return sums, facts.parse(content.read().decode())
    raise AssertionError("`read` has seen the facts")


def _write(part: Path, key: str, room: Path, found: facts.Facts) -> int:
    told = {name: getattr(settings, name) for name in TOLD}
    held = sorted(files.walk(room / "files"))
    with archive.Writing(part, key) as into:
        into.add_text(archive.SETTINGS, json.dumps(told, indent=1, ensure_ascii=False, default=str))
        into.add_text(archive.FACTS, json.dumps(found, indent=1, ensure_ascii=False))
        into.add(archive.DATABASE, room / archive.DATABASE)
        for file in held:
            into.add(archive.FILES + file.relative_to(room / "files").as_posix(), file)
    return len(held)


def _restore_into(kind: ModuleType, room: Path, place: stored.Place, found: facts.Facts) -> None:
    """Database, then files; when either fails the place is empty again."""
    moved: list[str] = []
    begun = False
    try:
        if kind is sqlite:
            _prove(found, sqlite.facts_of_file(connection, room / archive.DATABASE))
        begun = True
        kind.put(connection, room / archive.DATABASE)
        moved += place.put(room / "files")
        _prove(found, kind.present(connection))
    except BaseException:
        place.take_away(moved)
        if begun:
            kind.take_away(connection)
        raise


def _prove(found: facts.Facts, now: facts.Facts) -> None:
    if wrong := facts.differences(found, now):
        raise BackupError("\n".join(["What was restored is not what was kept:", *wrong]))


def _refuse_strange(found: facts.Facts) -> None:
    if found["database"] != connection.vendor:
        raise BackupError(_other_kind(found))
    if newer := facts.unknown(found):
        raise BackupError(
            f"The archive is of Plan Portal {found['version']}, which is newer than this one "
            f"({newer[-1]} is unknown here): install that version first."
        )


def _other_kind(found: facts.Facts) -> str:
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    return (
        f"The archive holds a {names[found['database']]} database, DATABASE_URL names "
        f"{names[connection.vendor]}: set DATABASE_URL to a {names[found['database']]} database."
    )


def _file_differences(sums: dict[str, str]) -> list[str]:
    start = archive.FILES
    kept = {name.removeprefix(start): s for name, s in sums.items() if name.startswith(start)}
    now = stored.place().sums()
    found = []
    for name in sorted({*kept, *now}):
        if name not in now:
            found.append(f"file {name}: missing")
        elif name not in kept:
            found.append(f"file {name}: not in the archive")
        elif kept[name] != now[name]:
            found.append(f"file {name}: another content")
    return found


def _own_rules() -> list[str]:
    """What this code knows to hold of a database of its own version."""
    if facts.pending(connection):
        return []
    wrong = [f"guard {name}: missing" for name in guards.missing(connection)]
    if "check_ledger" in get_commands():
        try:
            call_command("check_ledger", verbosity=0)
        except (CommandError, SystemExit) as error:
            if not isinstance(error, SystemExit) or error.code:
                wrong.append(f"check_ledger: {error}")
    return wrong


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder of our own beside the archives; nothing of it stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in [*folder.glob(".making-*"), *folder.glob("portal-*.part")]:
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as name:
        yield Path(name)


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """A full disk, a folder that may not be written: a sentence."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"{what}: {error.strerror or error}{where}.") from error


def newest(folder: Path) -> Path:
    """The newest archive in a folder."""
    found = next(iter(keeping.archives(folder)), None)
    if found is None:
        raise BackupError(f"There is no archive in {folder}: name one.")
    return found
