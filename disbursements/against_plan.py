"""Plan against actual: the one function behind every screen, sheet, report and API answer.

Each side is grouped on its own, then both are merged on the union of keys, so that money without
a plan shows, and a plan without money too. Two to-many relations are never joined in one aggregate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Aggregate, Count, F, Model, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from accounts.scope import within
from core.services.request_cache import gather, gathered, once
from core.values.money import rate
from disbursements.models import Disbursement, PlanAmount, PlanVersion, Status
from disbursements.plans.services import approved_version, original_versions
from disbursements.totals.reading import Months, kept_months
from disbursements.waited import waiting_then
from programs.models import FiscalYear, quarter_bounds
from programs.summary_query import Answer, SummaryQuery

Row = TypeVar("Row", bound=Model)
Planned = tuple[QuerySet[PlanAmount], list[PlanVersion]]
CUTS = ("program", "commune", "activity", "quarter", "month", "fund")
KEPT = ("program", "commune", "activity", "fund")
RECENT = timedelta(days=31)  # what was posted since is fewer rows than all the year's


@dataclass
class Figures:
    """Money in đồng. `planned` and `planned_to_date` are None where the plan cannot be cut so.

    Of a row, `key` maps each cut to a primary key, quarter number or month.
    """

    planned: int | None = 0
    disbursed: int = 0
    pending: int = 0
    planned_to_date: int | None = 0
    key: dict[str, Any] = field(default_factory=dict)

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

    def merge(self, other: "Figures") -> None:
        """Take in the figures of another key; a plan that cannot be cut stays None."""
        self.disbursed += other.disbursed
        self.pending += other.pending
        self.planned = _sum(self.planned, other.planned)
        self.planned_to_date = _sum(self.planned_to_date, other.planned_to_date)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def against_plan(query: SummaryQuery, user: User) -> Answer[Figures]:
    """Plan against actual within the user's scope."""
    asked = ("against plan", *_uncut(query), query.by, user.pk)
    answer = once(asked, lambda: _from_finer(query, user))
    return replace(answer, query=query)


def _from_finer(query: SummaryQuery, user: User) -> Answer[Figures]:
    """A finer cut of the same question that the page has had already serves this one, too."""
    cells = ("cells", *_uncut(query), user.pk)
    for answer in gathered(cells):
        # a plan is not cut by month: such an answer serves its own cut alone
        if query.by == answer.query.by or (
            set(query.by) <= set(answer.query.by) and "month" not in answer.query.by
        ):
            return replace(answer.cut(*query.by), query=query)
    return gather(cells, lambda: _against_plan(query, user))


def _uncut(query: SummaryQuery) -> tuple[object, ...]:
    """All that decides an answer but its cuts; a day beyond the years' end is that end."""
    until = min(query.until, max(query.years[-1].end, query.span[1])) if query.years else None
    kept = tuple(query.kept(cut) for cut in KEPT)
    shape = (query.days is None, query.new_units)  # of the rows' keys
    return (query.years, query.span, until, query.plan, query.known_at, *shape, *kept)


def _against_plan(query: SummaryQuery, user: User) -> Answer[Figures]:
    table: dict[tuple[object, ...], Figures] = {}
    total = Figures()

    def row_of(record: dict[str, object]) -> Figures:
        key = {name: record[name] for name in query.key_names}
        return table.setdefault(tuple(key.values()), Figures(key=key))

    by_month = "month" in query.by
    for record in _planned(query, user):
        due = record["amount"] if record["quarter_end"] <= query.until else 0
        for figures in [total] if by_month else [total, row_of(record)]:
            figures.planned += record["amount"]  # type: ignore[operator]
            figures.planned_to_date += due  # type: ignore[operator]
    for record in _money(query, user):
        side = "disbursed" if record["status"] == Status.POSTED else "pending"
        for figures in [total, row_of(record)]:
            setattr(figures, side, getattr(figures, side) + record["amount"])
    rows = list(table.values())
    whole = cuts_no_quarter(query)
    for figures in [*([] if whole else [total]), *(rows if by_month or not whole else [])]:
        figures.planned = figures.planned_to_date = None
    answer = Answer(query, total, rows)
    return answer.in_new_units() if query.new_units else answer


def cuts_no_quarter(query: SummaryQuery) -> bool:
    """Whether the span begins and ends with a quarter of the fiscal years it touches."""
    bounds = [quarter_bounds(year.start, q) for year in query.years for q in range(1, 5)]
    start, end = query.span
    return start in {first for first, _ in bounds} and end in {last for _, last in bounds}


