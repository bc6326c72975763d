"""The tests' database, made from the models: migrating an empty one takes a minute of processor.

tests/test_upgrade.py holds that migrations make the same.
"""

import hashlib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from disbursements.totals import keeping


class NoMigrations:
    """In place of `MIGRATION_MODULES`: no app has any, so its tables come from its models."""

    def __contains__(self, label: str) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


def begin() -> None:
    settings.MIGRATION_MODULES = NoMigrations()


def record_migrations() -> None:
    """Give the apps their migrations back, all of them as applied."""
    settings.MIGRATION_MODULES = {}
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    there = recorder.applied_migrations()
    Row: Any = recorder.Migration
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    missing = known.keys() - there.keys()
    Row.objects.bulk_create(Row(app=app, name=name) for app, name in missing)
    keeping.add_up(connection)  # a table more: SQLite's seal of the totals is broken


def fingerprint() -> str:
    """Another one as soon as a migration is added or changed."""
    digest = hashlib.blake2b(digest_size=6)
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path).glob("migrations/0*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
