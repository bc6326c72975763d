"""What stands beside a row of the ledger: how much of the plan is left, and whether it is used up.

The figures are those of `against_plan`, of activity × commune and of the programme, in the person's
scope and for the row's whole fiscal year. The plan is crossed once per activity × commune and plan
version: by the first row, in order of entry, with which all that is entered comes to more than the
plan in force; rows after it are over the plan, too, and no more is said of them (issue "Rules", F).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Sum

from accounts.models import User
from disbursements.against_plan import Figures, against_plan, planned_amounts
from disbursements.models import Disbursement
from programs.summary_query import SummaryQuery

Key = tuple[int, int, int]  # fiscal year, activity, commune
NEW = 2**63  # the place of a row that is not saved yet: after all others


@dataclass(frozen=True)
class Beside:
    """What a row stands beside. `place` is activity × commune, `program` the whole programme."""

    place: Figures
    program: Figures
    entered: int  # in đồng, with this row
    is_over: bool  # that is more than planned
    crosses: bool  # and this row is the first to be

    @property
    def most(self) -> int:
        """What the row alone can hardly exceed (đồng), as `most_planned` has it."""
        return self.place.planned or self.program.planned or 0

    def as_json(self) -> dict[str, object]:
        """As the API says it."""
        place, program = _json_of(self.place), _json_of(self.program)
        return {"activity_commune": place, "program": program, "over_plan": self.is_over}


def _json_of(figures: Figures) -> dict[str, object]:
    names = ("planned", "disbursed", "pending", "balance")
    rate = None if figures.rate is None else f"{figures.rate:.1f}"
    return {**{name: getattr(figures, name) for name in names}, "rate": rate}


def key_of(row: Disbursement) -> Key:
    return row.fiscal_year_id, row.activity_id, row.commune_id


class Entered:
    """All originals of the years and activities of some rows, whatever their state. A year may have
    ten thousand of an activity: of most no more than numbers is read."""

    NUMBERS = ("pk", "fiscal_year_id", "activity_id", "commune_id", "amount", "reversed_amount")
    NAMES = (*NUMBERS, "fund_id", "date", "voucher_no", "payee", "status")

    def __init__(self, rows: Sequence[Disbursement]) -> None:
        self.of = Disbursement.objects.filter(
            reverses=None,
            fiscal_year__in={row.fiscal_year_id for row in rows},
            activity__in={row.activity_id for row in rows},
        ).order_by("pk")
        self.communes = {row.commune_id for row in rows}

    @cached_property
    def numbers(self) -> list[tuple[int, ...]]:
        """`NUMBERS` of all of them, in the order in which they were entered."""
        return list(self.of.values_list(*self.NUMBERS))

    def alike(self, rows: Sequence[Disbursement]) -> list[Any]:
        """Those of the days and amounts of some rows."""
        days, amounts = {row.date for row in rows}, {row.amount for row in rows}
        found = self.of.filter(date__in=days, amount__in=amounts, commune__in=self.communes)
        return list(found.values_list(*self.NAMES, named=True))

    def before(self, rows: Sequence[Disbursement]) -> list[int]:
        """For each row what was entered before it in its year, activity and commune: in đồng, less
        what was reversed. Rows that are not saved yet come after all others, in this order."""
        ledger: dict[Key, tuple[list[int], list[int]]] = {}
        for pk, year, activity, commune, amount, reversed_amount in self._until(rows):
            ids, sums = ledger.setdefault((year, activity, commune), ([], [0]))
            ids.append(pk)
            sums.append(sums[-1] + amount - reversed_amount)
        unsaved: Counter[Key] = Counter()
        found = []
        for row in rows:
            key = key_of(row)
            ids, sums = ledger.get(key, ([], [0]))
            found.append(sums[bisect_left(ids, row.pk or NEW)] + (0 if row.pk else unsaved[key]))
            if row.pk is None:
                unsaved[key] += row.amount
        return found

    def _until(self, rows: Sequence[Disbursement]) -> Iterable[tuple[int, ...]]:
        """`NUMBERS` of what stands before the last of some rows: the database adds up what stands
        before the first of them, as one of each place."""
        if "numbers" in self.__dict__:
            return self.numbers
        places = [row.pk or NEW for row in rows]
        there = self.of.filter(commune__in=self.communes)
        key = ("fiscal_year_id", "activity_id", "commune_id")
        sums = (Sum("amount"), Sum("reversed_amount"))
        earlier = there.filter(pk__lt=min(places)).order_by().values_list(*key)
        found = [(0, *each) for each in earlier.annotate(*sums)]
        if min(places) < max(places):
            between = there.filter(pk__gte=min(places), pk__lt=max(places))
            found += between.values_list(*self.NUMBERS)
        return found


def beside_plan(
    user: User, rows: Sequence[Disbursement], entered: Entered | None = None
) -> list[Beside | None]:
    """What each row stands beside, counted with the amount it has here; None where its programme
    has no plan in force."""
    figures = _figures(user, rows)
    if not any(figures):
        return [None for _row in rows]
    before = (entered or Entered(rows)).before(rows)
    answer: list[Beside | None] = []
    for row, pair, earlier in zip(rows, figures, before, strict=True):
        if pair is None:
            answer.append(None)
            continue
        planned = pair[0].planned or 0
        until = earlier + row.rest
        is_over = row.reverses_id is None and until > planned
        answer.append(Beside(*pair, until, is_over, is_over and earlier <= planned))
    return answer


def _figures(user: User, rows: Sequence[Disbursement]) -> list[tuple[Figures, Figures] | None]:
    """For each row what `against_plan` has of its activity × commune, and of its programme."""
    places: dict[Key, Figures] = {}
    wholes: dict[tuple[int, int], Figures] = {}
    for query in _queries(rows):
        answer, year = against_plan(query, user), query.year.pk
        places |= {(year, row.key["activity"], row.key["commune"]): row for row in answer.rows}
        wholes |= {(year, program): row for program, row in answer.by("program").items()}
    return [
        (places.get(key_of(row), Figures()), whole)
        if (whole := wholes.get((row.fiscal_year_id, row.program_id))) and whole.planned
        else None
        for row in rows
    ]


def _queries(rows: Sequence[Disbursement]) -> list[SummaryQuery]:
    """What is asked of the plan about some rows: a question for each fiscal year."""
    years = {row.fiscal_year_id: row.fiscal_year for row in rows}
    programs = tuple({row.program_id: row.program for row in rows}.values())
    cuts = ("program", "activity", "commune")
    return [SummaryQuery.of_year(year, by=cuts, programs=programs) for year in years.values()]


def most_planned(user: User, rows: Sequence[Disbursement]) -> list[int]:
    """For each row what it alone can hardly exceed (đồng): the whole year's plan of its activity ×
    commune, or its programme's where that has none; 0 where there is no plan."""
    places: Counter[Key] = Counter()
    programs: Counter[tuple[int, int]] = Counter()
    names = ("line__program", "line__activity", "line__commune")
    for query in _queries(rows):
        amounts, _versions = planned_amounts(query, user)
        for program, *place, total in amounts.values_list(*names).annotate(total=Sum("amount")):
            places[query.year.pk, *place] += total
            programs[query.year.pk, program] += total
    return [places[key_of(row)] or programs[row.fiscal_year_id, row.program_id] for row in rows]
