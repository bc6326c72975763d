"""Said and counted side by side: a stated figure against what the ledger adds up to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as Date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from accounts.models import User
from accounts.scope import grants_of
from disbursements.against_plan import against_plan
from disbursements.plans.in_force import version_on
from disbursements.plans.services import approved_version
from monitoring.models.meetings import Measure, Qualifier, StatedFigure
from programs.models.years import FiscalYear
from programs.summary_query import Answer, SummaryQuery, Sums
from trainings.counts import count_trainings

T = TypeVar("T", bound=Sums)
MONEY = (Measure.DISBURSED, Measure.PLANNED, Measure.RATE)


@dataclass
class Comparison:
    """`ledger_value` is None where the portal counts no such thing, or this user not all of it."""

    figure: StatedFigure
    ledger_value: int | Decimal | None

    @property
    def agrees(self) -> bool | None:
        if self.ledger_value is None:
            return None
        return agrees(self.figure.qualifier, self.figure.value, Decimal(self.ledger_value))


def agrees(qualifier: str, stated: Decimal, counted: Decimal) -> bool:
    """Whether `counted` may be spoken of as `qualifier stated`.

    The last digit stated is the precision: "hơn 8,9 tỷ" is from 8,9 up to 9,0 tỷ, "gần 9 tỷ" above
    8 and up to 9, "đúng" what rounds to it, "khoảng" within one step either way; "hàng trăm" from
    100 up to 999.
    """
    step = step_of(stated)
    if qualifier == Qualifier.MORE:
        return stated <= counted < stated + step
    if qualifier == Qualifier.NEARLY:
        return stated - step < counted <= stated
    if qualifier == Qualifier.ABOUT:
        return abs(counted - stated) <= step
    if qualifier == Qualifier.TENS:
        return stated <= counted < stated * 10
    if abs(stated) < 10**6:  # percent and people are said to the last one
        step = min(step, Decimal(1))
    return (counted / step).quantize(Decimal(1), ROUND_HALF_UP) * step == stated


def step_of(stated: Decimal) -> Decimal:
    """The unit of the last digit that is not zero: 8900000000 → 100000000; 120 → 10; 7.5 → 0.1."""
    return Decimal(1).scaleb(int(stated.normalize().as_tuple().exponent))


class Ledger:
    """Compares the stated figures of one answer, asking the database once per question."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.asked: dict[tuple[object, ...], Any] = {}

    def compare(self, figure: StatedFigure) -> Comparison:
        if figure.measure == Measure.OTHER or figure.fiscal_year is None:
            return Comparison(figure, None)
        if not self.sees_all(figure):
            return Comparison(figure, None)
        return Comparison(figure, self._value(figure))

    def sees_all(self, figure: StatedFigure) -> bool:
        """Whether the user's scope holds everything the figure is about."""
        return any(
            program in (None, figure.program_id) and commune in (None, figure.commune_id)
            for program, commune in grants_of(self.user)
        )

    def query_of(self, figure: StatedFigure) -> SummaryQuery:
        """What a figure speaks of: its year up to its day, against the plan of that day."""
        year: Any = figure.fiscal_year
        wanted = {"programs": figure.program, "communes": figure.commune}
        kept: dict[str, object] = {name: (record,) for name, record in wanted.items() if record}
        day = figure.as_of or year.end
        if figure.measure in MONEY:
            kept["plan"] = self._plan_of(year, day)
        return SummaryQuery.of_year(year, day, **kept)

    def _plan_of(self, year: FiscalYear, day: Date) -> str:
        """`current`, or the number of the plan that was in force on the day."""
        if (year, day) not in self.asked:
            then, now = version_on(year, day), approved_version(year)
            self.asked[year, day] = str(then.number) if then and then != now else "current"
        return str(self.asked[year, day])

    def _value(self, figure: StatedFigure) -> int | Decimal | None:
        query = self.query_of(figure)
        value: int | Decimal | None
        if figure.measure in MONEY:
            money: int | Decimal | None
            money = getattr(self._total(against_plan, query), figure.measure)
            return money
        total = self._total(count_trainings, query)
        is_count = figure.measure == Measure.TRAININGS
        value = total.trainings if is_count else total.values["participants"]
        return value

    def _total(self, source: Callable[[SummaryQuery, User], Answer[T]], query: SummaryQuery) -> T:
        if (source, query) not in self.asked:
            self.asked[source, query] = source(query, self.user).total
        total: T = self.asked[source, query]
        return total
