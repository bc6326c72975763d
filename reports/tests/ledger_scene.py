"""A made-up ledger over three fiscal years, and what its summaries must be, in plain Python.

`ledger_build.build()` writes a scene through the services, moment by moment; `Scene.answer()`
computes a summary from the plain facts alone: it asks neither the database nor the portal.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

OLD, NEW = date(1900, 1, 1), date(2025, 7, 1)
Unit = tuple[str, date]
Pairs = tuple[tuple[str | None, Unit | None], ...]
SUCCESSORS: dict[Unit, Unit] = {
    ("03577", OLD): ("03583", NEW),
    ("03580", OLD): ("03583", NEW),
    ("03583", OLD): ("03583", NEW),
    ("03586", OLD): ("03394", NEW),
    ("03571", OLD): ("03571", NEW),
}
UNITS = {"2023": list(SUCCESSORS), "2024": list(SUCCESSORS), "2026": list(set(SUCCESSORS.values()))}
YEARS = {
    "2023": (date(2022, 7, 1), date(2023, 6, 30)),
    "2024": (date(2023, 7, 1), date(2024, 6, 30)),
    "2026": (date(2025, 7, 1), date(2026, 6, 30)),
}
ALL_YEARS = {str(y): (date(y - 1, 7, 1), date(y, 6, 30)) for y in range(2021, 2028)}
ACTIVITIES = ("ECCD-01", "GBV-01", "GBV-02", "YEE-01")
FUNDS = ("BI", "NHAT")
LATE = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Money:
    """A row of the ledger: when it was submitted, returned and posted, if it was."""

    day: date
    amount: int
    activity: str
    unit: Unit
    fund: str
    submitted: datetime = LATE
    returned: datetime = LATE
    posted: datetime = LATE

    def side(self, moment: datetime) -> str | None:
        if self.posted <= moment:
            return "disbursed"
        return "pending" if self.submitted <= moment < self.returned else None


@dataclass
class Plan:
    """An approved version: amounts by (activity, unit, fund) and quarter."""

    year: str
    approved: datetime
    lines: dict[tuple[str, Unit, str], dict[int, int]]


@dataclass
class Scene:
    money: list[Money] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)

    def answer(self, ask: "Ask") -> tuple[dict[str, Any], dict[tuple, dict[str, Any]]]:
        """Total and rows by key, as the contract (DESIGN section 5) says."""
        table: dict[tuple, dict[str, int]] = {}
        total = dict.fromkeys(("planned", "disbursed", "pending", "planned_to_date"), 0)
        for facts, figures in [*self._plan_facts(ask), *self._money_facts(ask)]:
            key = tuple(facts[cut] for cut in ask.key_names)
            hit = [total]
            if not ("month" in ask.by and "planned" in figures):
                hit.append(table.setdefault(key, dict.fromkeys(total, 0)))
            for row in hit:
                for name, amount in figures.items():
                    row[name] += amount
        whole = ask.whole_quarters
        rows = {key: finish(row, whole and "month" not in ask.by) for key, row in table.items()}
        return finish(total, whole), rows

    def _plan_facts(self, ask: "Ask") -> list[tuple[dict[str, Any], dict[str, int]]]:
        found = []
        for year, (start, end) in ALL_YEARS.items():
            if start > ask.end or end < ask.start:
                continue
            versions = [p for p in self.plans if p.year == year and p.approved <= ask.moment]
            if not versions:
                continue
            lines = originals(versions) if ask.plan == "original" else versions[-1].lines
            for (activity, unit, fund), amounts in lines.items():
                for quarter, amount in amounts.items():
                    first, last = quarter_days(start, quarter)
                    inside = ask.start <= first and last <= ask.end
                    if not inside or not ask.keeps(activity, unit, fund):
                        continue
                    due = amount if last <= ask.as_of else 0
                    facts = ask.facts(activity, unit, fund, first)
                    found.append((facts, {"planned": amount, "planned_to_date": due}))
        return found

    def _money_facts(self, ask: "Ask") -> list[tuple[dict[str, Any], dict[str, int]]]:
        found = []
        for row in self.money:
            side = row.side(ask.moment)
            if side is None or not ask.start <= row.day <= min(ask.end, ask.as_of):
                continue
            if ask.keeps(row.activity, row.unit, row.fund):
                facts = ask.facts(row.activity, row.unit, row.fund, row.day)
                found.append((facts, {side: row.amount}))
        return found


def originals(versions: list[Any]) -> dict[Any, Any]:
    """Each programme's lines in the first version that has any."""
    lines: dict[Any, Any] = {}
    for version in versions:
        known = {program_of(activity) for activity, _unit, _fund in lines}
        lines |= {key: a for key, a in version.lines.items() if program_of(key[0]) not in known}
    return lines