def planned_amounts(query: SummaryQuery, user: User) -> Planned:
    """The plan amounts in the user's scope that the query keeps, and the versions they are of.

    Not cut to the span yet: a quarter has its dates only with its fiscal year.
    """
    if query.plan == "original":
        return _original_amounts(query, user)
    versions = [
        version
        for year in query.years
        if (version := approved_version(year, query.plan, query.known_at))
    ]
    rows = PlanAmount.objects.filter(
        within(user, program="line__program", commune="line__commune"),
        line__plan_version__in=versions,
    )
    return query.keep(rows, *KEPT, prefix="line__").order_by(), versions


def _original_amounts(query: SummaryQuery, user: User) -> Planned:
    """Each programme's lines in the first approved version of the year that has any."""
    first, versions = Q(pk__in=()), []
    for year in query.years:
        for version, programs in original_versions(year, query.known_at).items():
            first |= Q(line__plan_version=version, line__program__in=programs)
            versions.append(version)
    mine = within(user, program="line__program", commune="line__commune")
    rows = PlanAmount.objects.filter(mine, first)
    return query.keep(rows, *KEPT, prefix="line__").order_by(), versions


def plan_versions(query: SummaryQuery, user: User) -> list[dict[str, object]]:
    """Which plan versions an answer rests on, and of which programmes in the user's scope."""
    asked = ("plan versions", *_uncut(query), user.pk)
    return once(asked, lambda: _plan_versions(query, user))


def _plan_versions(query: SummaryQuery, user: User) -> list[dict[str, object]]:
    amounts, versions = planned_amounts(query, user)
    pairs = amounts.values_list("line__plan_version", "line__program__code").distinct()
    programs: dict[int, list[str]] = {}
    found = once(_of_plan("plan's programmes", query, user, versions), lambda: [*pairs])
    for pk, code in found:
        programs.setdefault(pk, []).append(code)
    return [
        {
            "programs": sorted(programs[version.pk]),
            "number": version.number,
            "approved_on": timezone.localdate(version.approved_at).isoformat(),
            "decision_no": version.decision_no,
        }
        for version in versions
        if version.pk in programs
    ]


def quarters_in(query: SummaryQuery, year: FiscalYear) -> list[int]:
    """The quarters of a fiscal year that lie wholly in the span."""
    start, end = query.span
    bounds = {q: quarter_bounds(year.start, q) for q in range(1, 5)}
    return [q for q, (first, last) in bounds.items() if start <= first and last <= end]


