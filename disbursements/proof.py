"""What a live ledger is proved by: `manage.py check_ledger` and its test.

Each check gives a sentence for everything that is broken, naming the row; none for a whole ledger.
Every figure is worked out here from the rows, in plain Python, and held against what the portal
keeps or answers. Nothing is changed: what tries the guards is taken back.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import F, FileField, Max
from django.db.models.fields.files import FieldFile

from accounts.models import User
from core.values.dates import format_date
from disbursements import guards
from disbursements.against_plan import CUTS, against_plan
from disbursements.models import (
    Disbursement,
    LedgerTotal,
    NumberCounter,
    PlanAmount,
    PlanLine,
    PlanState,
    PlanVersion,
    Status,
)
from disbursements.models.totals import KEY as TOTAL_KEY
from programs.models import FiscalYear, Period, add_months, month_end, quarter_bounds
from programs.summary_query import SummaryQuery

Broken = Iterator[str]

ALWAYS = date(9999, 12, 31)
# PostgreSQL's codes: for waiting too long (then the guard is only there), and for what the portal's
# own user may not do at all, because another owns the tables.
NOT_TRIED = ("55P03", "42501")
DIGESTS = ("sha256", "digest")  # what records call the SHA-256 of their file
MONEY = ("amount", "reversed_amount", "number", "status", "date", "origin", "quarter")
KEYS = ("activity_id", "program_id", "commune_id", "fund_id", "fiscal_year_id", "period_id")
PEOPLE = ("submitted_by_id", "posted_by_id", "reverses_id")
OF_A_PLAN = ("state", "number", "fiscal_year_id", "origin", "approved_by_id", "approved_at")


def trail() -> Broken:
    """Every row's newest line on the trail says what the row says; what was posted is still there,
    and the line that posted it names who did; plans likewise."""
    yield from _newest_lines(Disbursement, (*MONEY, *KEYS, *PEOPLE, "posted_at"), _name)
    yield from _newest_lines(PlanVersion, OF_A_PLAN, lambda row: f"plan {row['pk']}")
    history = Disbursement.history.filter(status=Status.POSTED).order_by("history_id")
    posted_by: dict[int, int | None] = {}
    for pk, who in history.values_list("id", "history_user_id"):
        posted_by.setdefault(pk, who)
    rows = dict(Disbursement.objects.posted().values_list("pk", "posted_by_id"))
    for pk in sorted(rows.keys() - posted_by.keys()):
        yield f"row {pk} is posted, and nothing on the trail posted it"
    for pk in sorted(posted_by.keys() - rows.keys()):
        yield f"row {pk} was posted, and is not in the ledger any more"
    for pk in sorted(rows.keys() & posted_by.keys()):
        if rows[pk] != posted_by[pk]:
            yield f"row {pk} was posted by person {posted_by[pk]}, and says by {rows[pk]}"


def _newest_lines(
    model: type[Disbursement] | type[PlanVersion],
    columns: tuple[str, ...],
    name: Callable[[dict[str, object]], str],
) -> Broken:
    history = model.history
    newest = history.order_by().values("id").annotate(last=Max("history_id")).values("last")
    said = {
        line["id"]: line
        for line in history.filter(pk__in=newest).exclude(history_type="-").values("id", *columns)
    }
    for row in model.objects.order_by("pk").values("pk", *columns).iterator():
        line = said.get(row["pk"])
        if line is None:
            yield f"{name(row)} is not on the trail"
            continue
        differ = [column for column in columns if row[column] != line[column]]
        if differ:
            yield f"{name(row)} differs from its trail in {', '.join(differ)}"


def numbers() -> Broken:
    """Posted rows of a year are numbered 1, 2, 3 … without a gap, and its counter stands there."""
    found: dict[str, list[int]] = defaultdict(list)
    for year, number in _posted().values_list("fiscal_year__code", "number"):
        found[year].append(number or 0)
    last = dict(NumberCounter.objects.values_list("fiscal_year__code", "last"))
    for year in sorted(found.keys() | last.keys()):
        given = sorted(found[year])
        if missing := sorted(set(range(1, (given or [0])[-1] + 1)) - set(given)):
            yield f"{year}: the numbers {_some(missing)} are missing"
        if twice := [number for number, count in Counter(given).items() if count > 1]:
            yield f"{year}: the numbers {_some(twice)} are given more than once"
        if last.get(year, 0) != (given or [0])[-1]:
            yield f"{year}: the counter stands at {last.get(year, 0)}, the last number is " + (
                f"{(given or [0])[-1]}"
            )


def reversals() -> Broken:
    """What an original says is reversed is the sum of its reversals, and no more than itself."""
    columns = ("pk", "number", "amount", "reversed_amount", "reverses_id", "status", "date")
    rows = {r["pk"]: r for r in Disbursement.objects.values(*columns, *KEYS).iterator()}
    back: Counter[int] = Counter()
    for row in rows.values():
        if row["reverses_id"] is None:
            continue
        original = rows[row["reverses_id"]]
        back[original["pk"]] -= row["amount"]
        if original["status"] != Status.POSTED or original["reverses_id"] is not None:
            yield f"{_name(row)} reverses {_name(original)}, which is no posted disbursement"
        if (row["activity_id"], row["fund_id"]) != (original["activity_id"], original["fund_id"]):
            yield f"{_name(row)} reverses {_name(original)} of another activity or fund"
        if row["date"] < original["date"]:
            yield f"{_name(row)} is dated before {_name(original)}, which it reverses"
    for pk, row in rows.items():
        if row["reverses_id"] is None and row["reversed_amount"] != back[pk]:
            said = row["reversed_amount"]
            yield f"{_name(row)}: reversed {said}, its reversals add up to {back[pk]}"
        if back[pk] > row["amount"] > 0:
            yield f"{_name(row)}: reversals of {back[pk]} are more than its {row['amount']}"


def sums() -> Broken:
    """By every cut, what is posted and planned adds up to the rows themselves."""
    everybody = User(username="check_ledger")
    everybody._grants = [(None, None)]  # type: ignore[attr-defined]  # sees everything; never saved
    money: Counter[int] = Counter()
    for pk, amount in _posted().values_list("fiscal_year_id", "amount").iterator():
        money[pk] += amount
    for year in FiscalYear.objects.order_by("start"):
        plan = PlanVersion.objects.approved().filter(fiscal_year=year).order_by("number").last()
        amounts = PlanAmount.objects.filter(line__plan_version=plan).values_list("amount")
        right = {"disbursed": money[year.pk], "planned": sum(amount for (amount,) in amounts)}
        for cut in ((), *((name,) for name in CUTS), CUTS):
            query = SummaryQuery.of_year(year, ALWAYS, by=cut)
            answer = against_plan(query, everybody)
            for side, sum_ in right.items():
                rows = [getattr(row, side) for row in answer.rows]
                for said in {getattr(answer.total, side), *([sum(rows)] if _all(rows) else [])}:
                    if said != sum_:
                        by = ", ".join(cut) or "nothing"
                        yield f"{year.code} by {by}: {side} {said}, the rows come to {sum_}"


def _all(rows: list[object]) -> bool:
    """Whether each row has a figure: a plan by months has none."""
    return bool(rows) and None not in rows


def totals() -> Broken:
    """What is kept beside the ledger is what its rows add up to."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    names = [name if name == "quarter" else f"{name}_id" for name in TOTAL_KEY[:-1]]
    for *key, amount in _posted().values_list(*names, "period__start", "amount").iterator():
        found[tuple(key)][0] += amount
        found[tuple(key)][1] += 1
    kept = {
        tuple(key): [amount, rows]
        for *key, amount, rows in LedgerTotal.objects.values_list(
            *names, "month", "amount", "rows"
        ).iterator()
    }
    for key in sorted(found.keys() | kept.keys()):
        if found.get(key, [0, 0]) != kept.get(key):
            of = ", ".join(f"{name} {value}" for name, value in zip(TOTAL_KEY, key, strict=True))
            said = kept.get(key, "nothing")
            yield f"the total of {of} is kept as {said}, its rows come to {found.get(key, [0, 0])}"


