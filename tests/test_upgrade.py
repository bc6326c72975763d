"""A database of before 0.6 is brought up to date: nothing is dropped, what is doubtful is listed.

`tests/samples/before_0_6.*` are such databases (version 0.5, reference data and a few records): two
open drafts of one programme, vouchers that are one but for case, spaces and dashes, control
characters in texts, a difficulty of September 2025 in a commune that ended in July.
"""

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "samples"
LEDGER = (
    "SELECT id, date, amount, voucher_no, payee, status, number FROM disbursements_disbursement"
)
LINES = "SELECT plan_version_id, activity_id, commune_id FROM disbursements_planline"
DIFFICULTIES = "SELECT id, title, commune_id FROM monitoring_difficulty"


@pytest.fixture
def old(tmp_path, db) -> Iterator[tuple[str, Any]]:
    """The address of a database of before, and how it is asked."""
    text = gzip.decompress(
        (SAMPLES / f"before_0_6.{connection.vendor}.sql.gz").read_bytes()
    ).decode()
    if connection.vendor == "sqlite":
        yield from _sqlite(tmp_path / "old.sqlite3", text)
    else:
        yield from _postgresql(text)


def _sqlite(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    with sqlite3.connect(path) as database:
        database.executescript(text)
    yield f"sqlite:///{path}", lambda sql: sqlite3.connect(path).execute(sql).fetchall()


def _postgresql(text: str) -> Iterator[tuple[str, Any]]:
    import psycopg2

    name = "plan_portal_of_before"
    used = settings.DATABASES["default"]
    place = {"host": used["HOST"], "port": used["PORT"] or None, "user": used["USER"]}
    place = {key: value for key, value in place.items() if value}
    admin = psycopg2.connect(dbname="postgres", password=used["PASSWORD"] or None, **place)
    admin.autocommit = True
    cursor = admin.cursor()
    cursor.execute(f"DROP DATABASE IF EXISTS {name}")
    cursor.execute(f"CREATE DATABASE {name}")

    def ask(sql: str) -> Any:
        with psycopg2.connect(dbname=name, password=used["PASSWORD"] or None, **place) as database:
            database.autocommit = True
            asked = database.cursor()
            asked.execute(sql)
            found = asked.fetchall() if asked.description else []
        database.close()
        return found

    ask(text)
    try:
        yield os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}", ask
    finally:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


STRUCTURE = {
    "sqlite": (
        """SELECT m.name, p.name, LOWER(p.type), p."notnull", p.dflt_value, p.pk
        FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'""",
        """SELECT m.name, f."from", f."table", f."to" FROM sqlite_master m
        JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'""",
        "SELECT tbl_name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql <> ''",
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%CONSTRAINT%'",
    ),
    "postgresql": (
        """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
            column_default, collation_name, is_identity
        FROM information_schema.columns WHERE table_schema = 'public'""",
        """SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
        "WHERE NOT tgisinternal",
    ),
}
# Tables of libraries; portal_cache is made by createcachetable, where the settings have it.
NOT_OURS = ("auth_", "account_", "django_", "knox_", "otp_", "axes_", "portal_")
NAMED = re.compile(r'INDEX "?\w+"?')  # an index keeps the name that its column had at first
CASTS = re.compile(r"::(?:text|character varying)(?:\[\])?|[()]")  # a restored check has others
CHECKS = re.compile(r'CONSTRAINT "\w+" (?:CHECK|UNIQUE) .*?(?=, CONSTRAINT|, "|\)$)')


def structure(ask: Callable[[str], Any]) -> list[set[tuple[str, ...]]]:
    """Columns, keys, checks, indexes and triggers, whatever order they stand in."""
    found = []
    for sql in STRUCTURE[connection.vendor]:
        rows: set[tuple[str, ...]] = set()
        for table, *parts in ask(sql):
            if table.startswith(NOT_OURS) or "gin_trgm_ops" in str(parts):
                continue  # the words' index is there only where its extension may be created
            texts = [NAMED.sub("INDEX", str(part)) for part in parts]
            if connection.vendor == "postgresql":
                texts = [CASTS.sub("", text) for text in texts]
            if texts[0].startswith("CREATE TABLE"):
                rows |= {(table, check) for check in CHECKS.findall(texts[0])}
            else:
                rows.add((table, *texts))
        found.append(rows)
    return found


def ask_own(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def run(command: list[str], database: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": database, "DEBUG": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_nothing_is_dropped_and_what_needs_a_person_is_listed(old):
    database, ask = old
    before = [sorted(ask(sql), key=repr) for sql in (LEDGER, LINES, DIFFICULTIES)]
    migrated = run(["migrate", "-v0"], database)
    assert migrated.returncode == 0, migrated.stderr
    assert [sorted(ask(sql), key=repr) for sql in (LEDGER, LINES, DIFFICULTIES)] == before
    for made, theirs in zip(structure(ask), structure(ask_own), strict=True):
        assert (sorted(made - theirs), sorted(theirs - made)) == ([], [])
    proved = run(["check_ledger"], database)
    assert proved.returncode == 0, proved.stdout + proved.stderr
    listed = run(["needs_attention", "--json"], database)
    assert listed.returncode == 0, listed.stderr
    found = json.loads(listed.stdout)
    assert {name: len(sentences) for name, sentences in found.items()} == {
        "two_drafts": 1,
        "vouchers_alike": 3,
        "unit_of_another_time": 1,
    }
