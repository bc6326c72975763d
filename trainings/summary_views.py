"""Training classes summed up by topic, programme, commune or quarter, with sex and age."""

from functools import cache
from typing import Any

from django import forms
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from communes.models import Commune
from core.lists import Column, Empty, Listing, answer
from core.lists.columns import BY_VALUE
from core.services.access import requires
from core.services.errors import NotBegun
from core.values import display
from programs.models import FiscalYear, Program
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


class SummaryFilters(forms.Form):
    """Of which year, cut by what; unless told otherwise the year of the newest class, by topic."""

    fiscal_year = forms.ChoiceField(label=_("Fiscal year"), required=False)
    by = forms.ChoiceField(label=_("By"), required=False)
    program = forms.ChoiceField(label=_("Programme"), required=False)
    commune = forms.ChoiceField(label=_("Commune"), required=False)

    def __init__(self, data: QueryDict, user: User) -> None:
        self.user, self.year = user, year_of(user, data.get("fiscal_year", ""))
        self.cut = cut_of(data.get("by"))
        data = data.copy()
        data["fiscal_year"], data["by"] = self.year.code, self.cut
        super().__init__(data)
        codes = FiscalYear.objects.order_by("-code").values_list("code", flat=True)
        every, year = [("", _now("All"))], self.year
        programs = Program.objects.visible_to(user)
        communes = Commune.objects.visible_to(user).in_area().valid_in(year.start, year.end)
        choices = {
            "fiscal_year": [(code, code) for code in codes],
            "by": [(name, str(label).capitalize()) for name, label in CUTS.items()],
            "program": every + [(each.code, str(each)) for each in programs],
            "commune": every + [(each.code, str(each)) for each in communes],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]


def cut_of(text: str | None) -> str:
    """What the address cuts by: topics, unless it says something else."""
    return text if text in CUTS else "topic"


def year_of(user: User, code: str) -> FiscalYear:
    """The year of the address; else that of the newest class the person sees."""
    if code:
        return get_object_or_404(FiscalYear, code=code)
    newest = Training.objects.visible_to(user).select_related("fiscal_year").first()
    found = newest.fiscal_year if newest else FiscalYear.objects.order_by("start").last()
    if found is None:
        raise NotBegun
    return found


def counted(user: User, form: SummaryFilters) -> list[Row]:
    """The rows of the cut, each with its name, in the order of what they are cut by."""
    wanted = form.cleaned_data
    kept = {
        "programs": Program.objects.filter(code=wanted["program"])
        if wanted.get("program")
        else None,
        "communes": Commune.objects.filter(code=wanted["commune"])
        if wanted.get("commune")
        else None,
    }
    keys: Any = {
        name: None if rows is None else frozenset(rows.values_list("pk", flat=True))
        for name, rows in kept.items()
    }
    year, by = form.year, form.cut
    question = TrainingQuestion((year,), year.start, year.end, year.end, by=(by,), **keys)
    _total, rows = count_trainings(question, user)
    names = _names(by, year, [row.key[by] for row in rows])
    order = list(names)
    rows.sort(key=lambda row: order.index(row.key[by]))
    return [(names[row.key[by]], row) for row in rows]


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


def listing(year: FiscalYear, cut: str) -> Listing:
    """The rows of one cut of a year. Each class stands in one row: the sums are those of all."""
    notes = [_now("Participations: a person who comes twice counts twice.")]
    if year.illustrative:
        notes.append(_now("Illustrative figures."))
    return Listing(
        name="trainings-summary",
        title=_("Training classes summed up"),
        columns=columns(cut),
        rows=lambda user: user,
        form=lambda user, data: SummaryFilters(data, user),
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
    year = year_of(request.user, request.GET.get("fiscal_year", ""))
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