def rows() -> Broken:
    """Programme, month, quarter and year of a row follow from its activity and its day."""
    columns = ("pk", "number", "date", "quarter", "program_id", "fiscal_year_id")
    related = ("activity__program_id", "period__fiscal_year_id", "period__quarter")
    bounds = ("period__start", "period__end")
    for row in Disbursement.objects.values(*columns, *related, *bounds).iterator():
        if row["program_id"] != row["activity__program_id"]:
            yield f"{_name(row)} is not of its activity's programme"
        if not row["period__start"] <= row["date"] <= row["period__end"]:
            yield f"{_name(row)} of {format_date(row['date'])} stands in another month"
        if row["fiscal_year_id"] != row["period__fiscal_year_id"]:
            yield f"{_name(row)} is not of its month's fiscal year"
        if row["quarter"] != row["period__quarter"]:
            yield f"{_name(row)} is not of its month's quarter"


def plans() -> Broken:
    """Approved versions of a year are numbered 1, 2, 3 … in the order they were approved; lines are
    of their activity's programme."""
    found: dict[str, list[Any]] = defaultdict(list)
    approved = PlanVersion.objects.approved().select_related("fiscal_year").order_by("number")
    for version in approved:
        found[version.fiscal_year.code].append(version)
    for year, versions in sorted(found.items()):
        given = [version.number for version in versions]
        if given != list(range(1, len(given) + 1)):
            yield f"{year}: plan versions are numbered {_some(given)}"
        for one, next_ in pairwise(versions):
            if next_.approved_at and one.approved_at and next_.approved_at < one.approved_at:
                yield f"{year}: version {next_.number} was approved before {one.number}"
    for version in approved.exclude(origin="history"):
        if version.approved_by_id in (None, version.submitted_by_id):
            yield f"{version.fiscal_year.code}: version {version.number} had one pair of eyes"
    for line in PlanLine.objects.select_related("activity"):
        if line.program_id != line.activity.program_id:
            yield f"plan line {line.pk} is not of its activity's programme"
    for version in PlanVersion.objects.exclude(state=PlanState.APPROVED).exclude(number=None):
        yield f"plan {version.pk} has the number {version.number} and is not approved"


