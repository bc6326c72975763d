"""From an address to a question and back: one reading for the pages, the API and the exports.

The filter of a page lives in its address, so that it can be shared. A page leaves out what it does
not understand, says so (`errors`) and shows the rest; the API refuses it, by parameter.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import dateparse
from django.utils.translation import gettext as _

from accounts.models import User
from communes.models import Commune
from communes.own_day import other_time
from core.api.base import repeated_in
from core.services.request_cache import once
from core.values.dates import DateError, month_key, parse_date, parse_moment
from core.values.said import Said, coded
from core.values.text import has_odd_digits
from disbursements.models import PlanVersion
from programs.models import Activity, FiscalYear, Fund, Program, add_months
from programs.summary_query import Days, SummaryQuery
from programs.years.page_year import page_year
from reports.page_query import PLANS, PageQuery
from trainings.models import Topic

QUARTERS = ("1", "2", "3", "4")
REPEATABLE = frozenset("by program commune activity fund topic".split())
PAGE = frozenset(
    "fiscal_year program commune activity topic quarter month plan as_of compare units".split()
)


def from_query(
    query: QueryDict, user: User, allowed: frozenset[str] | None = None, cuts: tuple[str, ...] = ()
) -> PageQuery:
    """What an address asks of a page; or, strictly, of a summary of the API that takes the
    `allowed` parameters and cuts: then what is wrong is a `ValidationError` by parameter.
    """
    reader = Reader(query, allowed)
    if allowed is not None:
        reader.refuse_others()
    years, days = reader.span(user)
    asked = PageQuery(
        years=years, days=days, new_units=reader.choice("units", ("old", "new")) == "new"
    )
    activities = Activity.objects.all()
    found = replace(
        asked,
        by=reader.cuts(cuts),
        programs=reader.records("program", Program.objects.all()),
        communes=reader.communes(asked if years or days else None),
        activities=reader.records(
            "activity", activities if allowed else activities.visible_to(user)
        ),
        funds=reader.records("fund", Fund.objects.all()),
        topics=reader.records("topic", Topic.objects.all()),
        quarter=int(reader.choice("quarter", QUARTERS) or 0) or None,
        month=reader.month(years),
        plan=reader.plan(years, days),
        as_of=reader.day("as_of"),
        known_at=reader.moment("known_at"),
        compare=reader.year("compare"),
    )
    reader.finish()
    return replace(found, errors=reader.sentences())


def _year_of(code: str) -> FiscalYear | None:
    return FiscalYear.objects.filter(code=code).first()


Coded = TypeVar("Coded", Program, Commune, Activity, Fund, Topic)


class Reader:
    """Reads parameters one by one and collects what is wrong with them.

    With `allowed` (the parameters there are) it is strict; without it people read what it says:
    each wrong value is named, in the same words.
    """

    def __init__(self, query: Any, allowed: frozenset[str] | None = None) -> None:
        self.is_strict = allowed is not None
        self.known = PAGE if allowed is None else allowed
        self.query = query
        self.errors: dict[str, list[str]] = {}

    def refuse_others(self, repeatable: Collection[str] = REPEATABLE) -> None:
        """Parameters that mean nothing here, and those given twice that may not be, are wrong."""
        for name in self.query:
            if name not in self.known:
                self.wrong(name, coded("unknown_parameter", _("Unknown parameter.")))
        self.errors |= repeated_in(self.query, but=repeatable)

    def wrong(self, name: str, message: str, value: str = "") -> None:
        if not self.is_strict:
            said = _("“%(value)s” is not known here and was left out of the filter.")
            message = said % {"value": value[:40]}
        self.errors.setdefault(name, []).append(message)

    def finish(self) -> None:
        if self.is_strict and self.errors:
            raise ValidationError(self.errors)

    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for said in self.errors.values() for sentence in said)

    def text(self, name: str) -> str:
        """The value of a parameter; '' where it is absent, or means nothing here."""
        text = str(self.query.get(name) or "") if name in self.known else ""
        return text if self.is_strict else text.strip()

    def codes(self, name: str) -> list[str]:
        """The values of a parameter that may repeat (or be separated by commas)."""
        texts = self.query.getlist(name) if name in self.known else []
        parts = [part.strip() for text in texts for part in text.split(",")]
        return list(dict.fromkeys(part for part in parts if part))

    def choice(self, name: str, choices: Iterable[str]) -> str:
        text = self.text(name)
        if text and text not in choices:
            self.wrong(name, one_of(text, choices), text)
            return ""
        return text

    def cuts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        found = self.codes("by")
        for part in found:
            if part not in choices:
                self.wrong("by", one_of(part, choices))
        return tuple(found)

    def records(self, name: str, rows: QuerySet[Coded]) -> tuple[Coded, ...]:
        """The records of the codes in a parameter."""
        codes = self.codes(name)
        found = tuple(rows.filter(code__in=codes)) if codes else ()
        there = {row.code for row in found}
        for code in codes:
            if code not in there:
                said = _("There is no '%(code)s'.") % {"code": code}
                self.wrong(name, coded("does_not_exist", said), code)
        return found

    def communes(self, asked: SummaryQuery | None) -> tuple[Commune, ...]:
        """The units that the codes mean in the days asked for (`SummaryQuery.knows`); a code that
        no unit had then is refused, and what became of it is named."""
        named = self.records("commune", Commune.objects.select_related("successor"))
        if asked is None:
            return named
        found = tuple(unit for unit in named if asked.knows(unit))
        for code in dict.fromkeys(unit.code for unit in named):
            if code not in {unit.code for unit in found}:
                last = [unit for unit in named if unit.code == code][-1]
                said = other_time(last, *asked.lifetime, is_new=asked.new_units)
                self.errors.setdefault("commune", []).append(said)
        return found

    def year(self, name: str, *, needed: bool = False) -> FiscalYear | None:
        code = self.text(name)
        found = once(("year", code), lambda: _year_of(code)) if code else None
        if found is None and (code or needed):
            said = _("There is no fiscal year '%(code)s'.") % {"code": code}
            self.wrong(name, coded("does_not_exist", said), code)
        return found

    def span(self, user: User) -> tuple[tuple[FiscalYear, ...], Days | None]:
        """The fiscal years asked for, and the days where these are asked for instead.

        For programs exactly one of the two is given; people see the latest year by default.
        """
        if not self.is_strict:
            return (page_year(self.query, user),), None
        if bool(self.text("fiscal_year")) == bool(self.text("from") or self.text("to")):
            said = _("Give either fiscal_year, or from and to: one of the two.")
            self.wrong("fiscal_year", coded("one_of_two", said))
            return (), None
        if self.text("fiscal_year"):
            year = self.year("fiscal_year")
            return ((year,) if year else ()), None
        return self._range()

    def _range(self) -> tuple[tuple[FiscalYear, ...], Days | None]:
        start, end = self.day("from"), self.day("to")
        for name, value in (("from", start), ("to", end)):
            if value is None and name not in self.errors:
                self.wrong(name, coded("required", _("from and to belong together.")))
        if start is None or end is None:
            return (), None
        if end < start:
            self.wrong("to", coded("wrong_order", _("to lies before from.")))
            return (), None
        years = FiscalYear.objects.filter(start__lte=end, end__gte=start).order_by("start")
        return tuple(years), (start, end)

    def month(self, years: tuple[FiscalYear, ...]) -> date | None:
        """A month of the year."""
        text = self.text("month")
        months = (add_months(year.start, i) for year in years for i in range(12))
        found = {month_key(first): first for first in months}.get(text)
        if text and found is None:
            self.wrong("month", coded("invalid_month", ""), text)
        return found

    def day(self, name: str) -> date | None:
        """A day; people may write it as they write days here."""
        text = self.text(name)
        try:
            if not self.is_strict:
                return parse_date(text)
            found = None if has_odd_digits(text) else dateparse.parse_date(text)
        except DateError as error:
            self.errors.setdefault(name, []).append(coded(error.code, error.message))
            return None
        except ValueError:
            found = None
        if text and found is None:
            said = _("'%(text)s' is not a date like 2023-06-30.") % {"text": text}
            self.wrong(name, coded("invalid", said))
        return found

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        found = parse_moment(text, of_day=time.max)  # as everywhere the day itself is meant
        if found is None:
            said = _("'%(text)s' is not a moment like 2023-07-31T17:00.")
            self.wrong(name, coded("invalid_moment", said % {"text": text}))
        return found

    def plan(self, years: tuple[FiscalYear, ...], days: Days | None) -> str:
        """`current`, `original`, or the number of a version approved in the years."""
        text = self.text("plan") or "current"
        if text in PLANS or is_plan_number(text, *years):
            return text
        if not (text.isascii() and text.isdigit()):
            said = _("'%(text)s' is not current, original or the number of an approved plan.")
            self.wrong("plan", coded("invalid_choice", said % {"text": text[:40]}), text)
        elif years or days:
            said = _("There is no approved plan version %(number)s in these years.")
            self.wrong("plan", coded("does_not_exist", said % {"number": text[:40]}), text)
        return "current"


def one_of(text: str, choices: Iterable[str]) -> Said:
    words = {"text": text, "choices": ", ".join(choices)}
    return coded("invalid_choice", _("'%(text)s' is not one of %(choices)s.") % words)


def is_plan_number(text: str, *years: FiscalYear) -> bool:
    """Whether it is the number of a plan version approved in one of the years."""
    if not (text.isdecimal() and text.isascii() and len(text) <= 3):
        return False
    approved = PlanVersion.objects.approved()
    return approved.filter(fiscal_year__in=years, number=int(text)).exists()
