"""What a summary is asked, and its answer: plan against actual and head counts take the same.

Pages, the API and documents ask with the one object. `reports.filters.from_query()` reads it from
an address, `to_query()` gives the address again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, Protocol, Self, TypeVar

from django.db.models import Model, QuerySet

from communes.lookups import successors
from communes.models import Commune
from core.values.dates import month_key, today
from core.web.addresses import encoded
from programs.models import Activity, FiscalYear, Fund, Program, month_end, quarter_bounds

Days = tuple[date, date]
Key = dict[str, Any]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class SummaryQuery:
    """Of which days, of what, cut by what, and how to look at it.

    `years`: the fiscal years it touches, in order; `quarter` or `month` of the year; `days`: first
    and last day, where it is asked by days. Records to keep: none named keeps all. `as_of`: rows
    dated up to that day, None is today. `known_at`: as the ledger stood at that moment.
    `new_units`: under the units of after July 2025 (and then `communes` are those).
    """

    years: tuple[FiscalYear, ...]
    days: Days | None = None
    quarter: int | None = None
    month: date | None = None
    by: tuple[str, ...] = ()
    programs: tuple[Program, ...] = ()
    communes: tuple[Commune, ...] = ()
    activities: tuple[Activity, ...] = ()
    funds: tuple[Fund, ...] = ()
    topics: tuple[Any, ...] = ()
    plan: str = "current"
    as_of: date | None = None
    known_at: datetime | None = None
    new_units: bool = False

    @classmethod
    def of_year(cls, year: FiscalYear, as_of: date | None = None, **options: Any) -> Self:
        """About one fiscal year."""
        return cls(years=(year,), as_of=as_of, **options)

    def narrowed(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def cut(self, *by: str) -> Self:
        """The same, cut by something else."""
        return replace(self, by=by)

    @property
    def year(self) -> FiscalYear:
        """The fiscal year, where one was asked for."""
        return self.years[0]

    @property
    def lifetime(self) -> Days:
        """The days whose units a commune's code means: those asked for, or of the whole years."""
        return self.days or (self.years[0].start, self.years[-1].end)

    @property
    def span(self) -> Days:
        """First and last day asked for."""
        if self.days or not (self.month or self.quarter):
            return self.lifetime
        if self.month:
            return self.month, month_end(self.month)
        return quarter_bounds(self.year.start, self.quarter or 1)

    @property
    def until(self) -> date:
        """The last day whose rows count, also beyond the span: as of then the plan is due."""
        return self.as_of or today()

    @property
    def key_names(self) -> list[str]:
        """What a row's key names: the cuts, and a quarter's year where it may be of several."""
        names = list(self.by)
        if "quarter" in names and (self.days or len(self.years) > 1):
            names.insert(names.index("quarter"), "fiscal_year")
        return names

    def keep(self, rows: QuerySet[M], *cuts: str, prefix: str = "") -> QuerySet[M]:
        """Of some rows those of the records asked for, by their foreign keys of these names."""
        kept = {f"{prefix}{cut}__in": records for cut in cuts if (records := self.kept(cut))}
        return rows.filter(**kept)

    def kept(self, cut: str) -> tuple[object, ...]:
        """The records of a cut that it keeps; none named: all."""
        return self._records()[cut]

    def _records(self) -> dict[str, tuple[object, ...]]:
        """By cut; with `new_units` the communes also those that were merged into them."""
        communes: tuple[object, ...] = self.communes
        if communes and self.new_units:
            keys = {unit.pk for unit in self.communes}
            communes += tuple(old for old, new in successors().items() if new in keys)
        return {
            "program": self.programs,
            "commune": communes,
            "activity": self.activities,
            "fund": self.funds,
            "topic": self.topics,
        }

    def knows(self, unit: Commune) -> bool:
        """Whether a unit's code means this unit here: of the days asked for, or of after July 2025.

        One that became no other (a district, for money of a whole area) stays among the new.
        """
        if self.new_units and (unit.valid_to is None or unit.successor_id):
            return unit.valid_to is None
        first, last = self.lifetime
        return unit.valid_from <= last and (unit.valid_to is None or unit.valid_to >= first)

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of an address that ask this."""
        if self.days:
            first, last = self.days
            pairs = [("from", first.isoformat()), ("to", last.isoformat())]
        else:
            pairs = [("fiscal_year", self.year.code)]
        if self.by:
            pairs.append(("by", ",".join(self.by)))
        for name in ("program", "commune", "activity", "fund", "topic"):
            field = "activities" if name == "activity" else f"{name}s"
            pairs += [(name, record.code) for record in getattr(self, field)]
        optional = {
            "quarter": self.quarter if not self.days else None,
            "month": month_key(self.month) if self.month and not self.days else None,
            "plan": self.plan if self.plan != "current" else None,
            "as_of": self.as_of and self.as_of.isoformat(),
            "known_at": self.known_at and self.known_at.isoformat(),
            "units": "new" if self.new_units else None,
        }
        return pairs + [(name, str(value)) for name, value in optional.items() if value]

    def to_query(self, **more: str) -> str:
        """The parameters as the part of an address after the question mark."""
        return encoded([*self.parameters(), *more.items()])


class Sums(Protocol):
    """What an answer adds up, for one key."""

    key: Key

    def __init__(self, *, key: Key) -> None: ...

    def merge(self, other: Self) -> None: ...


S = TypeVar("S", bound=Sums)


@dataclass
class Answer(Generic[S]):
    """What was asked, its total, and a row for each key, in no particular order."""

    query: SummaryQuery
    total: S
    rows: list[S]

    def cut(self, *by: str) -> "Answer[S]":
        """The same, cut by fewer."""
        query = self.query.cut(*by)
        names = query.key_names
        return self._added(query, lambda key: {name: key[name] for name in names})

    def by(self, cut: str) -> dict[Any, S]:
        """The rows of one cut, by its keys."""
        return {row.key[cut]: row for row in self.cut(cut).rows}

    def in_new_units(self) -> "Answer[S]":
        """The same, with the units merged in July 2025 under those that they became."""
        query = self.query.narrowed(new_units=True)
        if "commune" not in self.query.by:
            return Answer(query, self.total, self.rows)
        became = successors()
        return self._added(
            query, lambda key: {**key, "commune": became.get(key["commune"], key["commune"])}
        )

    def _added(self, query: SummaryQuery, key_of: Callable[[Key], Key]) -> "Answer[S]":
        table: dict[tuple[object, ...], S] = {}
        for row in self.rows:
            key = key_of(row.key)
            place = tuple(key.values())
            if place not in table:
                table[place] = type(row)(key=key)
            table[place].merge(row)
        return Answer(query, self.total, list(table.values()))
