"""Where a year will end at today's pace: a forecast, and always called one (docs/forecast.md).

What was spent and what is committed (waits for approval) by a day, at the share of a year's money
that is usually disbursed by that day. The usual share of a programme is that of its years before,
three at most; where the ledger knows none, the plan's own: its quarters that are over, and of the
running one a part by days. Before a tenth of a year's money is usually out, nothing is said.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from accounts.models import User
from core.values.dates import today
from core.values.money import rate
from disbursements.against_plan import Figures, against_plan, posted
from programs.models import FiscalYear, month_end, quarter_bounds
from programs.summary_query import SummaryQuery

MOST_YEARS = 3
LEAST_SHARE = Decimal(10)  # per cent: with less of a year gone by, its end is anybody's guess
TENTH = Decimal("0.1")
UNDER, OVER, WITHIN = "under", "over", "within"


class Limits(NamedTuple):
    """Per cent of the year's plan: outside them an explanation is asked for."""

    low: int
    high: int


class Course(NamedTuple):
    """The share (per cent, 0 to 100) of a year's money that is usually out by a day, and the codes
    of the years that say so; none: it is the plan's own course."""

    share: Decimal
    years: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """What a year is expected to come to. Money in whole đồng, `rate` in per cent of the plan (None
    without one); `side` is that of the limits where it will end: `under`, `over` or `within`."""

    planned: int
    spent: int
    committed: int
    course: Course
    expected: int
    rate: Decimal | None
    side: str

    @property
    def is_outside(self) -> bool:
        return self.side != WITHIN


def forecast(
    planned: int, spent: int, committed: int, course: Course, limits: Limits
) -> Forecast | None:
    """The year's end from its first part: (spent + committed) × 100 / share, half up to the đồng.

    `planned` is the whole year's plan, `spent` and `committed` what there is by the day (đồng).
    None while too little of a year has usually gone by, or where there is nothing to go by.
    """
    if course.share < LEAST_SHARE or not (planned or spent or committed):
        return None
    exact = Decimal(spent + committed) * 100 / min(course.share, Decimal(100))
    expected = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    side = _side(expected, planned, limits)
    return Forecast(planned, spent, committed, course, expected, rate(expected, planned), side)


def _side(expected: int, planned: int, limits: Limits) -> str:
    """As `monitoring.variance` asks: money without a plan is over it."""
    if not planned:
        return OVER if expected > 0 else WITHIN
    if expected * 100 < limits.low * planned:
        return UNDER
    return OVER if expected * 100 > limits.high * planned else WITHIN


@dataclass(frozen=True)
class Expected:
    """The forecast of a row of plan against actual; `key` as there."""

    key: dict[str, int]
    forecast: Forecast


def forecasts(query: SummaryQuery, user: User, *by: str) -> list[Expected]:
    """What each programme, or each commune of it, is expected to come to in the query's year.

    `by` begins with `program`; ordered by it. Nothing before the year begins, nor when it is over
    and known.
    """
    year, day = query.year, query.until
    if not year.start <= day < year.end or year.start > today():
        return []
    whole = query.narrowed(quarter=None, month=None, days=None)
    answer = against_plan(whole.cut(*by, "quarter"), user)
    usual = usual_courses(whole, user)
    quarters: dict[tuple[object, ...], dict[int, int]] = defaultdict(dict)
    for row in answer.rows:
        quarters[tuple(row.key[cut] for cut in by)][row.key["quarter"]] = row.planned or 0
    limits = Limits(year.variance_low, year.variance_high)
    found = []
    for row in answer.cut(*by).rows:
        plans = quarters[tuple(row.key.values())]
        course = usual.get(row.key["program"]) or plan_course(plans, year, day)
        if made := _of_row(row, course, limits):
            found.append(Expected(row.key, made))
    return sorted(found, key=lambda row: [value or 0 for value in row.key.values()])


def _of_row(row: Figures, course: Course, limits: Limits) -> Forecast | None:
    return forecast(row.planned or 0, row.disbursed, row.pending, course, limits)


def usual_courses(query: SummaryQuery, user: User) -> dict[int, Course]:
    """By programme: how much of the money of the years before was out by the same day of theirs."""
    years = _years_before(query.year)
    if not years:
        return {}
    past = query.narrowed(
        years=years,
        days=(years[0].start, years[-1].end),
        by=("program", "month"),
        as_of=years[-1].end,
        known_at=None,
        communes=(),
        activities=(),
        funds=(),
    )
    sums = _by_year(past, user)
    passed = months_gone(query.year.start, query.until)
    found = {}
    for program in {program for program, _year in sums}:
        own = {year: sums[program, year] for year in years if (program, year) in sums}
        if course := _course_of(own, passed):
            found[program] = course
    return found


def _years_before(year: FiscalYear) -> tuple[FiscalYear, ...]:
    before = FiscalYear.objects.filter(end__lt=year.start).order_by("-start")[:MOST_YEARS]
    return tuple(reversed(before))


def _by_year(past: SummaryQuery, user: User) -> dict[tuple[int, FiscalYear], list[int]]:
    """(programme, year) → what was disbursed in each of its twelve months (đồng)."""
    sums: dict[tuple[int, FiscalYear], list[int]] = defaultdict(lambda: [0] * 12)
    for row in posted(past, user):
        first = row["month"]
        year = next(year for year in past.years if year.start <= first <= year.end)
        sums[row["program"], year][months_between(year.start, first)] += row["amount"]
    return sums


def _course_of(sums: dict[FiscalYear, list[int]], passed: Decimal) -> Course | None:
    whole = sum(sum(months) for months in sums.values())
    if whole <= 0:
        return None
    full, part = divmod(passed, 1)
    gone = sum(
        (sum(months[: int(full)]) + part * months[int(full)] for months in sums.values()),
        Decimal(0),
    )
    return Course(_share(gone, whole), tuple(year.code for year in sums))


def plan_course(planned: dict[int, int], year: FiscalYear, day: date) -> Course:
    """The plan's own course by a day: đồng by quarter, of the running one a part by days."""
    whole = sum(planned.values())
    gone = sum(
        (amount * _gone(*quarter_bounds(year.start, q), day) for q, amount in planned.items()),
        Decimal(0),
    )
    return Course(_share(gone, whole) if whole > 0 else Decimal(0))


def _gone(first: date, last: date, day: date) -> Decimal:
    """The part (0 to 1) of a span that is over at a day's end."""
    days = (min(day, last) - first).days + 1
    return Decimal(max(days, 0)) / ((last - first).days + 1)


def _share(gone: Decimal, whole: int) -> Decimal:
    return (gone * 100 / whole).quantize(TENTH, ROUND_HALF_UP)


def months_between(start: date, first: date) -> int:
    return (first.year - start.year) * 12 + first.month - start.month


def months_gone(start: date, day: date) -> Decimal:
    """How many months of a year are over at a day's end; the running one by its days."""
    first = day.replace(day=1)
    return months_between(start, first) + _gone(first, month_end(first), day)
