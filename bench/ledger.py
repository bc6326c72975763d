"""A ledger of a given size, written straight into the tables with all that posting leaves.

The demo (migrated and loaded as it is) and, until the size is reached, rows like its own: numbered,
with their trail (entered, submitted, posted), the counters of numbers, the totals beside the ledger
(ADR 41) and the order of changes (ADR 37). Guards, triggers and indexes are set aside while rows
are written and put back before anything is measured; `check_ledger` holds on the result.

The shape is the same at every size: five fiscal years of twelve months, four programmes, five
communes, eighteen activities, three funds. Rows stand in the order of their days, and were posted
one after the other over the last five years. `WAITING` wait for approval and `DRAFTS` are drafts,
in the last two months: what an office has in hand does not grow with its years.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from bench import sql
from disbursements import guards
from disbursements.models import Disbursement, NumberCounter
from disbursements.totals import keeping
from plan_portal.api import resources
from programs.models import FiscalYear, GoLive, Period
from reports.changes import sources, triggers

YEARS = ("2021", "2022", "2023", "2024", "2025")  # the same communes in each
MONTHS = 12 * len(YEARS)
WAITING, DRAFTS = 1_300, 100
SHAPE = (
    "5 fiscal years (2021 to 2025) of 12 months, 4 programmes, 5 communes, 18 activities, 3 funds; "
    f"{WAITING:,} rows wait and {DRAFTS} are drafts at every size, all others are posted"
)
TABLES = (
    "disbursements_disbursement",
    "disbursements_historicaldisbursement",
    "reports_change",
)


def build(size: int, waiting: int = WAITING, drafts: int = DRAFTS) -> None:
    """Fill the demo's database up to so many rows of the ledger; it holds no others yet."""
    count = size - Disbursement.objects.count() - waiting - drafts
    posted = max(count - count % MONTHS, 0)
    with _set_aside(), connection.cursor() as cursor:
        _patterns(cursor)
        _months(cursor)
        before = Disbursement.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        history = Disbursement.history.order_by("-pk").values_list("pk", flat=True).first() or 0
        kinds = (("posted", posted), ("submitted", waiting), ("draft", drafts))
        for first, (status, rows) in enumerate(kinds):
            skipped = before + sum(number for _, number in kinds[:first])
            if rows:
                cursor.execute(sql.rows(status, rows, skipped, _people()))
        cursor.execute(sql.trail(before, history))
        _counters(cursor)
    _afterwards(history)


def _people() -> dict[str, int]:
    users = apps.get_model("accounts", "User").objects
    return {name: users.get(username=name).pk for name in ("dieuphoi", "quanly")}


@contextmanager
def _set_aside() -> Iterator[None]:
    """Without guards, triggers and indexes: they are there again afterwards, as they were."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        indexes = sql.indexes(cursor, vendor, TABLES)
        if vendor == "sqlite":
            guards.remove(connection)
            triggers.remove(connection)
        for statement in sql.CHECKS_OFF[vendor]:
            cursor.execute(statement)
        for name, _statement in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        with transaction.atomic():
            yield
        for _name, statement in indexes:
            cursor.execute(statement)
        for statement in sql.CHECKS_ON[vendor]:
            cursor.execute(statement)


def _patterns(cursor: Any) -> None:
    """The demo's rows, one for each activity in each commune: what others are like."""
    keys = ("activity_id", "commune_id", "fund_id")
    cursor.execute(
        f"CREATE TEMPORARY TABLE bench_pattern AS SELECT ROW_NUMBER() OVER (ORDER BY id) - 1 AS i,"
        f" d.* FROM {TABLES[0]} d WHERE id IN"
        f" (SELECT MIN(id) FROM {TABLES[0]} WHERE reverses_id IS NULL GROUP BY {', '.join(keys)})"
    )
    cursor.execute("CREATE UNIQUE INDEX bench_pattern_i ON bench_pattern (i)")


def _months(cursor: Any) -> None:
    """The months that rows fall into, with the last number given in each one's year."""
    last = dict(NumberCounter.objects.values_list("fiscal_year_id", "last"))
    area = Disbursement.objects.values_list("period__area_id", flat=True)[:1]
    months = Period.objects.filter(fiscal_year__code__in=YEARS, area_id__in=list(area))
    cursor.execute(
        "CREATE TEMPORARY TABLE bench_month (i integer PRIMARY KEY, period_id bigint,"
        " fiscal_year_id bigint, quarter integer, start date, given bigint, open integer)"
    )
    opened = 0
    for place, month in enumerate(months.order_by("start")):
        values = [place, month.pk, month.fiscal_year_id, month.quarter, month.start]
        given = last.get(month.fiscal_year_id, 0)
        number = None if month.is_closed else opened
        opened += number is not None
        cursor.execute(
            "INSERT INTO bench_month VALUES (%s, %s, %s, %s, %s, %s, %s)", [*values, given, number]
        )


def _counters(cursor: Any) -> None:
    cursor.execute(
        f"SELECT fiscal_year_id, MAX(number) FROM {TABLES[0]}"
        " WHERE number IS NOT NULL GROUP BY fiscal_year_id"
    )
    for year, last in cursor.fetchall():
        NumberCounter.objects.update_or_create(fiscal_year_id=year, defaults={"last": last})


def _afterwards(history: int) -> None:
    """What the database's own triggers would have written."""
    day = FiscalYear.objects.filter(code__in=YEARS).order_by("start")[0].start
    GoLive.objects.get_or_create(defaults={"day": day})  # of the first row that is no history
    using = connection.alias
    guards.install(connection)
    triggers.install(using, sources.sources(resources()))
    with connection.cursor() as cursor:
        cursor.execute(sql.changes(connection.vendor, history))
        for statement in sql.sequences(connection.vendor, TABLES):
            cursor.execute(statement)
        cursor.execute("DROP TABLE bench_pattern")
        cursor.execute("DROP TABLE bench_month")
        if connection.vendor == "postgresql":  # as its autovacuum does; nobody does on SQLite
            cursor.execute("VACUUM ANALYZE")
    keeping.add_up(connection)  # to SQLite dropped tables are another schema


def described() -> dict[str, Any]:
    """What a ledger is made of, counted."""
    found = Disbursement.objects.order_by()
    states = {s: found.filter(status=s).count() for s in ("posted", "submitted", "draft")}
    cuts = ("fiscal_year", "period", "program", "commune", "activity", "fund")
    return {
        "rows": sum(states.values()),
        **states,
        "trail": Disbursement.history.count(),
        **{cut: found.values(cut).distinct().count() for cut in cuts},
        "built": timezone.now().isoformat(timespec="seconds"),
    }
