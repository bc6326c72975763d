"""What a page's address asks for: fiscal year, programmes, communes, quarter, plan, as-of date.

The filter lives in the address, so that a page can be shared. A wrong value is named on the page
and left out; the page still shows the rest.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from communes.models import Commune, Level
from core.services.errors import NotBegun
from core.values import display
from core.values.dates import DateError, parse_date, today
from disbursements.against_plan import Question
from disbursements.models import Disbursement
from programs.models import Activity, FiscalYear, Program, add_months, quarter_bounds
from reports.questions import PLANS, REFORM, Span, is_known, is_plan_number, lifetime
from trainings.counts import TrainingQuestion
from trainings.models import Topic


@dataclass(frozen=True)
class PageFilter:
    """One reading of the address; `errors` are sentences about what could not be used."""

    year: FiscalYear
    programs: tuple[Program, ...] = ()
    communes: tuple[Commune, ...] = ()
    activity: Activity | None = None
    topic: Topic | None = None
    quarter: int | None = None
    month: date | None = None
    plan: str = "current"
    as_of: date | None = None
    compare: FiscalYear | None = None
    new_units: bool = False
    errors: tuple[str, ...] = field(default=(), compare=False)

    @property
    def span(self) -> tuple[date, date]:
        """First and last day asked for: the month, the quarter or the year."""
        if self.month:
            return self.month, date.fromordinal(add_months(self.month, 1).toordinal() - 1)
        if self.quarter:
            return quarter_bounds(self.year.start, self.quarter)
        return self.year.start, self.year.end

    @property
    def is_part(self) -> bool:
        """Whether it asks about less than the year: a quarter, a month, or one activity."""
        return bool(self.quarter or self.month or self.activity)

    def part_in_words(self) -> list[str]:
        """What part of the year's money it asks about, for people; nothing for all of it."""
        words = []
        if self.quarter:
            words.append(display.quarter(self.quarter, self.year.start))
        if self.month:
            words.append(f"{self.month:%m/%Y}")
        if self.activity:
            words.append(self.activity.code)
        return words

    @property
    def over_by(self) -> date | None:
        """The day by which a quarter must have ended to count as over; None is today.

        As of a quarter's last day its plan is due, so that the quarter is over the day after.
        """
        return self.as_of + timedelta(days=1) if self.as_of else None

    def question(self, *by: str, **options: Any) -> Question:
        """The question of plan against actual that this filter asks, cut by `by`."""
        start, end = self.span
        return Question(
            years=(self.year,),
            start=start,
            end=end,
            as_of=self.as_of or today(),
            by=by,
            plan=self.plan,
            programs=_keys(self.programs),
            communes=_keys(self.communes),
            activities=frozenset({self.activity.pk}) if self.activity else None,
            new_units=self.new_units,
            **options,
        )

    def training_question(self, *by: str) -> TrainingQuestion:
        """The question about training classes that this filter asks, cut by `by`."""
        start, end = self.span
        return TrainingQuestion(
            years=(self.year,),
            start=start,
            end=end,
            as_of=self.as_of or today(),
            by=by,
            topics=frozenset({self.topic.pk}) if self.topic else None,
            programs=_keys(self.programs),
            communes=_keys(self.communes),
            activities=frozenset({self.activity.pk}) if self.activity else None,
            new_units=self.new_units,
        )

    def compared(self) -> "PageFilter | None":
        """The same question about the year to compare with, up to the same day of it.

        The number of a plan version is one of its own year: there the current plan stands for it.
        None for communes that the other year does not know: they have nothing to be held against.
        """
        if self.compare is None:
            return None
        years = self.year.start.year - self.compare.start.year
        as_of = same_day(self.as_of or today(), -years)
        then = self.narrowed(
            year=self.compare,
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
        return all(is_known(unit, self.year, self.new_units) for unit in self.communes)

    def narrowed(self, **changes: Any) -> "PageFilter":
        return replace(self, **changes)

    def widened(self) -> "PageFilter":
        """The same year, seen whole."""
        return replace(
            self, programs=(), communes=(), activity=None, topic=None, quarter=None, month=None
        )

    def parameters(self) -> list[tuple[str, str]]:
        """The address's parameters that give this filter again."""
        pairs = [("fiscal_year", self.year.code)]
        pairs += [("program", program.code) for program in self.programs]
        pairs += [("commune", commune.code) for commune in self.communes]
        if self.activity:
            pairs.append(("activity", self.activity.code))
        if self.topic:
            pairs.append(("topic", self.topic.code))
        if self.quarter:
            pairs.append(("quarter", str(self.quarter)))
        if self.month:
            pairs.append(("month", f"{self.month:%Y-%m}"))
        if self.plan != "current":
            pairs.append(("plan", self.plan))
        if self.as_of:
            pairs.append(("as_of", self.as_of.isoformat()))
        if self.compare:
            pairs.append(("compare", self.compare.code))
        if self.new_units:
            pairs.append(("units", "new"))
        return pairs

    def query(self, **more: str) -> str:
        """The parameters as the part of an address after the question mark."""
        return urlencode([*self.parameters(), *more.items()])

    def detail(self, *, show: str = "disbursed", **narrower: Any) -> str:
        """The address of the page with the plan lines or disbursements behind a figure.

        Empty for communes of another time: there their codes are unknown, or those of others.
        """
        page = self.narrowed(**narrower)
        return f"{reverse('against-plan')}?{page.query(show=show)}" if page.knows_communes else ""

    def summary_query(self, by: str, **more: str) -> str:
        """The address's part for `GET /api/v1/summary/` with the same filter."""
        left_out = ("quarter", "month", "compare", "topic")
        kept = [pair for pair in self.parameters() if pair[0] not in left_out]
        return urlencode([*kept, ("by", by), *more.items()])


def same_day(day: date, years: int) -> date:
    """The same day some years on; 28 February for a 29th that is not there."""
    first = add_months(day, 12 * years)
    last = date.fromordinal(add_months(first, 1).toordinal() - 1)
    return first.replace(day=min(day.day, last.day))


def _keys(records: tuple[Any, ...]) -> frozenset[int] | None:
    return frozenset(record.pk for record in records) if records else None


def default_year(user: User) -> FiscalYear:
    """The latest year with postings in the user's scope; else the present one; else the latest.

    Raises `NotBegun` where there is none.
    """
    posted = Disbursement.objects.visible_to(user).posted().filter(fiscal_year=OuterRef("pk"))
    now = today()
    year = (
        FiscalYear.objects.filter(Exists(posted)).first()
        or FiscalYear.objects.filter(start__lte=now, end__gte=now).first()
        or FiscalYear.objects.first()
    )
    if year is None:
        raise NotBegun
    return year


def read_filter(query: QueryDict, user: User) -> PageFilter:
    """The filter of an address. An unknown fiscal year is a page that does not exist."""
    reader = _Reader(query)
    year = reader.year("fiscal_year") or default_year(user)
    new_units = query.get("units") == "new"
    span = Span((year,), year.start, year.end, year.code)
    return PageFilter(
        year=year,
        programs=reader.records("program", Program.objects.all()),
        communes=reader.records("commune", Commune.objects.filter(lifetime(span, new_units))),
        activity=next(iter(reader.records("activity", Activity.objects.visible_to(user))), None),
        topic=next(iter(reader.records("topic", Topic.objects.all())), None),
        quarter=reader.quarter(),
        month=reader.month(year),
        plan=reader.plan(year),
        as_of=reader.day("as_of"),
        compare=reader.year("compare", needed=False),
        new_units=new_units,
        errors=tuple(reader.errors),
    )


class _Reader:
    """Reads parameters one by one and collects sentences about the wrong ones."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.errors: list[str] = []

    def year(self, name: str, *, needed: bool = True) -> FiscalYear | None:
        code = self.query.get(name, "").strip()
        if not code:
            return None
        found = FiscalYear.objects.filter(code=code).first()
        if found is None and needed:
            raise Http404(_("There is no fiscal year '%(code)s'.") % {"code": code})
        if found is None:
            self._wrong(code)
        return found

    def records(self, name: str, rows: Any) -> tuple[Any, ...]:
        codes = list(dict.fromkeys(code for code in self.query.getlist(name) if code))
        if not codes:
            return ()
        found = tuple(rows.filter(code__in=codes))
        for code in codes:
            if code not in {record.code for record in found}:
                self._wrong(code)
        return found

    def plan(self, year: FiscalYear) -> str:
        text = self.query.get("plan", "") or "current"
        if text in ("current", "original") or is_plan_number(text, year):
            return text
        self._wrong(text)
        return "current"

    def quarter(self) -> int | None:
        text = self.query.get("quarter", "")
        if text and text not in ("1", "2", "3", "4"):
            self._wrong(text)
            return None
        return int(text) if text else None

    def month(self, year: FiscalYear) -> date | None:
        text = self.query.get("month", "")
        if not text:
            return None
        months = {
            f"{first:%Y-%m}": first for i in range(12) if (first := add_months(year.start, i))
        }
        if text not in months:
            self._wrong(text)
        return months.get(text)

    def day(self, name: str) -> date | None:
        try:
            return parse_date(self.query.get(name, ""))
        except DateError as error:
            self.errors.append(error.message)
            return None

    def _wrong(self, value: str) -> None:
        self.errors.append(
            _("“%(value)s” is not known here and was left out of the filter.")
            % {"value": value[:40]}
        )


def choices(year: FiscalYear, user: User, *, new_units: bool = False) -> dict[str, list[Any]]:
    """What the filter bar offers: years, and the programmes and communes in the user's scope."""
    span = Span((year,), year.start, year.end, year.code)
    communes = Commune.objects.visible_to(user).filter(
        lifetime(span, new_units), level=Level.COMMUNE, in_programme_area=True
    )
    return {
        "years": list(FiscalYear.objects.all()),
        "programs": list(Program.objects.visible_to(user)),
        "communes": list(communes),
    }
