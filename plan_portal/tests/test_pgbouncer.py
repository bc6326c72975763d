"""Behind PgBouncer what a connection was given when it started is the role's to say."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from plan_portal.backup import postgresql
from plan_portal.backup.errors import BackupError
from plan_portal.nodes import checks


def said(monkeypatch, settings, behind, waits_for_ever):
    answer = SimpleNamespace(execute=lambda _sql: None, fetchone=lambda: (waits_for_ever, "portal"))
    there = {"default": SimpleNamespace(cursor=lambda: nullcontext(answer))}
    monkeypatch.setattr(checks, "connections", there)
    settings.PGBOUNCER = behind
    return [each.hint for each in checks.waits_end(databases=["default"])]


def test_a_role_that_waits_for_ever_is_named(monkeypatch, settings):
    [hint] = said(monkeypatch, settings, True, True)
    assert "ALTER ROLE portal SET lock_timeout" in hint
    assert (
        said(monkeypatch, settings, True, False) == said(monkeypatch, settings, False, True) == []
    )


def test_the_backup_does_not_go_through_it(settings):
    settings.PGBOUNCER = True
    with pytest.raises(BackupError, match="PGBOUNCER=0"):
        postgresql._run(SimpleNamespace(settings_dict={"NAME": "portal"}), "pg_dump")
