"""Training classes counted: the one function behind pages, sheets, reports and the API."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import User
from core.services.request_cache import gather, gathered, once
from programs.summary_query import Answer, Key, SummaryQuery
from trainings.models import COUNTS, Training

CUTS = ("topic", "program", "commune", "activity", "quarter", "month")
LABELS: dict[str, Any] = {  # what each head count is called, as on the form of a class
    name: Training._meta.get_field(name).verbose_name for name in COUNTS
}
KEPT = ("topic", "program", "commune", "activity")


@dataclass
class Counts:
    """Classes, participations (people) and the parts of them; unknown parts count as 0."""

    key: Key = field(default_factory=dict)
    trainings: int = 0
    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))

    def merge(self, other: "Counts") -> None:
        """Take in the counts of another key."""
        self.trainings += other.trainings
        for name in COUNTS:
            self.values[name] += other.values[name]


def count_trainings(query: SummaryQuery, user: User) -> Answer[Counts]:
    """Classes (by their first day) and people, within the user's scope."""
    return once(("trainings", query, user.pk), lambda: _from_finer(query, user))


def _from_finer(query: SummaryQuery, user: User) -> Answer[Counts]:
    """A finer cut of the same question that the page has had already serves this one, too."""
    until = min(query.until, query.span[1])
    shape = (query.days is None, query.new_units)  # of the rows' keys
    asked = ("classes", query.span, until, *shape, *map(query.kept, KEPT), user.pk)
    for answer in gathered(asked):
        if set(query.by) <= set(answer.query.by):
            return replace(answer.cut(*query.by), query=query)
    return gather(asked, lambda: _count_trainings(query, user))


def _count_trainings(query: SummaryQuery, user: User) -> Answer[Counts]:
    names = query.key_names
    total, rows = Counts(), []
    for record in _grouped(counted_rows(query, user), names):
        values = {name: record[f"sum_{name}"] or 0 for name in COUNTS}
        rows.append(Counts({name: record[name] for name in names}, record["classes"], values))
        total.merge(rows[-1])
    answer = Answer(query, total, rows)
    return answer.in_new_units() if query.new_units else answer


def counted_rows(query: SummaryQuery, user: User) -> QuerySet[Training]:
    """The classes that a query counts, within the user's scope."""
    start, end = query.span
    rows = Training.objects.visible_to(user).filter(
        start__gte=start, start__lte=min(end, query.until)
    )
    return query.keep(rows, *KEPT)


def _grouped(rows: QuerySet[Training], names: list[str]) -> Iterable[dict[str, Any]]:
    keys = {"month": TruncMonth("start")} if "month" in names else {}
    plain = [name for name in names if name != "month"]
    found: Iterable[dict[str, Any]] = (
        rows.order_by()
        .values(*plain, **keys)
        .annotate(classes=Count("pk"), **{f"sum_{name}": Sum(F(name)) for name in COUNTS})
    )
    return found
