"""The totals kept beside the ledger: whether they can be trusted, and adding them up anew.

The database's own triggers write them in the statement that posts (`sql/totals.*.sql`). They count
only while the triggers are those under which the totals were last added up (`MARK`), while they add
up to the year's sum (both are kept, by other triggers), and while the year has as many rows as its
last number says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.utils.dateparse import parse_date

from disbursements.models import LedgerTotal, LedgerYear, TotalsSeal
from programs.models import FiscalYear

KEY = "fiscal_year_id, program_id, commune_id, quarter, activity_id, fund_id"
MARK = {
    # Raised by whatever creates or drops a table, an index or a trigger.
    "sqlite": "SELECT CAST(schema_version AS text) FROM pragma_schema_version",
    # A trigger that was dropped, made anew, disabled or enabled has another row.
    "postgresql": """
        SELECT md5(string_agg(concat(oid, '.', xmin, '.', tgenabled), ' ' ORDER BY oid))
        FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid IN (
            'disbursements_disbursement'::regclass, 'disbursements_ledgertotal'::regclass)""",
}
YEARS = """SELECT y.id, COALESCE(k.rows, 0), COALESCE(k.amount, 0), k.latest,
        COALESCE(k.kept_rows, 0), COALESCE(k.kept, 0),
        COALESCE((SELECT MAX(number) FROM disbursements_disbursement
                  WHERE fiscal_year_id = y.id), 0),
        EXISTS (SELECT 1 FROM disbursements_disbursement
                WHERE fiscal_year_id = y.id AND status = 'submitted'),
        (SELECT mark FROM disbursements_totalsseal), ({mark})
    FROM programs_fiscalyear y
    LEFT JOIN disbursements_ledgeryear k ON k.fiscal_year_id = y.id"""
ADDED_UP = f"""
    INSERT INTO disbursements_ledgertotal ({KEY}, month, amount, rows)
    SELECT {KEY}, start, SUM(amount), COUNT(*)
    FROM (SELECT d.*, p.start FROM disbursements_disbursement d
          JOIN programs_period p ON p.id = d.period_id WHERE d.status = 'posted') posted
    GROUP BY {KEY}, start"""  # noqa: S608 - our own words
YEARS_ADDED_UP = """
    INSERT INTO disbursements_ledgeryear
        (fiscal_year_id, amount, rows, latest, kept, kept_rows)
    SELECT fiscal_year_id, SUM(amount), COUNT(*), MAX(date), 0, 0
    FROM disbursements_disbursement WHERE status = 'posted' GROUP BY fiscal_year_id"""


@dataclass(frozen=True)
class Year:
    """A fiscal year whose totals can be trusted: the latest day of what is posted (`date.min` where
    nothing is), whether anything waits for approval, and how many rows are posted."""

    latest: date
    waits: bool
    rows: int


def trusted(connection: BaseDatabaseWrapper) -> dict[int, Year]:
    """The fiscal years whose totals can be trusted, by primary key."""
    return {pk: year for pk, year in _years(connection) if year is not None}


def posted_rows(connection: BaseDatabaseWrapper) -> int | None:
    """How many rows are posted; None where the totals of a year cannot be trusted."""
    found = [year and year.rows for _pk, year in _years(connection)]
    return None if None in found else sum(rows or 0 for rows in found)


def _years(connection: BaseDatabaseWrapper) -> Iterator[tuple[int, Year | None]]:
    """Every fiscal year; None for one whose totals cannot be trusted."""
    with connection.cursor() as cursor:
        cursor.execute(YEARS.format(mark=MARK[connection.vendor]))
        found = cursor.fetchall()
    for pk, rows, amount, latest, kept_rows, kept, last, waits, *marks in found:
        is_so = marks[0] == marks[1] and rows == last == kept_rows and amount == kept
        yield pk, Year(_day(latest), bool(waits), rows) if is_so else None


def _day(found: date | str | None) -> date:
    if isinstance(found, str):  # SQLite's
        return parse_date(found) or date.min
    return found or date.min


def add_up(connection: BaseDatabaseWrapper) -> None:
    """Add all totals up from the ledger, while nobody posts."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE disbursements_ledgertotal IN SHARE ROW EXCLUSIVE MODE")
        for model in (LedgerTotal, LedgerYear, TotalsSeal):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
        cursor.execute(YEARS_ADDED_UP)
        cursor.execute(ADDED_UP)
        seal(cursor, connection.vendor)


def seal(cursor: CursorWrapper, vendor: str) -> None:
    """Write down the mark of the triggers under which the totals were added up."""
    cursor.execute(f"INSERT INTO disbursements_totalsseal (one, mark) SELECT 1, ({MARK[vendor]})")


def whole(connection: BaseDatabaseWrapper) -> bool:
    """Whether the totals of every fiscal year can be trusted."""
    return sealed(connection) and len(trusted(connection)) == FiscalYear.objects.count()


def sealed(connection: BaseDatabaseWrapper) -> bool:
    """Whether the triggers are still those under which the totals were added up."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mark = ({MARK[connection.vendor]}) FROM disbursements_totalsseal")  # noqa: S608
        found = cursor.fetchone()
    return bool(found and found[0])
