"""One archive: a tar.gz with `SHA256SUMS` as its last member, encrypted when there is a key.

    settings.json   the settings that are no secrets
    facts.json      counts, contents and guards of the database, and what made the archive
    database        a SQLite file, or what pg_dump wrote
    files/…         MEDIA_ROOT
    SHA256SUMS      the sum of each of them; `sha256sum -c SHA256SUMS` proves them by hand

Whatever has no SHA256SUMS at its end, or another sum, or a name that leads elsewhere, is refused.
"""

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, BinaryIO

from plan_portal.backup.errors import BackupError
from plan_portal.backup.sealed import COST, MAGIC, Opening, Sealing

DATABASE, FACTS, SETTINGS, SUMS = "database", "facts.json", "settings.json", "SHA256SUMS"
FILES = "files/"
GZIP = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # how our own begin: no name, no time
SPEED = 4  # of gzip's nine levels; slower ones gain a few hundredths
BLOCK = 1024 * 1024
NOT_OURS = "{name} is not an archive of Plan Portal."
DAMAGED = "The archive {name} is damaged: {what}."


class Writing:
    """An archive being written to `path`, readable by its owner alone; `with Writing(…)`. After an
    error there is no file."""

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.sums = path, {}  # type: tuple[Path, dict[str, str]]
        self.file = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
        self.sealed = Sealing(self.file, key) if key else None
        self.gzip = gzip.GzipFile("", "wb", SPEED, self.sealed or self.file, mtime=0)
        self.tar = tarfile.open(fileobj=self.gzip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self._add(name, file, os.fstat(file.fileno()).st_size)

    def add_text(self, name: str, text: str) -> None:
        self._add(name, io.BytesIO(text.encode()), len(text.encode()))

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        counted = _Summed(file)
        self.tar.addfile(member, counted)  # type: ignore[arg-type]  # reads it, no more
        self.sums[name] = counted.digest.hexdigest()

    def __enter__(self) -> "Writing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.add_text(SUMS, "".join(f"{s}  {name}\n" for name, s in self.sums.items()))
                self.tar.close()
                self.gzip.close()
                if self.sealed:
                    self.sealed.close()
                self.file.flush()
                os.fsync(self.file.fileno())
        except BaseException:
            kind = BaseException
            raise
        finally:
            self.file.close()
            if kind is not None:
                self.path.unlink(missing_ok=True)


class _Summed:
    """A file whose content is summed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


def read(path: Path, key: str, into: Path | None = None) -> dict[str, str]:
    """The sums of all members by name, after the whole archive was read and every sum found right.
    With `into` (a folder that is there) the members are written there, none outside of it.

    Raises `BackupError`: not ours, damaged, cut off, or not to be opened with this key.
    """
    found: dict[str, str] = {}
    promised: dict[str, str] | None = None
    with opened(path, key) as tar:
        for member in tar:
            if promised is not None or not _allowed(member) or member.name in found:
                raise BackupError(NOT_OURS.format(name=path.name))
            content = tar.extractfile(member)
            assert content is not None  # `_allowed`: a plain file
            if member.name == SUMS:
                promised = _promised(content.read(), path)
            else:
                found[member.name] = _keep(content, into / member.name if into else None)
    if promised is None:
        whole = {FACTS, DATABASE} <= found.keys()
        text = DAMAGED.format(name=path.name, what="its end is missing") if whole else NOT_OURS
        raise BackupError(text.format(name=path.name))
    if wrong := sorted(n for n in {*found, *promised} if found.get(n) != promised.get(n)):
        raise BackupError(DAMAGED.format(name=path.name, what=f"{wrong[0]} has another sum"))
    if not {FACTS, SETTINGS, DATABASE} <= found.keys():
        raise BackupError(NOT_OURS.format(name=path.name))
    return found


@contextmanager
def opened(path: Path, key: str) -> Iterator[tarfile.TarFile]:
    """The archive as a tar that is read from front to end; what is wrong with it is a sentence."""
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=_plain(file, path, key)) as content:
            with tarfile.open(fileobj=content, mode="r|") as tar:
                yield tar
            while content.read(BLOCK):  # to its very end, where gzip's own sum is
                pass
    except (tarfile.ReadError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BackupError(DAMAGED.format(name=path.name, what=str(error))) from error
    except (tarfile.TarError, UnicodeError) as error:
        raise BackupError(NOT_OURS.format(name=path.name)) from error
    except OSError as error:
        said = error.strerror or error
        raise BackupError(f"The archive {path} cannot be read: {said}.") from error


def _plain(file: BinaryIO, path: Path, key: str) -> Any:
    """The gzip stream within, decrypted where it is encrypted."""
    head = file.read(len(MAGIC))
    if head in COST and not key:
        raise BackupError(f"{path.name} is encrypted: set BACKUP_KEY to the key it was made with.")
    if head in COST:
        return Opening(file, key, head)
    if not head.startswith(GZIP):
        raise BackupError(NOT_OURS.format(name=path.name))
    file.seek(0)
    return file


def _allowed(member: tarfile.TarInfo) -> bool:
    """A plain file of one of our names, which leads nowhere else."""
    path = PurePosixPath(member.name)
    named = member.name in (DATABASE, FACTS, SETTINGS, SUMS) or member.name.startswith(FILES)
    inside = not path.is_absolute() and ".." not in path.parts and str(path) == member.name
    return member.isreg() and named and inside


def _promised(content: bytes, path: Path) -> dict[str, str]:
    lines = content.decode(errors="replace").splitlines()
    pairs = [line.split("  ", 1) for line in lines]
    if any(len(pair) != 2 for pair in pairs):
        raise BackupError(DAMAGED.format(name=path.name, what=f"{SUMS} cannot be read"))
    return {name: digest for digest, name in pairs}


def _keep(content: IO[bytes], target: Path | None) -> str:
    digest = hashlib.sha256()
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
    with open(target or os.devnull, "wb") as file:
        while block := content.read(BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()
