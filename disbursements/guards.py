"""Guards in the database itself, behind every door (shell and admin too): see `sql/`.

SQLite silently drops a table's triggers when a migration rebuilds the table, so `post_migrate`
installs the guards anew, and a system check says when one is missing or not as it is written here.
`OLD.<frozen>` in a statement stands for all the columns that posting freezes; one with `<history>`
or `<ledger>` for a table is made for each of them. With them come the triggers that keep the totals
beside the ledger (`sql/totals.*.sql`), which are added up anew wherever one of them was missing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import Error, IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from core.services.errors import Conflict
from disbursements.fields import frozen_columns
from disbursements.totals import keeping

LEDGER = (
    "disbursements_disbursement",
    "disbursements_planversion",
    "disbursements_planline",
    "disbursements_planamount",
    "disbursements_disbursement_makers",
    "disbursements_planversion_makers",
    "programs_golive",
    "disbursements_planprogram",
    "disbursements_numbercounter",
    "disbursements_attachment",
    "disbursements_costlink",
)
HISTORY = (  # what was done to the money and to the months it stands in: added to, never changed
    "disbursements_historicaldisbursement",
    "disbursements_historicalplanversion",
    "disbursements_historicalattachment",
    "disbursements_historicalcostlink",
    "programs_historicalperiod",
)
TABLES = (*LEDGER, *HISTORY)
BESIDE = ("disbursements_ledgertotal", "disbursements_ledgeryear", "disbursements_totalsseal")


@cache
def statements(vendor: str) -> list[str]:
    """The CREATE statements for a database vendor ('sqlite' or 'postgresql')."""
    folder = Path(__file__).parent / "sql"
    files = [folder / f"{name}.{vendor}.sql" for name in ("guards", "totals")]
    text = re.sub(r"(OLD|NEW)\.<frozen>", _frozen, "\n--;\n".join(_read(each) for each in files))
    written = [part.strip() for part in text.split("--;") if part.strip()]
    return [made for part in written for made in _for_each_table(part)]


def _read(path: Path) -> str:
    new = ", ".join(f"NEW.{column}" for column in keeping.KEY.split(", "))
    return path.read_text("utf-8").replace("<key>", keeping.KEY).replace("<new>", new)


def _for_each_table(statement: str) -> list[str]:
    for word, tables in (("<history>", HISTORY), ("<ledger>", TABLES)):
        if word in statement:
            return [statement.replace(word, table) for table in tables]
    return [statement]


def _frozen(row: re.Match[str]) -> str:
    return ", ".join(f"{row[1]}.{column}" for column in frozen_columns())


def install(connection: BaseDatabaseWrapper) -> None:
    """Install all guards anew where one is missing, and have the totals added up under them; does
    nothing while the tables do not exist."""
    if not {*TABLES, *BESIDE} <= set(connection.introspection.table_names()):
        return
    if missing(connection):
        remove(connection)
        with connection.cursor() as cursor:
            for statement in statements(connection.vendor):
                cursor.execute(statement)
    if not keeping.sealed(connection):
        keeping.add_up(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop all guards: only for emptying a test database."""
    with connection.cursor() as cursor:
        for name, table, _text in _objects(connection.vendor):
            if not table:
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
            elif connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            elif table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the guards that are not in the database as they are written here."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        there = set(cursor.fetchall())
    wanted = _objects(connection.vendor)
    return [" ON ".join(filter(None, each[:2])) for each in wanted if each not in there]


INSTALLED = {  # as `_objects` has them
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT tgname::text, tgrelid::regclass::text, '' FROM pg_trigger
        WHERE NOT tgisinternal AND tgenabled <> 'D'
        UNION SELECT proname::text, '', prosrc FROM pg_proc WHERE proname LIKE 'portal_guard%'""",
}


def _objects(vendor: str) -> list[tuple[str, str, str]]:
    """(name, table, text) of each trigger and function that the statements create, the text as the
    database keeps it; functions have no table, triggers on PostgreSQL no text."""
    found = []
    for statement in statements(vendor):
        if match := re.search(r"CREATE FUNCTION (\w+).*\$guard\$(.*)\$guard\$", statement, re.S):
            found.append((match[1], "", match[2]))
        elif match := re.search(r"CREATE TRIGGER (\w+) .*?\bON (\w+).*", statement, re.S):
            found.append((match[1], match[2], match[0] if vendor == "sqlite" else ""))
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
    if "portal: trail" in text or "portal: ledger" in text:
        return Conflict(_("The ledger and its trail are never emptied or changed."), "history")
    if "disbursement_four_eyes" in text or "plan_four_eyes" in text:
        return Conflict(
            _("Who made, changed or submitted it does not post, approve or reverse it."),
            "four_eyes",
        )
    if "portal: history ended" in text:
        return Conflict(
            _("Loading history has ended: from the go-live day on, two people are needed."),
            "history_ended",
        )
    if "portal: go-live" in text:
        return Conflict(_("A later go-live day needs a reason and two people."), "four_eyes")
    return None
