"""From one kind of database to the other and back: the same rows to the last letter."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from disbursements.ledger import services as ledger
from disbursements.totals import keeping
from plan_portal.backup import facts, moving, sqlite
from plan_portal.tests.backup_places import elsewhere
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def scene():
    """Guarded rows of all kinds: posted, reversed, an approved plan; and the trail of it all."""
    make.plan(make.line("GBV-01", amounts={1: 5_000_000}))
    row = make.posted(3_000_000)
    ledger.reverse(actor=row.posted_by, disbursement=row, reason="Nhầm xã")
    make.draft(1_000_000), make.training()


def in_use():
    """The address of the tests' own database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def moved(source, target):
    """`move_database` as it is run: a process of its own (its `migrate` is tests/test_upgrade.py's
    affair, and quick here)."""
    return subprocess.run(
        [sys.executable, "-m", "tests.quick_manage", "move_database", target],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": source, "SECRET_KEY": settings.SECRET_KEY},
        capture_output=True,
        text=True,
        check=False,
    )


def contents():
    """Rows of each table and the sum of what they hold, whatever order its columns stand in."""
    return {model._meta.db_table: moving._sum(model, "default") for model in moving._models()}


@pytest.mark.slow
def test_all_of_it_moves_and_what_cannot_is_refused(tmp_path):
    scene()
    path = tmp_path / "moved.sqlite3"
    done = moved(in_use(), f"sqlite:///{path}")
    assert done.returncode == 0 and "Moved and proved equal: " in done.stdout, done.stderr
    before = {name: rows for name, (rows, _sum) in contents().items()}
    if connection.vendor == "sqlite":
        there = sqlite.facts_of_file(connection, path)
        assert there["posted"] == {"rows": 2, "amount": 0}
        assert there["guards"] == facts.read(connection)["guards"]
        assert {n: there["tables"][n]["rows"] for n in before} == before
        again = moved(in_use(), f"sqlite:///{path}")
        assert again.returncode != 0 and "The target is not empty: " in again.stderr
        return
    with elsewhere(tmp_path):
        back = moved(f"sqlite:///{path}", in_use())
        assert back.returncode == 0, back.stderr
        now = contents()
        assert keeping.whole(connection)
        assert make.posted(1_000).number == 3  # numbers and ids go on
    assert now == contents()


@pytest.mark.any_database
@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x/y", "", "sqlite://", "postgres://", "postgres://x:y/z", "//"]
)
def test_nonsense_for_a_target_is_a_sentence(url):
    with pytest.raises(CommandError, match=r"^The target is no address"):
        call_command("move_database", url)


@pytest.mark.any_database
def test_a_database_that_waits_for_a_migration_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reports'")
    with pytest.raises(CommandError, match="run migrate first"):
        call_command("move_database", "sqlite:////nowhere/moved.sqlite3")