def program_of(activity: str) -> str:
    """The programme of an activity by its code: GBV of GBV-01."""
    return activity.partition("-")[0]


def covered(pairs: Pairs, program: str, unit: Unit) -> bool:
    """Whether assignments to these pairs cover a programme in a unit."""
    units = {unit, SUCCESSORS.get(unit, unit)}
    return any(p in (None, program) and (u is None or u in units) for p, u in pairs)


@dataclass
class Ask:
    """A request to the summary, as a client makes it."""

    by: tuple[str, ...] = ()
    year: str | None = "2023"
    span: tuple[date, date] | None = None
    plan: str = "current"
    as_of: date = date(2026, 11, 1)
    known_at: datetime | None = None
    new_units: bool = False
    programs: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    pairs: Pairs = ((None, None),)  # the reader's assignments

    @property
    def start(self) -> date:
        return self.span[0] if self.span else YEARS[self.year or ""][0]

    @property
    def end(self) -> date:
        return self.span[1] if self.span else YEARS[self.year or ""][1]

    @property
    def moment(self) -> datetime:
        return self.known_at or LATE - timedelta(days=1)

    @property
    def key_names(self) -> list[str]:
        names = list(self.by)
        if self.span and "quarter" in names:
            names.insert(names.index("quarter"), "fiscal_year")
        return names

    @property
    def whole_quarters(self) -> bool:
        touched = [
            span for span in ALL_YEARS.values() if span[0] <= self.end and span[1] >= self.start
        ]
        days = [quarter_days(first, q) for first, _last in touched for q in (1, 2, 3, 4)]
        return self.start in {a for a, _b in days} and self.end in {b for _a, b in days}

    def parameters(self) -> dict[str, Any]:
        query: dict[str, Any] = {"by": ",".join(self.by), "as_of": self.as_of.isoformat()}
        if self.span:
            query |= {"from": self.span[0].isoformat(), "to": self.span[1].isoformat()}
        else:
            query["fiscal_year"] = self.year
        if self.plan != "current":
            query["plan"] = self.plan
        if self.known_at:
            query["known_at"] = self.known_at.isoformat()
        if self.new_units:
            query["units"] = "new"
        lists = {
            "program": self.programs,
            "commune": self.communes,
            "fund": self.funds,
            "activity": self.activities,
        }
        return query | {name: list(codes) for name, codes in lists.items() if codes}

    def keeps(self, activity: str, unit: Unit, fund: str) -> bool:
        program = activity.partition("-")[0]
        shown = SUCCESSORS.get(unit, unit) if self.new_units else unit
        alive = self.new_units or (unit[1] == OLD and self.start < NEW) or self.end >= NEW
        return (
            covered(self.pairs, program, unit)
            and program in (self.programs or (program,))
            and (not self.communes or (shown[0] in self.communes and alive))
            and fund in (self.funds or (fund,))
            and activity in (self.activities or (activity,))
        )

    def facts(self, activity: str, unit: Unit, fund: str, day: date) -> dict[str, Any]:
        year, (start, _end) = next(item for item in ALL_YEARS.items() if day <= item[1][1])
        months = (day.year - start.year) * 12 + day.month - start.month
        return {
            "program": activity.partition("-")[0],
            "commune": SUCCESSORS.get(unit, unit) if self.new_units else unit,
            "activity": activity,
            "fund": fund,
            "fiscal_year": year,
            "quarter": months // 3 + 1,
            "month": f"{day.year}-{day.month:02}",
        }


def quarter_days(start: date, quarter: int) -> tuple[date, date]:
    """First and last day of a quarter of the fiscal year that begins on 1 July `start.year`."""
    firsts = [date(start.year, 7, 1), date(start.year, 10, 1)]
    firsts += [date(start.year + 1, month, 1) for month in (1, 4, 7)]
    return firsts[quarter - 1], firsts[quarter] - timedelta(days=1)


def rate(part: int, whole: int | None) -> str | None:
    if not whole:
        return None
    exact = Decimal(part) * 100 / Decimal(whole)
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def finish(row: dict[str, int], with_plan: bool) -> dict[str, Any]:
    planned = row["planned"] if with_plan else None
    to_date = row["planned_to_date"] if with_plan else None
    return {
        "planned": planned,
        "disbursed": row["disbursed"],
        "pending": row["pending"],
        "balance": None if planned is None else planned - row["disbursed"],
        "rate": rate(row["disbursed"], planned),
        "planned_to_date": to_date,
        "rate_to_date": rate(row["disbursed"], to_date),
    }
