"""The cache of several nodes in the database they share: Django's own, with counts that hold."""

from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router, transaction


class SharedCache(DatabaseCache):
    """Django's reads a number and writes one more: of two nodes at once, one would be forgotten."""

    _table: str

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        alias = router.db_for_write(self.cache_model_class)
        row = f"SELECT 1 FROM {connections[alias].ops.quote_name(self._table)} WHERE cache_key = %s"  # noqa: S608 - our own name
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(f"{row} FOR UPDATE", [self.make_and_validate_key(key, version=version)])
            return int(super().incr(key, delta, version=version))

    def decr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self.incr(key, -delta, version=version)
