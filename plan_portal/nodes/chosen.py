"""The settings of several nodes, read as strictly as those of `plan_portal.environment`."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from plan_portal.environment import text

MEMORY, DATABASE = "memory", "database"
MOST = 100_000  # entries; what is over goes first


def cache(name: str, engine: str) -> dict[str, Any]:
    """Where limits are counted: in the database that nodes share, by default where there may be
    several; in each process's memory on SQLite, whose one writer must not wait for counting."""
    several = engine.endswith("postgresql")
    address = text(name, DATABASE if several else MEMORY)
    shape = f"give {DATABASE}, {MEMORY} or redis://host:6379/0."
    if address == MEMORY:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", **_options()}
    if address == DATABASE:
        if not several:
            raise ImproperlyConfigured(f"{name} is {DATABASE}, which needs PostgreSQL: {shape}")
        place = {"LOCATION": "portal_cache"}
        return {"BACKEND": "plan_portal.nodes.cache.SharedCache", **place, **_options()}
    return _redis(name, address, shape)


def _options() -> dict[str, Any]:
    return {"OPTIONS": {"MAX_ENTRIES": MOST}}


def _redis(name: str, address: str, shape: str) -> dict[str, Any]:
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:  # never shown: it may have a password
        raise ImproperlyConfigured(f"{name} is not understood: {shape}")
    if not find_spec("redis"):
        raise ImproperlyConfigured(
            f"{name} names Redis, for which the library is missing: .venv/bin/pip install redis."
        )
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address}
