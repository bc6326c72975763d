"""Guards in the database itself, behind every door (shell and admin too): see `sql/`.

SQLite silently drops a table's triggers when a migration rebuilds the table, so `post_migrate`
installs the guards anew, and a system check says when they are missing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.db import Error, IntegrityError
from django.utils.translation import gettext as _

from core.services.errors import Conflict

TABLES = (
    "disbursements_disbursement",
    "disbursements_planversion",
    "disbursements_planline",
    "disbursements_planamount",
)


@cache
def statements(vendor: str) -> list[str]:
    """The CREATE statements for a database vendor ('sqlite' or 'postgresql')."""
    path = Path(__file__).parent / "sql" / f"guards.{vendor}.sql"
    return [part.strip() for part in path.read_text("utf-8").split("--;") if part.strip()]


def install(connection: Any) -> None:
    """(Re)install all guards; does nothing while the tables do not exist."""
    if not set(TABLES) <= set(connection.introspection.table_names()):
        return
    remove(connection)
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop all guards: only for emptying a test database."""
    with connection.cursor() as cursor:
        for kind, name, table in _objects(connection.vendor):
            if kind == "FUNCTION":
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
            elif connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            elif table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def missing(connection: Any) -> list[str]:
    """Names of the guards that are not in the database."""
    sql = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {tuple(row) for row in cursor.fetchall()}
    wanted = [(name, table) for kind, name, table in _objects(connection.vendor) if table]
    return [f"{name} ON {table}" for name, table in wanted if (name, table) not in there]


def _objects(vendor: str) -> list[tuple[str, str, str]]:
    """(kind, name, table) of each trigger and function that the statements create."""
    found = []
    for statement in statements(vendor):
        if match := re.search(r"CREATE FUNCTION (\w+)", statement):
            found.append(("FUNCTION", match[1], ""))
        elif match := re.search(r"CREATE TRIGGER (\w+) .*?\bON (\w+)", statement, re.S):
            found.append(("TRIGGER", match[1], match[2]))
    return found


@contextmanager
def explained() -> Iterator[None]:
    """Turn a guard's refusal into a `Conflict` that a person can read."""
    try:
        yield
    except IntegrityError as error:
        raise (_explain(error) or error) from error


def _explain(error: Error) -> Conflict | None:
    text = str(error)
    if "portal: period closed" in text:
        return Conflict(_("The month is closed. Give a date in an open month."), "period_closed")
    if "portal: posted row" in text:
        return Conflict(_("A posted row is never changed: reverse it instead."), "posted")
    if "portal: reversal" in text:
        return Conflict(
            _("A reversal takes back what is left of a posted disbursement, and no more."), "state"
        )
    if "portal: approved plan" in text:
        return Conflict(_("An approved plan is read only: draft a revision."), "approved")
    if "disbursement_four_eyes" in text or "plan_four_eyes" in text:
        return Conflict(_("Who submits may not post or approve."), "four_eyes")
    return None
