"""The settings of several nodes, read as strictly as those of `plan_portal.environment`."""

import json
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import Storage
from django.utils.module_loading import import_string

from plan_portal.environment import database_url, text

MEMORY, DATABASE = "memory", "database"
MOST = 100_000  # entries; what is over goes first


def cache(name: str, engine: str) -> dict[str, object]:
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


def _options() -> dict[str, object]:
    return {"OPTIONS": {"MAX_ENTRIES": MOST}}


def _redis(name: str, address: str, shape: str) -> dict[str, object]:
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


def replica(name: str, primary: dict[str, Any]) -> dict[str, object]:
    """A replica of the database in use, asked as that is; two seconds without it are enough."""
    config = database_url("", name)
    if not primary["ENGINE"].endswith("postgresql") or config["ENGINE"] != primary["ENGINE"]:
        raise ImproperlyConfigured(f"{name} needs PostgreSQL, there and in DATABASE_URL.")
    options = {"connect_timeout": 2, **primary["OPTIONS"], **config.get("OPTIONS", {})}
    options.pop("target_session_attrs", None)
    return {**primary, **config, "OPTIONS": options, "TEST": {"MIRROR": "default"}}


def marks() -> dict[str, object]:
    """What says who has written how much, in the database itself and apart from what may go."""
    place = {"LOCATION": "portal_marks"}
    return {"BACKEND": "plan_portal.nodes.cache.SharedCache", **place, **_options()}


def storage(name: str) -> dict[str, Any]:
    """The class that keeps uploaded files, with what NAME_OPTIONS gives it."""
    path = text(name, "core.services.whole_files.WholeFiles")
    try:
        right = issubclass(import_string(path), Storage)
    except (ImportError, TypeError):
        right = False
    if not right:
        raise ImproperlyConfigured(
            f"{name} is “{path}”, which is no storage of files: give the path of its class, as in "
            "storages.backends.s3.S3Storage, and install its library."
        )
    try:
        options = json.loads(text(f"{name}_OPTIONS", "{}"))
    except ValueError:
        options = None
    if not isinstance(options, dict):  # never shown: they may have a password
        raise ImproperlyConfigured(
            f"{name}_OPTIONS is not understood: give a JSON object, as in "
            '{"bucket_name": "portal"}.'
        )
    return {"BACKEND": path, "OPTIONS": options}
