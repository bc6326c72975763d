"""Training classes summed up by topic, programme, commune or quarter, with sex and age."""

from functools import cache
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from communes.models import Commune
from core.lists import Column, Empty, Listing, answer, filters
from core.lists.columns import BY_VALUE
from core.services.access import requires
from core.values import display
from programs.models import FiscalYear, Program
from programs.years.filters import OfOneYear
from trainings.counts import Counts, TrainingQuestion, count_trainings
from trainings.models import Topic, Training

CUTS = {
    "topic": _("topic"),
    "program": _("programme"),
    "commune": _("commune"),
    "quarter": _("quarter"),
}
FIGURES = {
    "participants": _("participations"),
    "female": _("women"),
    "male": _("men"),
    "under_16": _("under 16"),
    "age_16_24": _("16–24"),
    "over_24": _("over 24"),
    "ethnic_minority": _("ethnic minority"),
    "disability": _("with a disability"),
    "poor_household": _("poor household"),
}
Row = tuple[str, Counts]


class SummaryFilters(OfOneYear):
    """Of which year, cut by what; unless told otherwise the year of the newest class, by topic."""

    by = filters.Choices("by", CUTS.items(), one=True, empty=None, label=_("By"))
    program = filters.Codes("program", Program, label=_("Programme"))
    commune = filters.Codes("commune", Commune, label=_("Commune"))

    @classmethod
    def usual_year(cls, user: User) -> FiscalYear | None:
        newest = Training.objects.visible_to(user).select_related("fiscal_year").first()
        return newest.fiscal_year if newest else FiscalYear.objects.order_by("start").last()

    def defaults(self, data: Any) -> dict[str, str]:
        return {**super().defaults(data), "by": cut_of(data.get("by"))}


def cut_of(text: str | None) -> str:
    """What the address cuts by: topics, unless it says something else."""
    return text if text in CUTS else "topic"


def counted(user: User, filters: SummaryFilters) -> list[Row]:
    """The rows of the cut, each with its name, in the order of what they are cut by."""
    wanted = filters.asked
    keys: Any = {
        "programs": _keys(Program, wanted["program"]),
        "communes": _keys(Commune, wanted["commune"]),
    }
    year, by = filters.year, wanted["by"][0]
    question = TrainingQuestion((year,), year.start, year.end, year.end, by=(by,), **keys)
    _total, rows = count_trainings(question, user)
    names = _names(by, year, [row.key[by] for row in rows])
    order = list(names)
    rows.sort(key=lambda row: order.index(row.key[by]))
    return [(names[row.key[by]], row) for row in rows]


def _keys(model: Any, codes: list[str]) -> frozenset[int] | None:
    """The records of the codes; None where nothing is asked: then of all."""
    rows = model.objects.filter(code__in=codes)
    return frozenset(rows.values_list("pk", flat=True)) if codes else None


def _names(by: str, year: FiscalYear, keys: list[Any]) -> dict[Any, str]:
    """What a cut's keys are called, in the order in which they stand."""
    if by == "quarter":
        return {number: display.quarter(number, year.start) for number in range(1, 5)}
    model: Any = {"topic": Topic, "program": Program, "commune": Commune}[by]
    return {row.pk: str(row) for row in model._default_manager.filter(pk__in=keys)}


def _figure(name: str, label: Any) -> Column:
    return Column(name, label, lambda row: row[1].values[name], BY_VALUE, sum="figure")


@cache
def columns(cut: str) -> tuple[Column, ...]:
    """What it is cut by, and the figures."""
    return (
        Column("name", CUTS[cut], lambda row: row[0], BY_VALUE),
        Column("trainings", _("classes"), lambda row: row[1].trainings, BY_VALUE, sum="figure"),
        *(_figure(name, label) for name, label in FIGURES.items()),
    )


def listing(year: FiscalYear | None, cut: str) -> Listing:
    """The rows of one cut of a year. Each class stands in one row: the sums are those of all."""
    notes = [_now("Participations: a person who comes twice counts twice.")]
    if year and year.illustrative:
        notes.append(_now("Illustrative figures."))
    return Listing(
        name="trainings-summary",
        title=_("Training classes summed up"),
        columns=columns(cut),
        rows=lambda user: user,
        filters=SummaryFilters,
        narrowed=counted,
        notes=lambda rows: notes,
        empty=Empty(
            title=_("No classes to sum up"), text=_("Choose another year, or enter a class.")
        ),
        live=False,  # the first heading is what it is cut by
    )


@requires(VIEW)
def summary(request: PersonRequest) -> HttpResponseBase:
    """The classes of a fiscal year by one cut, and the same rows as a sheet."""
    year = SummaryFilters.year_of(request.user, request.GET)
    context = {
        "year": year,
        "crumb": _now("Training classes"),
        "crumb_href": reverse("trainings"),
        "lead": _now(
            "Sexes and ages add up to the participations where they are known; the other parts "
            "may overlap. A person who comes twice counts twice."
        ),
    }
    return answer(
        request, listing(year, cut_of(request.GET.get("by"))), "lists/illustrative.html", context
    )