def kept_rows(query: SummaryQuery, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of some disbursements those that the query keeps: span, as-of date, units, …"""
    start, end = query.span
    rows = rows.filter(
        fiscal_year__in=query.years, date__gte=start, date__lte=min(end, query.until)
    )
    return query.keep(rows, *KEPT).order_by()


def _planned(query: SummaryQuery, user: User) -> list[dict[str, Any]]:
    """Planned amounts grouped by the cuts and by quarter, with each quarter's last day."""
    rows, versions = planned_amounts(query, user)
    if not versions:
        return []
    names = tuple(n for n in query.key_names if n not in ("quarter", "month", "fiscal_year"))
    grouped = rows.values(
        "quarter",
        version=F("line__plan_version"),
        **{name: F(f"line__{name}") for name in names},
    ).annotate(total=Sum("amount"))
    asked = _of_plan("planned", query.narrowed(by=names), user, versions)
    return list(_dated(once(asked, lambda: [{**each} for each in grouped]), versions, query))


def _of_plan(
    what: str, query: SummaryQuery, user: User, versions: list[PlanVersion]
) -> tuple[object, ...]:
    """What decides the lines of these versions that are asked about: whatever the span, the day and
    the moment, they are the same."""
    whole = query.narrowed(days=None, quarter=None, month=None, as_of=None, known_at=None)
    return (what, whole, tuple(version.pk for version in versions), user.pk)


def _dated(
    grouped: Iterable[dict[str, Any]], versions: list[PlanVersion], query: SummaryQuery
) -> Iterable[dict[str, Any]]:
    years = {version.pk: version.fiscal_year for version in versions}
    quarters = {pk: quarters_in(query, year) for pk, year in years.items()}
    for record in grouped:
        year = years[record["version"]]
        if record["quarter"] in quarters[record["version"]]:
            yield {
                **record,
                "amount": record["total"],
                "quarter_end": year.quarter_end(record["quarter"]),
                "fiscal_year": year.pk,
            }


def _money(query: SummaryQuery, user: User) -> Iterable[dict[str, Any]]:
    """Posted and waiting money grouped by the cuts; none where the span begins later than the day
    up to which rows count."""
    if query.span[0] > query.until:
        return
    rows = Disbursement.objects.filter(within(user, program="program", commune="commune"))
    if query.known_at is None:
        months = kept_months(query)
        yield from _posted(rows.posted(), query, user, months)
        if months is None or months.waits:
            yield from _grouped(rows.waiting(), query, Status.SUBMITTED)
        return
    yield from _posted_then(rows.posted(), query, user, query.known_at)
    mine = within(user, program="program", commune="commune")
    for lines in waiting_then(query.years, query.known_at):
        yield from _grouped(lines.filter(mine), query, Status.SUBMITTED)


def _posted_then(
    rows: QuerySet[Disbursement], query: SummaryQuery, user: User, moment: datetime
) -> Iterable[dict[str, Any]]:
    """What was posted by a moment: of the last weeks, or where the years were over by then, all
    that is posted now, less what came since, as a posted row never changes."""
    is_over = bool(query.years) and timezone.localdate(moment) > query.years[-1].end
    if timezone.now() - moment > RECENT and not is_over:
        yield from _grouped(rows.filter(posted_at__lte=moment), query, Status.POSTED)
        return
    since = rows.filter(posted_at__gt=moment)
    less = {_of(record, query): record for record in _grouped(since, query, Status.POSTED)}
    then: dict[tuple[object, ...], dict[str, Any]] = {}
    for record in _posted(rows, query, user, kept_months(query)):
        known = then.setdefault(_of(record, query), {**record, "amount": 0, "rows": 0})
        known["amount"] += record["amount"]
        known["rows"] += record["rows"]
    for key, record in then.items():
        gone = less.get(key, {"amount": 0, "rows": 0})
        if record["rows"] > gone["rows"]:
            yield {**record, "amount": record["amount"] - gone["amount"]}


def _of(record: dict[str, object], query: SummaryQuery) -> tuple[object, ...]:
    return tuple(record[name] for name in query.key_names)


def _posted(
    rows: QuerySet[Disbursement], query: SummaryQuery, user: User, months: Months | None
) -> Iterable[dict[str, Any]]:
    """What is posted: whole months from the totals kept beside the ledger where they can be
    trusted, all else from its rows."""
    if months is None:
        yield from _grouped(rows, query, Status.POSTED)
        return
    mine = months.rows.filter(within(user, program="program", commune="commune"))
    totals = query.keep(mine, *KEPT).order_by()
    yield from _added_up(totals, query, "month", Sum("rows"), Status.POSTED)
    if months.split:
        yield from _grouped(rows.filter(period__start__in=months.split), query, Status.POSTED)


def posted(query: SummaryQuery, user: User) -> list[dict[str, Any]]:
    """Posted money alone, now, grouped by the cuts: `amount` in đồng; a key may come twice, to be
    added up."""
    rows = Disbursement.objects.filter(within(user, program="program", commune="commune"))
    asked = ("posted", *_uncut(query), query.by, user.pk)
    return once(asked, lambda: list(_posted(rows.posted(), query, user, kept_months(query))))


def _grouped(rows: QuerySet[Row], query: SummaryQuery, status: str) -> Iterable[dict[str, Any]]:
    return _added_up(kept_rows(query, rows), query, "period__start", Count("*"), status)


def _added_up(
    kept: QuerySet[Row], query: SummaryQuery, month: str, count: Aggregate, status: str
) -> Iterable[dict[str, object]]:
    """Amount and number of rows by the cuts."""
    sums = {"total": Sum("amount"), "count": count}
    if not query.key_names:  # `values()` of nothing is every column: no sum at all, but every row
        found = [kept.aggregate(**sums)]
    else:
        plain = [name for name in query.key_names if name != "month" or month == "month"]
        keys = {"month": F(month)} if len(plain) < len(query.key_names) else {}
        found = kept.values(*plain, **keys).annotate(**sums)
    for record in found:
        if record["count"]:
            yield {**record, "amount": record["total"], "rows": record["count"], "status": status}
