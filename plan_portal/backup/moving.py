"""From one kind of database to the other: SQLite to PostgreSQL, and back.

The target is migrated by this code, then takes every row of every model as it is (no days set
anew, no signals, the guards away until the end), in one transaction. Both are compared row by row.
"""

import hashlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from types import ModuleType
from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.color import no_style
from django.db import Error, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from disbursements import guards
from disbursements.models import LedgerTotal, LedgerYear, TotalsSeal
from disbursements.totals import keeping
from plan_portal.apps import follow_changes
from plan_portal.backup import facts, postgresql, sqlite
from plan_portal.backup.errors import BackupError
from reports.changes import triggers
from reports.models import Change

KINDS: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}
SOURCE, TARGET = "move_from", "move_to"
BATCH = 500
OWN = {Change, LedgerTotal, LedgerYear, TotalsSeal}  # each database makes its own
Sums = dict[str, tuple[int, int]]  # rows, and a sum of their contents, by table


def move(url: str) -> Sums:
    """Fills the empty database of that address with what is in the one in use; the sums of both.

    Raises `BackupError`; then the target is empty again. The database in use is only read.
    """
    if pending := facts.pending(connection):
        raise BackupError(f"The database waits for {pending[0]}: run migrate first.")
    with _both(url) as (_source, target):
        kind = KINDS[target.vendor]
        if there := kind.what_is_there(target):
            raise BackupError(f"The target is not empty: {there}. Name a new database.")
        try:
            _migrate(url)
            with transaction.atomic(using=TARGET):
                _fill(target)
            return _proved(target)
        except Error as error:
            kind.take_away(target)
            raise BackupError(f"The target did not take a row: {str(error).strip()}") from error
        except BaseException:
            kind.take_away(target)
            raise


@contextmanager
def _both(url: str) -> Iterator[tuple[BaseDatabaseWrapper, BaseDatabaseWrapper]]:
    """Connections to both: one that sees the source as it is now, one to the target."""
    own = connection.settings_dict
    connections.settings[SOURCE] = {**own, "OPTIONS": {}}
    connections.settings[TARGET] = {**own, "OPTIONS": {}, "CONN_MAX_AGE": 0, **_config(url)}
    source, target = connections[SOURCE], connections[TARGET]
    try:
        source.set_autocommit(False)
        with source.cursor() as cursor:
            if source.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            else:
                cursor.execute("BEGIN")
        yield source, target
    finally:
        for alias in (SOURCE, TARGET):
            connections[alias].close()
            del connections[alias], connections.settings[alias]


def _config(url: str) -> dict[str, object]:
    config: dict[str, object] = {}
    with warnings.catch_warnings(), suppress(ImproperlyConfigured, KeyError, ValueError):
        warnings.simplefilter("ignore")  # we say it ourselves
        config = environ.Env.db_url_config(url)
    vendor = str(config.get("ENGINE", "")).rpartition(".")[2].removesuffix("3")
    if vendor not in KINDS or config.get("NAME") in (None, "", ":memory:"):
        raise BackupError("The target is no address of a database: give it as in DATABASE_URL.")
    return config


def _migrate(url: str) -> None:
    """In a process of its own: migrations that fill tables ask the database in use."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise BackupError(f"The target could not be migrated: {said[-1]}")


def _fill(target: BaseDatabaseWrapper) -> None:
    guards.remove(target)
    triggers.remove(target)
    with target.cursor() as cursor:
        for model in _models():
            cursor.execute(f"DELETE FROM {target.ops.quote_name(model._meta.db_table)}")  # noqa: S608
        for model in _models():
            _copy(model)
        if target.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in target.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
    guards.install(target)
    follow_changes(TARGET)
    keeping.add_up(target)


def _copy(model: Any) -> None:
    rows = model._base_manager.using(SOURCE).order_by("pk").iterator(BATCH)
    fields = model._meta.local_concrete_fields
    while batch := list(islice(rows, BATCH)):
        for part in _parts(batch, fields):
            # As loaddata does: raw, so that no field sets a value of its own.
            model._base_manager.using(TARGET)._insert(part, fields=fields, using=TARGET, raw=True)


def _parts(batch: list[Model], fields: object) -> Iterator[list[Model]]:
    """As many rows as one statement of the target takes."""
    size = connections[TARGET].ops.bulk_batch_size(fields, batch) or 1
    for start in range(0, len(batch), size):
        yield batch[start : start + size]


def _proved(target: BaseDatabaseWrapper) -> Sums:
    wrong = [f"guard {name}: missing" for name in guards.missing(target)]
    before, after = (
        {m._meta.db_table: _sum(m, alias) for m in _models()} for alias in (SOURCE, TARGET)
    )
    wrong += [
        f"table {name}: {after[name][0]} rows, before {before[name][0]}, or another content"
        for name in before
        if before[name] != after[name]
    ]
    if wrong:
        raise BackupError("\n".join(["The target is not as the source:", *wrong]))
    return after


def _sum(model: type[Model], alias: str) -> tuple[int, int]:
    """Rows of a table and the sum of their digests, whatever order they come in."""
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows = total = 0
    for values in model._base_manager.using(alias).order_by().values_list(*names).iterator():
        digest = hashlib.sha256(json.dumps(values, default=repr, sort_keys=True).encode())
        rows, total = rows + 1, (total + int.from_bytes(digest.digest())) % 2**256
    return rows, total


def _models() -> list[type[Model]]:
    """Every model with a table of its own, but for those that each database fills by itself."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if not model._meta.proxy and model not in OWN]
