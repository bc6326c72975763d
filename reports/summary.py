"""An answer of plan against actual in the shape of the contract (DESIGN section 5)."""

from decimal import Decimal
from typing import Any, ClassVar

from communes.models import Commune
from core.values.dates import month_key
from disbursements.against_plan import Answer, Figures, Question, Row
from programs.models import Activity, FiscalYear, Fund, Program
from reports.questions import Span
from trainings.counts import Counts, TrainingQuestion
from trainings.models import COUNTS, Topic

MONEY = ("planned", "disbursed", "pending", "balance", "rate", "planned_to_date", "rate_to_date")


class Names:
    """What the primary keys of an answer stand for: one query per cut, sorted as lists are."""

    models: ClassVar[dict[str, Any]] = {
        "program": Program,
        "commune": Commune,
        "activity": Activity,
        "fund": Fund,
        "topic": Topic,
    }

    def __init__(self, rows: list[Any], cuts: tuple[str, ...]) -> None:
        self.found: dict[str, dict[int, Any]] = {}
        self.place: dict[str, dict[int, int]] = {}
        for cut in cuts:
            if cut in self.models:
                keys = {row.key[cut] for row in rows} - {None}
                objects = list(self.models[cut].objects.filter(pk__in=keys))
                self.found[cut] = {obj.pk: obj for obj in objects}
                self.place[cut] = {obj.pk: index for index, obj in enumerate(objects)}
        years = {row.key["fiscal_year"] for row in rows if "fiscal_year" in row.key}
        self.years = {year.pk: year for year in FiscalYear.objects.filter(pk__in=years)}

    def sort_key(self, row: Any) -> tuple[Any, ...]:
        return tuple(self._sort(cut, value) for cut, value in row.key.items())

    def _sort(self, cut: str, value: Any) -> Any:
        if cut in self.place:
            return -1 if value is None else self.place[cut][value]
        return self.years[value].start if cut == "fiscal_year" else value

    def fields(self, row: Any) -> dict[str, Any]:
        """The key of a row as the contract names it: codes with their names beside them."""
        fields: dict[str, Any] = {}
        for cut, value in row.key.items():
            fields.update(self._named(cut, value))
        return fields

    def _named(self, cut: str, value: Any) -> dict[str, Any]:
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


def figures(row: Figures) -> dict[str, Any]:
    """Money as integers in đồng, rates as strings with one decimal."""
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


def rows_of(answer: Answer) -> list[dict[str, Any]]:
    """The rows in their stable order; one without a key when there is no cut."""
    if not answer.question.by:
        return [figures(answer.total)] if answer.rows else []
    names = Names(answer.rows, answer.question.by)
    ordered: list[Row] = sorted(answer.rows, key=names.sort_key)
    return [{**names.fields(row), **figures(row)} for row in ordered]


def head(span: Span, as_of: Any) -> dict[str, Any]:
    return {
        "fiscal_year": span.code,
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
        "as_of": as_of.isoformat(),
    }


def payload(answer: Answer, span: Span) -> dict[str, Any]:
    """The JSON body of `GET /api/v1/summary/`."""
    question = answer.question
    return {
        **head(span, question.as_of),
        "plan": question.plan,
        "currency": "VND",
        "total": figures(answer.total),
        "rows": rows_of(answer),
    }


def training_figures(counts: Counts) -> dict[str, int]:
    return {"trainings": counts.trainings, **counts.values}


def training_rows(
    question: TrainingQuestion, total: Counts, rows: list[Counts]
) -> list[dict[str, Any]]:
    """The rows of the training summary in their stable order."""
    if not question.by:
        return [training_figures(total)] if rows else []
    names = Names(rows, question.by)
    ordered = sorted(rows, key=names.sort_key)
    return [{**names.fields(row), **training_figures(row)} for row in ordered]


def training_payload(
    question: TrainingQuestion, span: Span, total: Counts, rows: list[Counts]
) -> dict[str, Any]:
    """The JSON body of `GET /api/v1/trainings/summary/`."""
    return {
        **head(span, question.as_of),
        "total": training_figures(total),
        "rows": training_rows(question, total, rows),
    }


def columns(question: Question | TrainingQuestion, figures: tuple[str, ...] = MONEY) -> list[str]:
    """The columns of the rows, for a table without rows too."""
    names: list[str] = []
    for cut in question.by:
        if cut == "quarter" and question.year_in_key:
            names.append("fiscal_year")
        names.append(cut)
        if cut in Names.models:
            names.append(f"{cut}_name")
        if cut == "commune":
            names.append("commune_valid_from")
    return [*names, *figures]


TRAINING_FIGURES = ("trainings", *COUNTS)
