"""The statements that write a ledger (`ledger.py`), for SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from disbursements.models import Disbursement

LEDGER = Disbursement._meta.db_table
TRAIL = Disbursement.history.model._meta.db_table
SPAN = 5 * 365 * 24 * 3600 - 3600  # seconds over which rows were posted, until an hour ago
DAY = 24 * 3600

CHECKS_OFF = {
    "sqlite": ("PRAGMA foreign_keys = OFF",),
    "postgresql": ("SET session_replication_role = replica",),  # no triggers, no keys
}
CHECKS_ON = {
    "sqlite": ("PRAGMA foreign_keys = ON",),
    "postgresql": ("SET session_replication_role = DEFAULT",),
}
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master"
    " WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s",
    "postgresql": "SELECT indexname::text, indexdef FROM pg_indexes WHERE tablename = %s"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint"
    " WHERE conindid = quote_ident(indexname)::regclass)",
}


def indexes(cursor: Any, vendor: str, tables: Sequence[str]) -> list[tuple[str, str]]:
    """(name, CREATE INDEX …) of all that no constraint needs."""
    found: list[tuple[str, str]] = []
    for table in tables:
        cursor.execute(INDEXES[vendor], [table])
        found += cursor.fetchall()
    return found


def rows(status: str, count: int, skipped: int, people: Mapping[str, int]) -> str:
    """So many rows in one state, with ids from `skipped` + 1 on: posted ones over all months,
    others in the last two that are open."""
    is_posted = status == "posted"
    place = f"s.n * 60 / {count}" if is_posted else "(SELECT MAX(open) FROM bench_month) - s.n % 2"
    age = f"CAST({SPAN} - s.n * {SPAN} / {count} + 3600 AS integer)" if is_posted else "7200"
    letter, each_year = status[0].upper(), count // 5 or 1
    voucher = f"'{letter}' || s.n"
    of_month = "m.i" if is_posted else "m.open"
    writes: dict[str, str] = {
        "id": f"{skipped} + 1 + s.n",
        "search_key": f"REPLACE(p.search_key, LOWER(p.voucher_no), LOWER({voucher}))",
        "version": {"posted": "3", "submitted": "2", "draft": "1"}[status],
        "number": f"m.given + s.n % {each_year} + 1" if is_posted else "NULL",
        "fiscal_year_id": "m.fiscal_year_id",
        "period_id": "m.period_id",
        "quarter": "m.quarter",
        "date": _day("m.start", f"s.n * 60 % {count} * 28 / {count}"),
        "voucher_date": "NULL",
        "amount": "1 + s.n * 7919 % 10000000",
        "voucher_no": voucher,
        "status": f"'{status}'",
        "origin": "'portal'",
        "reversed_amount": "0",
        "reverses_id": "NULL",
        "created_by_id": str(people["dieuphoi"]),
        "created_at": _ago(f"{age} + {2 * DAY}"),
        "submitted_by_id": "NULL" if status == "draft" else str(people["dieuphoi"]),
        "submitted_at": "NULL" if status == "draft" else _ago(f"{age} + {DAY}"),
        "posted_by_id": str(people["quanly"]) if is_posted else "NULL",
        "posted_at": _ago(age) if is_posted else "NULL",
    }
    names = [str(field.column) for field in Disbursement._meta.concrete_fields]
    values = [writes.get(name, f"p.{name}") for name in names]
    return _insert(
        LEDGER,
        names,
        f"SELECT {', '.join(values)} FROM s JOIN bench_month m ON {of_month} = {place}"
        " JOIN bench_pattern p ON p.i = s.n * 7 % (SELECT COUNT(*) FROM bench_pattern)"
        " ORDER BY s.n",
        count,
    )


STEPS = {  # what a row was then, where that is another than now
    1: {
        "status": "'draft'",
        "version": "1",
        "submitted_by_id": "NULL",
        "submitted_at": "NULL",
    },
    2: {"status": "'submitted'", "version": "2"},
    3: {},
}
NOT_YET_POSTED = dict.fromkeys(("number", "posted_by_id", "posted_at"), "NULL")


def trail(before: int, last: int) -> str:
    """Entered, submitted, posted, for each row behind an id, one after the other."""
    model = Disbursement.history.model
    names = [model._meta.get_field(field.name).column for field in model.tracked_fields]
    values = [_by_step(name) for name in names]
    moment = "CASE step WHEN 1 THEN d.created_at WHEN 2 THEN d.submitted_at ELSE d.posted_at END"
    said = {
        "history_id": f"{last} + ROW_NUMBER() OVER (ORDER BY d.id, step)",
        "history_date": moment,
        "history_type": "CASE step WHEN 1 THEN '+' ELSE '~' END",
        "history_user_id": "CASE step WHEN 3 THEN d.posted_by_id ELSE d.created_by_id END",
        "history_change_reason": "CASE step WHEN 1 THEN 'được nhập' WHEN 2 THEN 'được trình duyệt'"
        " ELSE 'được ghi sổ' END",
    }
    steps = "(SELECT 1 AS step UNION ALL SELECT 2 UNION ALL SELECT 3)"
    return _insert(
        TRAIL,
        [*names, *said],
        f"SELECT {', '.join([*values, *said.values()])} FROM {LEDGER} d JOIN {steps} steps"
        " ON step <= CASE d.status WHEN 'posted' THEN 3 WHEN 'submitted' THEN 2 ELSE 1 END"
        f" WHERE d.id > {before} ORDER BY d.id, step",
    )


def _by_step(name: str) -> str:
    then = {step: (NOT_YET_POSTED if step < 3 else {}) | STEPS[step] for step in STEPS}
    if not any(name in values for values in then.values()):
        return f"d.{name}"
    cases = " ".join(f"WHEN {n} THEN {values.get(name, f'd.{name}')}" for n, values in then.items())
    return f"CASE step {cases} END"


def changes(vendor: str, last: int) -> str:
    """The order of changes: one for each line of the trail behind an id."""
    xid = "pg_current_xact_id()::text::bigint" if vendor == "postgresql" else "0"
    is_new = "history_type = '+'"
    names = ("xid", "at", "resource", "record", "change", "program_id", "commune_id")
    values = (
        *(xid, "history_date", "'disbursements'", "id"),
        f"CASE WHEN {is_new} THEN 'C' ELSE 'U' END",
        *(f"CASE WHEN {is_new} THEN NULL ELSE {name} END" for name in names[-2:]),
    )
    return (
        f"INSERT INTO reports_change ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM {TRAIL} WHERE history_id > {last} ORDER BY history_id"
    )


def sequences(vendor: str, tables: Sequence[str]) -> list[str]:
    """Ids go on behind those that were given; SQLite sees to it itself."""
    if vendor == "sqlite":
        return []
    keys = {TRAIL: "history_id"}
    return [
        f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), MAX({key})) FROM {table}"
        for table in tables
        for key in [keys.get(table, "id")]
    ]


def _insert(table: str, names: Sequence[str], select: str, count: int = 0) -> str:
    """With the numbers from 0 to `count` - 1 as `s.n`."""
    series = {
        "sqlite": "s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {0})",
        "postgresql": "s(n) AS (SELECT generate_series(0, {0}::bigint - 1))",
    }[connection.vendor]
    given = f"WITH RECURSIVE {series.format(count)} " if count else ""
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) {given}{select}"


def _day(first: str, days: str) -> str:
    if connection.vendor == "sqlite":
        return f"DATE({first}, '+' || ({days}) || ' days')"
    return f"{first} + ({days})::integer"


def _ago(seconds: str) -> str:
    if connection.vendor == "sqlite":
        return f"DATETIME('now', '-' || ({seconds}) || ' seconds')"
    return f"date_trunc('second', now()) - ({seconds}) * interval '1 second'"
