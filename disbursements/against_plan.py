"""Plan against actual: the one function behind every screen, sheet, report and API answer.

Each side is grouped on its own, then both are merged on the union of keys, so that money without
a plan shows, and a plan without money too. Two to-many relations are never joined in one aggregate.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from accounts.models import User
from accounts.scope import within
from communes.lookups import successors
from core.values.money import rate
from disbursements.models import Disbursement, PlanAmount, PlanVersion, Status
from disbursements.plans.services import approved_version
from programs.models import FiscalYear, quarter_bounds

CUTS = ("program", "commune", "activity", "quarter", "month", "fund")


@dataclass(frozen=True)
class Question:
    """What is asked: a span of days, the cuts, and how to look at it.

    `years` are the fiscal years the span touches, in order; `start`..`end` is the span. `as_of`:
    rows dated up to that day. `known_at`: as the ledger stood at that moment. `programs`,
    `communes`, `activities`, `funds`: primary keys to keep; None keeps all. `new_units` reports
    under the units of after July 2025 (and then `communes` are the keys of those).
    """

    years: tuple[FiscalYear, ...]
    start: date
    end: date
    as_of: date
    by: tuple[str, ...] = ()
    plan: str = "current"
    known_at: datetime | None = None
    programs: frozenset[int] | None = None
    communes: frozenset[int] | None = None
    activities: frozenset[int] | None = None
    funds: frozenset[int] | None = None
    new_units: bool = False
    year_in_key: bool = False

    @classmethod
    def of_year(cls, year: FiscalYear, as_of: date, **options: Any) -> "Question":
        """The question about one whole fiscal year."""
        return cls(years=(year,), start=year.start, end=year.end, as_of=as_of, **options)


@dataclass
class Figures:
    """Money in đồng. `planned` and `planned_to_date` are None where the plan cannot be cut so."""

    planned: int | None = 0
    disbursed: int = 0
    pending: int = 0
    planned_to_date: int | None = 0

    @property
    def balance(self) -> int | None:
        """What remains of the plan; negative when more was disbursed."""
        return None if self.planned is None else self.planned - self.disbursed

    @property
    def rate(self) -> Decimal | None:
        """Disbursed against planned in percent, one decimal, half up; None without a plan."""
        return rate(self.disbursed, self.planned)

    @property
    def rate_to_date(self) -> Decimal | None:
        return rate(self.disbursed, self.planned_to_date)


@dataclass
class Row(Figures):
    """The figures of one key: `key` maps each cut to a primary key, quarter number or month."""

    key: dict[str, Any] = field(default_factory=dict)


@dataclass
class Answer:
    question: Question
    total: Figures
    rows: list[Row]


def against_plan(question: Question, user: User) -> Answer:
    """Plan against actual within the user's scope; rows in no particular order."""
    plan_rows = _planned(question, user)
    money_rows = list(_money(question, user))
    unit_of = successors() if question.new_units else {}
    table: dict[tuple[Any, ...], Row] = {}
    total = Figures()
    keys = _key_names(question)

    def row_of(record: dict[str, Any]) -> Row:
        key = {name: record[name] for name in keys}
        if "commune" in key:
            key["commune"] = unit_of.get(key["commune"], key["commune"])
        return table.setdefault(tuple(key.values()), Row(key=key))

    by_month = "month" in question.by
    for record in plan_rows:
        due = record["amount"] if record["quarter_end"] <= question.as_of else 0
        for figures in [total] if by_month else [total, row_of(record)]:
            figures.planned += record["amount"]  # type: ignore[operator]
            figures.planned_to_date += due  # type: ignore[operator]
    for record in money_rows:
        side = "disbursed" if record["status"] == Status.POSTED else "pending"
        for figures in [total, row_of(record)]:
            setattr(figures, side, getattr(figures, side) + record["amount"])
    rows = list(table.values())
    whole = cuts_no_quarter(question)
    for figures in [*([] if whole else [total]), *(rows if by_month or not whole else [])]:
        figures.planned = figures.planned_to_date = None
    return Answer(question, total, rows)


def _key_names(question: Question) -> list[str]:
    names = list(question.by)
    if question.year_in_key and "quarter" in question.by:
        names.insert(names.index("quarter"), "fiscal_year")
    return names


def cuts_no_quarter(question: Question) -> bool:
    """Whether the span begins and ends with a quarter of the fiscal years it touches."""
    bounds = [quarter_bounds(year.start, q) for year in question.years for q in range(1, 5)]
    return question.start in {first for first, _ in bounds} and question.end in {
        last for _, last in bounds
    }


