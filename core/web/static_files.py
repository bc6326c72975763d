"""Static files of a server in use: their names carry a hash of their content, so that browsers keep
them for good, and each is there compressed (`collectstatic` makes them; docs/running.md)."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """A file that `collectstatic` has not seen keeps its plain name: no page fails for it."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name

    def post_process(self, *args: object, **kwargs: object) -> object:
        """As in Django, without failing for what a library's file names and does not bring."""
        for name, hashed, done in super().post_process(*args, **kwargs):
            if not isinstance(done, Exception):
                yield name, hashed, done
