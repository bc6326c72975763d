"""Training classes summed up by topic, programme, commune or quarter, with sex and age."""

from functools import cache
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from communes.models import Commune
from core.lists import Column, Empty, Listing, filters, list_response
from core.lists.columns import BY_VALUE
from core.services.access import requires
from core.values import display
from programs.models import FiscalYear, Program
from programs.summary_query import SummaryQuery
from programs.years.filters import OfOneYear
from programs.years.page_year import known_year
from reports.summary import records_by_key
from trainings.counts import LABELS, Counts, count_trainings

CUTS = {
    "topic": _("topic"),
    "program": _("programme"),
    "commune": _("commune"),
    "quarter": _("quarter"),
}
FIGURES = {**LABELS, "participants": _("participations")}
Row = tuple[str, Counts]


class SummaryFilters(OfOneYear):
    """Of which year, cut by what; unless told otherwise the latest with postings, by topic."""

    by = filters.Choices("by", CUTS.items(), one=True, empty=None, label=_("By"))
    program = filters.Codes("program", Program, label=_("Programme"))
    commune = filters.Codes("commune", Commune, label=_("Commune"))

    def defaults(self, data: Any) -> dict[str, str]:
        return {**super().defaults(data), "by": cut_of(data.get("by"))}


def cut_of(text: str | None) -> str:
    """What the address cuts by: topics, unless it says something else."""
    return text if text in CUTS else "topic"


def counted(user: User, filters: SummaryFilters) -> list[Row]:
    """The rows of the cut, each with its name, in the order of what they are cut by."""
    wanted, year = filters.asked, filters.year
    cut = wanted["by"][0]
    query = SummaryQuery.of_year(
        year,
        year.end,
        by=(cut,),
        programs=tuple(Program.objects.filter(code__in=wanted["program"])),
        communes=tuple(
            Commune.objects.filter(code__in=wanted["commune"]).valid_in(year.start, year.end)
        ),
    )
    rows = {row.key[cut]: row for row in count_trainings(query, user).rows}
    names = (
        {number: display.quarter(number, year.start) for number in range(1, 5)}
        if cut == "quarter"
        else records_by_key(cut, rows.values())
    )
    return [(str(name), rows[key]) for key, name in names.items() if key in rows]


def _figure(name: str, label: Promise) -> Column:
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
    year = known_year(request.GET, request.user)
    context = {
        "year": year,
        "crumb": _now("Training classes"),
        "crumb_href": reverse("trainings"),
        "lead": _now(
            "Sexes and ages add up to the participations where they are known; the other parts "
            "may overlap. A person who comes twice counts twice."
        ),
    }
    return list_response(
        request, listing(year, cut_of(request.GET.get("by"))), "lists/illustrative.html", context
    )