def periods() -> Broken:
    """A year has its twelve months, each whole and in its quarter; none took a row while closed."""
    for year in FiscalYear.objects.order_by("start"):
        areas: dict[int, list[Period]] = defaultdict(list)
        for period in year.periods.order_by("start"):
            areas[period.area_id].append(period)
            first, last = quarter_bounds(year.start, period.quarter)
            whole = period.start.day == 1 and period.end == month_end(period.start)
            if not (whole and first <= period.start and period.end <= last):
                yield f"{year.code}: the month {period.key} has other days or another quarter"
        wanted = [add_months(year.start, n) for n in range(12)]
        for area, months in areas.items():
            if missing := sorted(set(wanted) - {month.start for month in months}):
                said = _some([f"{month:%Y-%m}" for month in missing])
                yield f"{year.code}, area {area}: the months {said} are missing"
    yield from _posted_while_closed()


def _posted_while_closed() -> Broken:
    closed: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    lines = Period.history.order_by("id", "history_id")
    since: dict[int, datetime] = {}
    for pk, state, moment in lines.values_list("id", "state", "history_date"):
        if state == "closed":
            since.setdefault(pk, moment)
        elif pk in since:
            closed[pk].append((since.pop(pk), moment))
    for pk, moment in since.items():
        closed[pk].append((moment, None))
    posted = _posted().filter(period__in=closed)
    for row in posted.values("pk", "number", "period_id", "posted_at").iterator():
        for first, last in closed[row["period_id"]]:
            then = row["posted_at"]
            if then and then > first and (last is None or then < last):
                yield f"{_name(row)} was posted while its month was closed"


