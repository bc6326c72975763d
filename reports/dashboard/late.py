"""Who is late against the plan to date, and why: the explanation, or the difficulty behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from communes.models import Commune
from core.services.request_cache import once
from disbursements.against_plan import Figures
from monitoring.models.difficulties import Difficulty
from monitoring.variance.services import VarianceNote, ended_quarters, notes_of, variances
from programs.models import Program
from programs.summary_query import Answer
from reports import linked_number
from reports.dashboard.tables import Named
from reports.linked_number import Num
from reports.page_query import PageQuery

Cell = tuple[int | None, int | None]  # a programme, a commune
Row = TypeVar("Row", VarianceNote, Difficulty)
MOST = 2000  # difficulties looked at, the newest: more than a year has for its cells


@dataclass(frozen=True)
class Reason:
    """Why: a text, where it is written down, and the decision it is linked to."""

    text: str
    href: str
    decision: str = ""
    plan: str = ""
    plan_href: str = ""
    is_difficulty: bool = False


@dataclass(frozen=True)
class Late:
    """A programme × commune below the lower limit; `explain` is where an explanation is given, ''
    where none is asked for: against the current plan it may lie within the limits."""

    name: str
    href: str
    planned: Num
    disbursed: Num
    short: Num
    rate: Num
    reason: Reason | None
    explain: str


def late_cells(page: PageQuery, answer: Answer[Figures], names: Named, user: User) -> list[Late]:
    """Programme × commune below the year's lower limit of the plan to date, worst first."""
    found = [
        (sums, names.programs[sums.key["program"]], names.communes[sums.key["commune"]])
        for sums in answer.cut("program", "commune").rows
        if sums.rate_to_date is not None and sums.rate_to_date < page.year.variance_low
    ]
    if not found:
        return []
    found.sort(key=lambda entry: (entry[0].rate_to_date, entry[1].order, entry[2].sort_key))
    reasons = Reasons(page, user)
    return [_late(page, *entry, reasons) for entry in found]


def _late(
    page: PageQuery, sums: Figures, program: Program, commune: Commune, reasons: "Reasons"
) -> Late:
    own = page.narrowed(programs=(program,), communes=(commune,))
    due = own.detail(show="due")
    return Late(
        name=f"{program.code} · {commune}",
        href=own.beside(),
        planned=linked_number.exact(sums.planned_to_date, due),
        disbursed=linked_number.exact(sums.disbursed, own.detail()),
        short=linked_number.remaining((sums.planned_to_date or 0) - sums.disbursed, due),
        rate=linked_number.percent(sums.rate_to_date, due),
        reason=reasons.of(program, commune),
        explain=reasons.address(program, commune),
    )


class Reasons:
    """What was said and asked about the cells of a year: a few queries, however many cells."""

    def __init__(self, page: PageQuery, user: User) -> None:
        self.page = page
        self.quarters = ended_quarters(page.year, page.over_by)
        self.asked = self._outside_limits(user)
        self.notes = self._notes(user)
        self.difficulties = self._difficulties(user)

    def of(self, program: Program, commune: Commune) -> Reason | None:
        """The latest explanation; without one, the difficulty that is nearest to the cell."""
        note = self.notes.get((program.pk, commune.pk))
        if note is not None:
            plan = note.plan_version
            return Reason(
                text=note.text,
                href=_variance(self.page, note.quarter, program, note.commune_id),
                decision=note.decision,
                plan=str(plan) if plan else "",
                plan_href=reverse("plan-version", args=[plan.pk]) if plan else "",
            )
        for key in ((program.pk, commune.pk), (None, commune.pk), (program.pk, None)):
            if row := self.difficulties.get(key):
                return Reason(row.title, reverse("difficulty", args=[row.pk]), is_difficulty=True)
        return None

    def address(self, program: Program, commune: Commune) -> str:
        """Where the cell is explained: at the last quarter's end that is over; '' where it lies
        within the limits of the current plan, so that nothing is asked."""
        if (program.pk, commune.pk) not in self.asked:
            return ""
        return _variance(self.page, self.quarters[-1], program, commune.pk)

    def _outside_limits(self, user: User) -> set[tuple[int, int]]:
        """The cells outside the limits at that quarter's end; the new units are asked nothing."""
        if not self.quarters or self.page.new_units:
            return set()
        found = variances(user, self.page.year, self.quarters[-1])
        return {(item.program.pk, item.commune.pk) for item in found if item.commune}

    def _notes(self, user: User) -> dict[Cell, VarianceNote]:
        rows = [
            note
            for note in notes_of(user, self.page.year)
            if note.quarter in self.quarters and note.commune_id
        ]
        rows.sort(key=lambda note: (note.quarter, note.pk), reverse=True)
        return self._latest(rows)

    def _difficulties(self, user: User) -> dict[Cell, Difficulty]:
        def read() -> list[Difficulty]:
            rows = Difficulty.objects.visible_to(user).in_year(self.page.year)
            rows = rows.filter(raised_on__lte=self.page.until)
            rows = rows.exclude(Q(program=None) & Q(commune=None))
            return list(rows.select_related("commune").order_by("-raised_on", "-pk")[:MOST])

        until = min(self.page.until, self.page.year.end)
        return self._latest(once(("difficulties", user.pk, self.page.year.pk, until), read))

    def _latest(self, rows: Sequence[Row]) -> dict[Cell, Row]:
        """(programme, commune) → the first of the rows that is about them; newest come first."""
        found: dict[Cell, Row] = {}
        for row in rows:
            found.setdefault((row.program_id, self._unit(row)), row)
        return found

    def _unit(self, row: VarianceNote | Difficulty) -> int | None:
        """The commune's key, or its successor's where the page counts by the new units."""
        if row.commune is None or not self.page.new_units:
            return row.commune_id
        return row.commune.successor_id or row.commune_id


def _variance(page: PageQuery, quarter: int, program: Program, commune: int | None) -> str:
    return reverse("variance", args=[page.year.code, quarter, program.code, "commune", commune])
