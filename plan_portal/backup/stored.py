"""Where uploaded files are, for a backup: in the folder MEDIA_ROOT, or in a storage elsewhere."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from core.services.whole_files import WholeFiles
from plan_portal.backup import files


class Place(Protocol):
    def hold(self, held: Path) -> None:
        """Every file also in `held`; called again, what has come since."""

    def sums(self) -> dict[str, str]:
        """The sum of each file by its name."""

    def what_is_there(self) -> str:
        """What keeps files from being put here; empty: nothing does."""

    def put(self, source: Path) -> list[str]:
        """Puts what is in `source` here; what `take_away` then takes."""

    def take_away(self, put: list[str]) -> None:
        """What `put` put here is not here."""


def place() -> Place:
    storage = storages["default"]
    if type(storage) not in (WholeFiles, FileSystemStorage):
        return Elsewhere(storage)
    options = settings.STORAGES["default"].get("OPTIONS", {})
    return Folder(Path(options.get("location") or settings.MEDIA_ROOT))


def room_beside(where: Place) -> AbstractContextManager[Path]:
    """A folder of our own from which `put` is quick; nothing of it stays."""
    if isinstance(where, Folder):
        return where.emptied()
    return _temporary()


class Folder:
    """Files of this machine, or of a folder that nodes share."""

    def __init__(self, media: Path) -> None:
        self.media = media

    def hold(self, held: Path) -> None:
        files.hold(self.media, held)

    def sums(self) -> dict[str, str]:
        return files.sums(self.media)

    def what_is_there(self) -> str:
        return files.what_is_there(self.media)

    def put(self, source: Path) -> list[str]:
        return [str(path) for path in files.put(source, self.media)]

    def take_away(self, put: list[str]) -> None:
        for path in map(Path, put):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    @contextmanager
    def emptied(self) -> Iterator[Path]:
        """On the disk of the files; the folder itself does not stay after an error when it was not
        there."""
        made = not self.media.exists()
        self.media.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryDirectory(prefix=".restoring-", dir=self.media) as name:
                yield Path(name)
        except BaseException:
            if made:
                self.media.rmdir()
            raise


class Elsewhere:
    """Files of any other storage of Django's (FILE_STORAGE), each read and written whole."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def hold(self, held: Path) -> None:
        for name in self._names():
            target = held / name
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with self.storage.open(name) as file, target.open("wb") as copy:
                    shutil.copyfileobj(file, copy)
            except FileNotFoundError:  # deleted in this very moment
                target.unlink(missing_ok=True)

    def sums(self) -> dict[str, str]:
        found = {}
        for name in self._names():
            digest = hashlib.sha256()
            with self.storage.open(name) as file:
                for chunk in file.chunks():
                    digest.update(chunk)
            found[name] = digest.hexdigest()
        return found

    def what_is_there(self) -> str:
        first = next(self._names(), "")
        return f"the storage of files holds {first}" if first else ""

    def put(self, source: Path) -> list[str]:
        put: list[str] = []
        try:
            for path in files.walk(source):
                name = path.relative_to(source).as_posix()
                with path.open("rb") as file:
                    put.append(self.storage.save(name, File(file)))
        except BaseException:
            self.take_away(put)
            raise
        return put

    def take_away(self, put: list[str]) -> None:
        for name in put:
            self.storage.delete(name)

    def _names(self, folder: str = "") -> Iterator[str]:
        folders, names = self.storage.listdir(folder)
        yield from (f"{folder}{name}" for name in sorted(names))
        for each in sorted(folders):
            yield from self._names(f"{folder}{each}/")


@contextmanager
def _temporary() -> Iterator[Path]:
    room = Path(settings.BACKUP_DIR)
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=room) as name:
        yield Path(name)
