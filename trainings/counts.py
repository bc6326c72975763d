"""Training classes counted: the one function behind pages, sheets, reports and the API."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import User
from communes.lookups import successors
from programs.models import FiscalYear
from trainings.models import COUNTS, Training

CUTS = ("topic", "program", "commune", "activity", "quarter", "month")


@dataclass(frozen=True)
class TrainingQuestion:
    """Which classes (by their first day) to count, and by what. None keeps everything."""

    years: tuple[FiscalYear, ...]
    start: date
    end: date
    as_of: date
    by: tuple[str, ...] = ()
    topics: frozenset[int] | None = None
    programs: frozenset[int] | None = None
    communes: frozenset[int] | None = None
    activities: frozenset[int] | None = None
    new_units: bool = False
    year_in_key: bool = False


@dataclass
class Counts:
    """Classes, participations (people) and the parts of them; unknown parts count as 0."""

    key: dict[str, Any] = field(default_factory=dict)
    trainings: int = 0
    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))

    def add(self, record: dict[str, Any]) -> None:
        self.trainings += record["classes"]
        for name in COUNTS:
            self.values[name] += record[f"sum_{name}"] or 0

    def merge(self, other: "Counts") -> None:
        """Take in the counts of another key."""
        self.trainings += other.trainings
        for name in COUNTS:
            self.values[name] += other.values[name]


def count_trainings(question: TrainingQuestion, user: User) -> tuple[Counts, list[Counts]]:
    """Total and rows (in no particular order) within the user's scope."""
    names = list(question.by)
    if question.year_in_key and "quarter" in names:
        names.insert(names.index("quarter"), "fiscal_year")
    merged = successors()
    total = Counts()
    table: dict[tuple[Any, ...], Counts] = {}
    for record in _grouped(counted_rows(question, user, merged), names):
        key = {name: record[name] for name in names}
        if question.new_units and "commune" in key:
            key["commune"] = merged.get(key["commune"], key["commune"])
        table.setdefault(tuple(key.values()), Counts(key=key)).add(record)
        total.add(record)
    return total, list(table.values())


def counted_rows(
    question: TrainingQuestion, user: User, merged: dict[int, int] | None = None
) -> QuerySet:
    """The classes that a question counts, within the user's scope."""
    communes = question.communes
    merged = successors() if merged is None else merged
    if communes is not None and question.new_units:
        communes |= {old for old, new in merged.items() if new in communes}
    wanted = {
        "topic": question.topics,
        "program": question.programs,
        "commune": communes,
        "activity": question.activities,
    }
    return Training.objects.visible_to(user).filter(
        start__gte=question.start,
        start__lte=min(question.end, question.as_of),
        **{f"{name}__in": keys for name, keys in wanted.items() if keys is not None},
    )


def _grouped(rows: QuerySet, names: list[str]) -> QuerySet:
    keys: dict[str, Any] = {"month": TruncMonth("start")} if "month" in names else {}
    plain = [name for name in names if name != "month"]
    return (
        rows.order_by()
        .values(*plain, **keys)
        .annotate(classes=Count("pk"), **{f"sum_{name}": Sum(F(name)) for name in COUNTS})
    )