def planned_amounts(question: Question, user: User) -> tuple[QuerySet, list[PlanVersion]]:
    """The plan amounts in the user's scope that the question keeps, and the versions they are of.

    Not cut to the span yet: a quarter has its dates only with its fiscal year.
    """
    versions = [
        version
        for year in question.years
        if (version := approved_version(year, question.plan, question.known_at))
    ]
    rows = PlanAmount.objects.filter(
        within(user, program="line__program", commune="line__commune"),
        line__plan_version__in=versions,
    )
    return _keep(rows, question, "line__"), versions


def quarters_in(question: Question, year: FiscalYear) -> list[int]:
    """The quarters of a fiscal year that lie wholly in the span."""
    bounds = {q: quarter_bounds(year.start, q) for q in range(1, 5)}
    return [q for q, (a, b) in bounds.items() if question.start <= a and b <= question.end]


def kept_rows(question: Question, rows: QuerySet) -> QuerySet:
    """Of some disbursements those that the question keeps: span, as-of date, units, …"""
    rows = rows.filter(
        fiscal_year__in=question.years,
        date__gte=question.start,
        date__lte=min(question.end, question.as_of),
    )
    return _keep(rows, question, "")


def _planned(question: Question, user: User) -> list[dict[str, Any]]:
    """Planned amounts grouped by the cuts and by quarter, with each quarter's last day."""
    rows, versions = planned_amounts(question, user)
    if not versions:
        return []
    names = [n for n in _key_names(question) if n not in ("quarter", "month", "fiscal_year")]
    grouped = rows.values(
        "quarter",
        version=F("line__plan_version"),
        **{name: F(f"line__{name}") for name in names},
    ).annotate(total=Sum("amount"))
    return list(_dated(grouped, versions, question))


def _dated(
    grouped: Iterable[Any], versions: list[PlanVersion], question: Question
) -> Iterable[dict[str, Any]]:
    years = {version.pk: version.fiscal_year for version in versions}
    quarters = {pk: quarters_in(question, year) for pk, year in years.items()}
    for record in grouped:
        year = years[record["version"]]
        if record["quarter"] in quarters[record["version"]]:
            yield {
                **record,
                "amount": record["total"],
                "quarter_end": year.quarter_end(record["quarter"]),
                "fiscal_year": year.pk,
            }


def _money(question: Question, user: User) -> Iterable[dict[str, Any]]:
    """Posted and waiting money grouped by the cuts."""
    rows = Disbursement.objects.filter(within(user, program="program", commune="commune"))
    if question.known_at is None:
        yield from _grouped(rows.posted(), question, Status.POSTED)
        yield from _grouped(rows.waiting(), question, Status.SUBMITTED)
        return
    posted = rows.posted().filter(posted_at__lte=question.known_at)
    yield from _grouped(posted, question, Status.POSTED)
    history = Disbursement.history.as_of(question.known_at)
    waiting = history.filter(
        within(user, program="program", commune="commune"), status=Status.SUBMITTED
    )
    yield from _grouped(waiting, question, Status.SUBMITTED)


def _grouped(rows: QuerySet, question: Question, status: str) -> Iterable[dict[str, Any]]:
    names = _key_names(question)
    plain = [n for n in names if n != "month"]
    keys: dict[str, Any] = {"month": F("period__start")} if "month" in names else {}
    kept = kept_rows(question, rows)
    if not names:  # `values()` of nothing is every column: no sum at all, but every row
        total = kept.aggregate(total=Sum("amount"))["total"]
        if total is not None:
            yield {"amount": total, "status": status}
        return
    for record in kept.values(*plain, **keys).annotate(total=Sum("amount")):
        yield {**record, "amount": record["total"], "status": status}


def _keep(rows: QuerySet, question: Question, prefix: str) -> QuerySet:
    """The rows of the programmes, communes, activities and funds asked for."""
    wanted = {
        "program": question.programs,
        "commune": _units(question),
        "activity": question.activities,
        "fund": question.funds,
    }
    return rows.filter(
        **{f"{prefix}{name}__in": keys for name, keys in wanted.items() if keys is not None}
    ).order_by()


def _units(question: Question) -> frozenset[int] | None:
    """The units whose rows count: with `new_units` also those merged into the ones asked for."""
    if question.communes is None or not question.new_units:
        return question.communes
    merged = [old for old, new in successors().items() if new in question.communes]
    return question.communes | frozenset(merged)


def group(rows: Iterable[Row], cut: str) -> dict[Any, list[Row]]:
    """Rows by the value of one cut."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.key[cut]].append(row)
    return groups
