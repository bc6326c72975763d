"""From an address's parameters to a question: shared by the API, the pages and the exports.

Wrong values raise `ValidationError({parameter: [sentence]})`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from communes.models import Commune
from core.api.base import repeated_in
from core.values.dates import today
from disbursements.against_plan import CUTS, Question
from disbursements.models import PlanVersion
from programs.models import Activity, FiscalYear, Fund, Program
from trainings.counts import CUTS as TRAINING_CUTS
from trainings.counts import TrainingQuestion
from trainings.models import Topic

REFORM = date(2025, 7, 1)  # Nghị quyết 1670/NQ-UBTVQH15: the new units operate from this day
PLANS = ("current", "original")
REPEATABLE = frozenset("by program commune activity fund topic".split())


@dataclass(frozen=True)
class Span:
    """The days asked for: a fiscal year, or from/to over several."""

    years: tuple[FiscalYear, ...]
    start: date
    end: date
    code: str | None  # the fiscal year's code where one was asked for


class Parameters:
    """Reads query parameters one by one and collects what is wrong with them."""

    def __init__(self, query: Any, allowed: frozenset[str]) -> None:
        self.query = query
        self.errors: dict[str, list[str]] = {}
        for name in query:
            if name not in allowed:
                self.wrong(name, _("Unknown parameter."))
        self.errors |= repeated_in(query, but=REPEATABLE)

    def wrong(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def finish(self) -> None:
        if self.errors:
            raise ValidationError(self.errors)

    def day(self, name: str) -> date | None:
        text = self.query.get(name, "")
        if not text:
            return None
        try:
            found = parse_date(text)
        except ValueError:
            found = None
        if found is None:
            self.wrong(name, _("'%(text)s' is not a date like 2023-06-30.") % {"text": text})
        return found

    def moment(self, name: str) -> datetime | None:
        text = self.query.get(name, "")
        if not text:
            return None
        found = _moment(text) or _moment(text.replace(" ", "+"))  # a "+" not escaped in an address
        if found is None or not 1 < found.year < 9999:  # the ends have no moment in every zone
            self.wrong(
                name, _("'%(text)s' is not a moment like 2023-07-31T17:00.") % {"text": text}
            )
            return None
        if timezone.is_naive(found):
            found = timezone.make_aware(found)
        return found.astimezone(UTC)  # PostgreSQL knows no zone beyond 16 hours from it

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        text = self.query.get(name, default)
        if text not in choices:
            self.wrong(name, _one_of(text, choices))
            return default
        return text

    def plan(self, span: "Span | None") -> str:
        """`current`, `original`, or the number of a version approved in the span's years."""
        text = self.query.get("plan", "current")
        if text in PLANS or (span is not None and is_plan_number(text, *span.years)):
            return text
        if not (text.isascii() and text.isdigit()):
            said = _("'%(text)s' is not current, original or the number of an approved plan.")
            self.wrong("plan", said % {"text": text[:40]})
        elif span is not None:
            said = _("There is no approved plan version %(number)s in these years.")
            self.wrong("plan", said % {"number": text[:40]})
        return "current"

    def cuts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        parts = [p.strip() for text in self.query.getlist("by") for p in text.split(",")]
        found = list(dict.fromkeys(part for part in parts if part))
        for part in found:
            if part not in choices:
                self.wrong("by", _one_of(part, choices))
        return tuple(found)

    def codes(self, name: str) -> list[str]:
        """The values of a parameter that may repeat (or be separated by commas)."""
        parts = [p.strip() for text in self.query.getlist(name) for p in text.split(",")]
        return list(dict.fromkeys(part for part in parts if part))

    def keys(self, name: str, model: Any, scope: Q | None = None) -> frozenset[int] | None:
        """Primary keys of the codes in a parameter; None when it is absent.

        A code that exists but not within `scope` matches nothing; one that does not exist is wrong.
        """
        codes = self.codes(name)
        if not codes:
            return None
        rows = model.objects.filter(code__in=codes)
        known = set(rows.values_list("code", flat=True))
        for code in codes:
            if code not in known:
                self.wrong(name, _("There is no '%(code)s'.") % {"code": code})
        return frozenset(rows.filter(scope or Q()).values_list("pk", flat=True))


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _one_of(text: str, choices: tuple[str, ...]) -> str:
    return _("'%(text)s' is not one of %(choices)s.") % {
        "text": text,
        "choices": ", ".join(filter(None, choices)),
    }


