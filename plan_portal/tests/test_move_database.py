"""From one kind of database to the other and back: the same rows to the last letter."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from disbursements.ledger import services as ledger
from plan_portal.backup import facts, moving
from plan_portal.tests.backup_places import elsewhere
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def scene():
    """Guarded rows of all kinds: posted, reversed, an approved plan; and the trail of it all."""
    make.plan(make.line("GBV-01", amounts={1: 5_000_000}))
    row = make.posted(3_000_000)
    ledger.reverse(actor=row.posted_by, disbursement=row, reason="Nhầm xã")
    make.draft(1_000_000), make.training()


def refused(url):
    with pytest.raises(CommandError) as caught:
        call_command("move_database", url)
    return str(caught.value)


def test_all_of_it_moves_to_sqlite_and_nothing_into_a_full_place(tmp_path, capsys):
    scene()
    url = f"sqlite:///{tmp_path / 'moved.sqlite3'}"
    call_command("move_database", url)
    assert capsys.readouterr().out.startswith("Moved and proved equal: ")
    with moving._both(url) as (source, target):
        there, here = facts.read(target), facts.read(source)
    assert there["posted"] == here["posted"] == {"rows": 2, "amount": 0}
    rows = [
        {name: table["rows"] for name, table in each["tables"].items()} for each in (there, here)
    ]
    assert rows[0] == rows[1]
    assert "The target is not empty: " in refused(url)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "", "sqlite://", "postgres://"])
def test_nonsense_for_a_target_is_a_sentence(url):
    assert refused(url).startswith("The target ")


def test_a_database_that_waits_for_a_migration_is_refused(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reports'")
    assert "run migrate first" in refused(f"sqlite:///{tmp_path / 'moved.sqlite3'}")


@pytest.mark.slow
@pytest.mark.postgres_only
def test_there_and_back_is_what_it_was(tmp_path):
    scene()
    before = _contents()
    url = f"sqlite:///{tmp_path / 'moved.sqlite3'}"
    call_command("move_database", url)
    with elsewhere(tmp_path):
        base = os.environ["DATABASE_URL"].rpartition("/")[0]
        done = subprocess.run(
            [sys.executable, "manage.py", "move_database", f"{base}/{_name()}"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert _contents() == before
        assert make.posted(1_000).number == 3  # numbers and ids go on


def _name():
    return connection.settings_dict["NAME"]


def _contents():
    found = facts.read(connection)["tables"]
    del found["django_migrations"]  # when each was applied
    return found
