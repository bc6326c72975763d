"""Files of records are kept wholly or not at all."""

from contextlib import suppress

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Where there was no room for all of a file, its beginning does not stay and take the rest."""

    def _save(self, name: str, content: object) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # the stubs lack it
        except OSError:
            with suppress(OSError):
                self.delete(name)  # free until now: `save` asked for a name nobody has
            raise