def read_span(parameters: Parameters) -> Span | None:
    """The span of `fiscal_year`, or of `from` and `to`; exactly one of the two must be given."""
    query = parameters.query
    code, has_range = query.get("fiscal_year"), bool(query.get("from") or query.get("to"))
    if bool(code) == has_range:
        parameters.wrong(
            "fiscal_year", _("Give either fiscal_year, or from and to: one of the two.")
        )
        return None
    if code:
        year = FiscalYear.objects.filter(code=code).first()
        if year is None:
            parameters.wrong(
                "fiscal_year", _("There is no fiscal year '%(code)s'.") % {"code": code}
            )
            return None
        return Span((year,), year.start, year.end, year.code)
    return _range(parameters)


def _range(parameters: Parameters) -> Span | None:
    start, end = parameters.day("from"), parameters.day("to")
    for name, value in (("from", start), ("to", end)):
        if value is None and name not in parameters.errors:
            parameters.wrong(name, _("from and to belong together."))
    if start is None or end is None:
        return None
    if end < start:
        parameters.wrong("to", _("to lies before from."))
        return None
    years = FiscalYear.objects.filter(start__lte=end, end__gte=start).order_by("start")
    return Span(tuple(years), start, end, None)


def is_plan_number(text: str, *years: FiscalYear) -> bool:
    """Whether it is the number of a plan version approved in one of the years."""
    if not (text.isdecimal() and text.isascii() and len(text) <= 3):
        return False
    approved = PlanVersion.objects.approved()
    return approved.filter(fiscal_year__in=years, number=int(text)).exists()


SUMMARY_PARAMETERS = frozenset(
    "fiscal_year from to by plan as_of known_at program commune activity fund units "
    "format delimiter decimal lang".split()
)


def read_summary(query: Any) -> tuple[Question, Span]:
    """The question of `GET /api/v1/summary/`."""
    parameters = Parameters(query, SUMMARY_PARAMETERS)
    span = read_span(parameters)
    by = parameters.cuts(CUTS)
    plan = parameters.plan(span)
    new_units = parameters.choice("units", ("", "old", "new"), "") == "new"
    as_of, known_at = parameters.day("as_of"), parameters.moment("known_at")
    programs = parameters.keys("program", Program)
    activities = parameters.keys("activity", Activity)
    funds = parameters.keys("fund", Fund)
    communes = parameters.keys("commune", Commune, lifetime(span, new_units) if span else None)
    parameters.finish()
    assert span is not None
    question = Question(
        years=span.years,
        start=span.start,
        end=span.end,
        as_of=as_of or today(),
        by=by,
        plan=plan,
        known_at=known_at,
        programs=programs,
        communes=communes,
        activities=activities,
        funds=funds,
        new_units=new_units,
        year_in_key=span.code is None,
    )
    return question, span


TRAINING_PARAMETERS = frozenset(
    "fiscal_year from to by as_of topic program commune activity units "
    "format delimiter decimal lang".split()
)


def read_training_summary(query: Any) -> tuple[TrainingQuestion, Span]:
    """The question of `GET /api/v1/trainings/summary/`."""
    parameters = Parameters(query, TRAINING_PARAMETERS)
    span = read_span(parameters)
    by = parameters.cuts(TRAINING_CUTS)
    new_units = parameters.choice("units", ("", "old", "new"), "") == "new"
    as_of = parameters.day("as_of")
    kept = {
        "topics": parameters.keys("topic", Topic),
        "programs": parameters.keys("program", Program),
        "activities": parameters.keys("activity", Activity),
        "communes": parameters.keys(
            "commune", Commune, lifetime(span, new_units) if span else None
        ),
    }
    parameters.finish()
    assert span is not None
    question = TrainingQuestion(
        years=span.years,
        start=span.start,
        end=span.end,
        as_of=as_of or today(),
        by=by,
        new_units=new_units,
        year_in_key=span.code is None,
        **kept,
    )
    return question, span


def lifetime(span: Span, new_units: bool) -> Q:
    """Which unit a commune code means: the one of the span, or the one of after July 2025.

    A unit that became no other (a district, for money of a whole area) stays itself among the new.
    """
    present = Q(valid_to__isnull=True)
    in_span = Q(valid_from__lte=span.end) & (present | Q(valid_to__gte=span.start))
    return present | Q(successor=None) & in_span if new_units else in_span


def is_known(unit: Commune, year: FiscalYear, new_units: bool) -> bool:
    """`lifetime` of a unit at hand: whether its code means this unit in that year."""
    if new_units and (unit.valid_to is None or unit.successor_id):
        return unit.valid_to is None
    return unit.valid_from <= year.end and (unit.valid_to is None or unit.valid_to >= year.start)
