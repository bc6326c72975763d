"""Answers of plan against actual and of head counts as the API gives them (DESIGN section 5)."""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.utils import timezone

from communes.models import Commune, Level
from core.services.request_cache import all_of, by_key
from core.values.dates import month_key
from disbursements.against_plan import Figures, against_plan
from disbursements.forecast import Expected
from programs.models import Activity, FiscalYear, Fund, Program
from programs.summary_query import Answer, SummaryQuery
from trainings.counts import Counts, count_trainings
from trainings.models import Topic

MONEY, TRAININGS = "/api/v1/summary/", "/api/v1/trainings/summary/"
SHARED = "fiscal_year from to by as_of program commune activity units"
PARAMETERS = {
    MONEY: frozenset(f"{SHARED} plan known_at fund".split()),
    TRAININGS: frozenset(f"{SHARED} topic".split()),
}
FORMS = frozenset("format delimiter decimal hxl lang".split())  # how the answer is written
SOURCES: dict[str, Callable[..., Answer[Any]]] = {MONEY: against_plan, TRAININGS: count_trainings}
MODELS: dict[str, type[Model]] = {
    "program": Program,
    "commune": Commune,
    "activity": Activity,
    "fund": Fund,
    "topic": Topic,
}


def address(path: str, query: SummaryQuery, **more: str) -> str:
    """The address of a summary of the API that asks the same, of what that summary knows: it is
    asked about a quarter or a month by their days."""
    if query.quarter or query.month:
        query = query.narrowed(days=query.span)
    pairs = [pair for pair in query.parameters() if pair[0] in PARAMETERS[path]]
    return f"{path}?{urlencode([*pairs, *more.items()], safe=',:')}"


def table(answer: Answer[Any]) -> dict[str, Any]:
    """An answer as a document freezes it, with the address that gives it again."""
    path = MONEY if isinstance(answer.total, Figures) else TRAININGS
    return {
        "query": address(path, answer.query),
        "total": figures(answer.total),
        "rows": rows_of(answer),
    }


def records_by_key(cut: str, rows: Iterable[Figures | Counts | Expected]) -> dict[int, Any]:
    """The records that a cut's keys stand for, by key, in the order of their lists."""
    if cut == "program":
        all_of(Program)  # they are few, and most pages ask for all of them next
    found = by_key(MODELS[cut], {row.key[cut] for row in rows})
    return {pk: _named_as_area(row) for pk, row in found.items()}


def _named_as_area(row: Any) -> Any:
    """A province has money of the whole programme area, and is called so."""
    if getattr(row, "level", None) == Level.PROVINCE:
        row = copy(row)
        row.name = row.called_today
    return row


class Names:
    """What the primary keys of an answer stand for: one query per cut, sorted as lists are."""

    def __init__(self, rows: Sequence[Figures | Counts], cuts: tuple[str, ...]) -> None:
        self.found = {cut: records_by_key(cut, rows) for cut in cuts if cut in MODELS}
        self.place = {
            cut: {pk: index for index, pk in enumerate(records)}
            for cut, records in self.found.items()
        }
        years = {row.key["fiscal_year"] for row in rows if "fiscal_year" in row.key}
        found = FiscalYear.objects.filter(pk__in=years) if years else ()
        self.years = {year.pk: year for year in found}

    def sort_key(self, row: Figures | Counts) -> tuple[Any, ...]:
        return tuple(self._sort(cut, value) for cut, value in row.key.items())

    def _sort(self, cut: str, value: Any) -> Any:
        if cut in self.place:
            return -1 if value is None else self.place[cut][value]
        return self.years[value].start if cut == "fiscal_year" else value

    def fields(self, row: Figures | Counts) -> dict[str, object]:
        """The key of a row as the contract names it: codes with their names beside them."""
        fields: dict[str, object] = {}
        for cut, value in row.key.items():
            fields.update(self._key_fields(cut, value))
        return fields

    def _key_fields(self, cut: str, value: Any) -> dict[str, object]:
        if cut == "fiscal_year":
            return {"fiscal_year": self.years[value].code}
        if cut == "month":
            return {"month": month_key(value)}
        if cut not in self.found:
            return {cut: value}
        if value is None:
            return {cut: None, f"{cut}_name": None}
        obj = self.found[cut][value]
        named = {cut: obj.code, f"{cut}_name": getattr(obj, "title", None) or obj.name}
        if cut == "commune":
            named["commune_valid_from"] = obj.valid_from.isoformat()
        return named


def figures(row: Figures | Counts) -> dict[str, object]:
    """Money as integers in đồng, rates as strings with one decimal; or head counts."""
    if isinstance(row, Counts):
        return {"trainings": row.trainings, **row.values}
    return {
        "planned": row.planned,
        "disbursed": row.disbursed,
        "pending": row.pending,
        "balance": row.balance,
        "rate": percent(row.rate),
        "planned_to_date": row.planned_to_date,
        "rate_to_date": percent(row.rate_to_date),
    }


def percent(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.1f}"


def rows_of(answer: Answer[Any]) -> list[dict[str, object]]:
    """The rows in their stable order; one without a key when there is no cut."""
    if not answer.query.by:
        return [figures(answer.total)] if answer.rows else []
    names = Names(answer.rows, answer.query.by)
    ordered = sorted(answer.rows, key=names.sort_key)
    return [{**names.fields(row), **figures(row)} for row in ordered]


def payload(answer: Answer[Any]) -> dict[str, Any]:
    """The JSON body of a summary."""
    query, (start, end) = answer.query, answer.query.span
    is_money = isinstance(answer.total, Figures)
    return {
        "fiscal_year": None if query.days else query.year.code,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "as_of": query.until.isoformat(),
        **parameters_of(query, is_money),
        **({"currency": "VND"} if is_money else {}),
        "total": figures(answer.total),
        "rows": rows_of(answer),
    }


def parameters_of(query: SummaryQuery, is_money: bool) -> dict[str, object]:
    """What else an answer was asked with, by the names of the parameters; null is not asked."""
    lists = {
        "by": list(query.by),
        "program": [record.code for record in query.programs],
        "commune": [record.code for record in query.communes],
        "commune_valid_from": [record.valid_from.isoformat() for record in query.communes],
        "activity": [record.code for record in query.activities],
        "units": "new" if query.new_units else "old",
    }
    if not is_money:
        return lists | {"topic": [record.code for record in query.topics]}
    known_at = query.known_at and timezone.localtime(query.known_at).isoformat()
    funds = [record.code for record in query.funds]
    return lists | {"fund": funds, "plan": query.plan, "known_at": known_at}


def columns(query: SummaryQuery, total: Iterable[str]) -> list[str]:
    """The columns of the rows, for a table without rows too; `total` names the figures."""
    names: list[str] = []
    for cut in query.key_names:
        names.append(cut)
        if cut in MODELS:
            names.append(f"{cut}_name")
        if cut == "commune":
            names.append("commune_valid_from")
    return [*names, *total]
