"""Two nodes that start together: `migrate` runs one at a time, so each table is made once."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection

from tests import first_state
from tests.browser.served import database_url

TABLES = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog")
UNDONE = [*(f"DROP TABLE IF EXISTS {name}" for name in TABLES), "DROP TABLE axes_accesslog"]
UNDONE += ["DELETE FROM django_migrations WHERE app = 'axes'"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_migrate_at_once_are_one_after_the_other(tmp_path):
    address = database_url()
    if connection.vendor == "sqlite":
        first_state.write_to(tmp_path / "portal.sqlite3")
        address = f"sqlite:///{tmp_path / 'portal.sqlite3'}"
        with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as file:
            file.executescript(";".join(UNDONE))
    else:
        with connection.cursor() as cursor:
            cursor.execute(";".join(UNDONE))
    env = {**os.environ, "DATABASE_URL": address, "DEBUG": "0", "SECRET_KEY": "k" * 50}
    env["DJANGO_SETTINGS_MODULE"] = "plan_portal.settings"
    both = [
        subprocess.Popen(
            [sys.executable, "manage.py", "migrate", "--skip-checks"],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _n in range(2)
    ]
    said = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted("Applying axes.0001" in out for out, _err in said) == [False, True]
    assert sum("waiting until it has ended" in err for _out, err in said) <= 1