def files() -> Broken:
    """Every file of a voucher, comment or upload is there, and is the one that was kept."""
    for model in apps.get_models():
        rows: Any = model._base_manager.order_by("pk")
        fields = {field.name: field for field in model._meta.get_fields()}
        digest = next((name for name in DIGESTS if name in fields), None)
        if digest and isinstance(fields.get("file"), FileField):
            for row in rows.exclude(file="").iterator():
                if wrong := _wrong_with(row.file, getattr(row, digest)):
                    yield f"{model._meta.label} {row.pk}: its file {wrong}"


def _wrong_with(file: FieldFile, digest: str) -> str:
    try:
        with file.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if found == digest else "is not the one that was kept"


def guards_there() -> Broken:
    """The guards are in the database as they are written, and each that can be tried bites."""
    for name in guards.missing(connection):
        yield f"the guard {name} is missing, or an earlier one"
    for what, change in _forbidden():
        if said := _bite(change):
            yield f"{what}: {said}"


def _forbidden() -> Iterator[tuple[str, Callable[[], object]]]:
    """What nobody may do, on rows that are there."""
    more = {"amount": F("amount") + 1}
    rows = Disbursement.objects.filter(pk__in=_posted().values("pk")[:1])
    versions = PlanVersion.objects.filter(pk__in=PlanVersion.objects.approved().values("pk")[:1])
    amounts = PlanAmount.objects.filter(line__plan_version__state=PlanState.APPROVED)
    lines = Disbursement.history.filter(pk__in=Disbursement.history.values("pk")[:1])
    for what, found, how in (
        ("a posted row can be changed", rows, lambda: rows.update(**more)),
        ("a posted row can be deleted", rows, lambda: rows._raw_delete(rows.db)),
        ("an approved plan can be changed", amounts, lambda: amounts.update(**more)),
        ("an approved plan can be deleted", versions, lambda: versions._raw_delete(versions.db)),
        ("the trail can be changed", lines, lambda: lines.update(**more)),
        ("the trail can be deleted", lines, lambda: lines._raw_delete(lines.db)),
    ):
        if found.exists():
            yield what, how
    if connection.vendor == "postgresql":
        yield "the trail can be emptied", _empty_the_trail


def _empty_the_trail() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be left to be checked
        cursor.execute("SET LOCAL lock_timeout = '500ms'")  # it would keep everybody waiting
        cursor.execute("TRUNCATE disbursements_historicaldisbursement")


def _bite(change: Callable[[], object]) -> str:
    """What happens to a change that a guard must refuse; nothing where it does. Taken back."""
    try:
        with transaction.atomic():
            change()
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        text = str(refusal)
        refused = getattr(refusal.__cause__, "pgcode", "") in NOT_TRIED
        return (
            "" if refused or "portal: " in text else f"could not be tried ({text.splitlines()[0]})"
        )
    return "no guard refused it"


def _posted() -> Any:
    return Disbursement.objects.filter(status=Status.POSTED).order_by("pk")


def _name(row: Mapping[str, object]) -> str:
    number = row.get("number")
    return f"row {row['pk']}" + (f" (number {number})" if number else "")


def _some(found: Sequence[object], most: int = 10) -> str:
    """The first of a list, and how many more there are."""
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(map(str, found[:most])) + more


CHECKS: dict[str, Callable[[], Broken]] = {
    "trail": trail,
    "sums": sums,
    "totals": totals,
    "rows": rows,
    "numbers": numbers,
    "reversals": reversals,
    "plans": plans,
    "periods": periods,
    "files": files,
    "guards": guards_there,
}


def prove() -> dict[str, list[str]]:
    """What each check finds broken, as the ledger stands at one moment."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return {name: list(check()) for name, check in CHECKS.items()}
