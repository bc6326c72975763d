"""What a page asks: a summary's query, another year beside it, and the addresses near it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from core.values import display
from core.web.addresses import address
from programs.models import FiscalYear, add_months, month_end
from programs.summary_query import SummaryQuery

REFORM = date(2025, 7, 1)  # Nghị quyết 1670/NQ-UBTVQH15: the new units operate from this day
PLANS = ("current", "original")


@dataclass(frozen=True)
class PageQuery(SummaryQuery):
    """What an address asks. A page may set another year beside it (`compare`); `errors` are
    sentences about what could not be used."""

    compare: FiscalYear | None = None
    errors: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_part(self) -> bool:
        """Whether it asks about less than the year: a quarter, a month, or one activity."""
        return bool(self.quarter or self.month or self.activities)

    def part_in_words(self) -> list[str]:
        """What part of the year's money it asks about, for people; nothing for all of it."""
        words = [display.quarter(self.quarter, self.year.start)] if self.quarter else []
        words += [f"{self.month:%m/%Y}"] if self.month else []
        return words + [activity.code for activity in self.activities]

    @property
    def over_by(self) -> date | None:
        """The day by which a quarter must have ended to count as over; None is today.

        As of a quarter's last day its plan is due, so that the quarter is over the day after.
        """
        return self.as_of + timedelta(days=1) if self.as_of else None

    def compared(self) -> "PageQuery | None":
        """The same question about the year to compare with, up to the same day of it.

        The number of a plan version is one of its own year: there the current plan stands for it.
        None for communes that the other year does not know: they have nothing to be held against.
        """
        if self.compare is None:
            return None
        years = self.year.start.year - self.compare.start.year
        as_of = same_day(self.until, -years)
        then = self.narrowed(
            years=(self.compare,),
            compare=None,
            plan=self.plan if self.plan in PLANS else "current",
            new_units=self.new_units or self.compare.start < REFORM <= self.year.start,
            as_of=as_of if as_of < self.compare.end else None,
            month=add_months(self.month, -12 * years) if self.month else None,
        )
        return then if then.knows_communes else None

    @property
    def is_beside_its_communes(self) -> bool:
        """Not so for old communes beside a year that has only those which they became."""
        then = self.compare
        return self.new_units or then is None or not self.year.start < REFORM <= then.start

    @property
    def knows_communes(self) -> bool:
        """Whether an address can name its communes; one of another time has no figures here."""
        return all(self.knows(unit) for unit in self.communes)

    def widened(self) -> "PageQuery":
        """The same year, seen whole."""
        return self.narrowed(
            programs=(), communes=(), activities=(), topics=(), quarter=None, month=None
        )

    def parameters(self) -> list[tuple[str, str]]:
        pairs = super().parameters()
        return [*pairs, ("compare", self.compare.code)] if self.compare else pairs

    def detail(self, *, show: str = "disbursed", **narrower: object) -> str:
        """The address of the page with the plan lines or disbursements behind a figure.

        Empty for communes of another time: there their codes are unknown, or those of others.
        """
        page = self.narrowed(**narrower) if narrower else self
        query = page.to_query(show=show)
        return f"{address('against-plan')}?{query}" if page.knows_communes else ""

    def beside(self, **narrower: object) -> str:
        """The address of the page that has plan, money and reasons of this cut; empty likewise."""
        page = self.narrowed(**narrower) if narrower else self
        return f"{address('beside-money')}?{page.to_query()}" if page.knows_communes else ""


def same_day(day: date, years: int) -> date:
    """The same day some years on; 28 February for a 29th that is not there."""
    first = add_months(day, 12 * years)
    return first.replace(day=min(day.day, month_end(first).day))
