"""Pages of the results framework: indicators, their targets and their entered actuals."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communes.columns import COMMUNE
from core.pages import Column, RecordAction, RecordAdmin, Section, screen_text
from core.services.records import RecordServices
from core.values.dates import today
from core.values.text import is_digits
from monitoring.models import Actual, Indicator, Target
from monitoring.models.indicators import Counted
from monitoring.results import services as indicators
from monitoring.results.api import FigureFilters, IndicatorFilters
from programs.columns import PROGRAM, YEAR
from programs.models import FiscalYear

RESULTS = (_("Results framework"), "results")
INDICATORS = (_("Indicators"), "indicators")
TARGETS = (_("Targets"), "indicator-targets")
ACTUALS = (_("Entered actuals"), "indicator-actuals")


def _initial_values(request: HttpRequest) -> dict[str, object]:
    """What a link to the form of a figure fills in: the indicator, the year, the commune."""
    wanted = ("indicator", "fiscal_year", "commune")
    return {name: request.GET[name] for name in wanted if is_digits(request.GET.get(name, ""))}


def _figures(row: Indicator, user: User) -> Iterable[Section]:
    """The targets and actuals of an indicator, each a link, and links to enter one more."""
    kinds: list[tuple[str, Any, Any, Any]]
    kinds = [("indicator-target", _("Targets"), _("Set a target"), row.targets)]
    if row.counted == Counted.ENTERED:
        new = _("Enter an actual")
        kinds.append(("indicator-actual", _("Entered actuals"), new, row.actuals))
    may = any(map(user.can, indicators.MAY_SET))
    for one, title, new, rows in kinds:
        seen = rows.visible_to(user).select_related("indicator", "fiscal_year", "commune")
        lines = seen.order_by("-fiscal_year__start", "commune__sort_key", "pk")[:200]
        links = [(_line(each), reverse(one, args=[each.pk])) for each in lines]
        if may and one == "indicator-target":
            links += _whole_years(row)
        if may:
            links.append((str(new), f"{reverse(f'{one}-new')}?indicator={row.pk}"))
        if links:
            yield Section(title, links=links)


def _whole_years(row: Indicator) -> list[tuple[str, str]]:
    """Links to the form of all communes, for the three years around today."""
    near = FiscalYear.objects.filter(end__gte=today() - timedelta(days=366)).order_by("start")[:3]
    told = FiscalYear.objects.filter(target__indicator=row)
    years = {year.code: year for year in (*told, *near)}
    return [
        (
            _now("Targets of %(year)s, all communes") % {"year": code},
            reverse("indicator-targets-of", args=[row.pk, code]),
        )
        for code in sorted(years)
    ]


def _line(figure: Target | Actual) -> str:
    place = f"{figure.fiscal_year.code}, {figure.commune.name}"
    return f"{place}: {screen_text(figure.value)} {figure.indicator.unit}"


def _no_evidence_file(row: Actual, user: User) -> Iterable[Section]:
    yield Section(
        _("Evidence"),
        texts=(
            _now("The list, the minutes or the survey itself can be attached below, under Files."),
        ),
    )


T = TypeVar("T", Target, Actual)


def _delete(area: str, records: RecordServices[T]) -> RecordAction:
    """Take back a figure that was set by mistake; the list is what is left to see."""

    def remove(*, actor: User, row: T, version: str | int | None) -> None:
        records.remove(actor=actor, record=row, version=int(version or row.version))

    return RecordAction(
        "delete", _("Delete"), indicators.MAY_SET, remove, answer=lambda _gone: reverse(area)
    )


FIGURE_COLUMNS = (
    Column("indicator", _("indicator"), lambda row: row.indicator.code, "indicator__code"),
    Column("name", _("name"), lambda row: row.indicator.name, "indicator__sort_key"),
    Column(
        "program",
        _("programme"),
        lambda row: row.indicator.program.code,
        "indicator__program__order",
    ),
    YEAR,
    COMMUNE,
)

indicator_area = RecordAdmin(
    name="indicators",
    one="indicator",
    records=indicators.indicators,
    title=_("Indicators"),
    new=_("Enter an indicator"),
    help=_("What each programme is measured by; the portal counts some of it itself."),
    filterset=IndicatorFilters,
    filters=("program", "counted", "search"),
    related=("program",),
    columns=(
        Column.own("code", _("code")),
        Column("name", _("indicator"), lambda row: row.name, "sort_key"),
        PROGRAM,
        Column("unit", _("unit"), lambda row: row.unit),
        Column.own("baseline", _("baseline"), numeric=True),
        Column.choice("counted", _("actual is")),
    ),
    first=_("Enter the first indicator of a programme, then its targets."),
    sections=_figures,
    more=(RESULTS, TARGETS, ACTUALS),
)

target_area = RecordAdmin(
    name="indicator-targets",
    one="indicator-target",
    records=indicators.targets,
    title=_("Targets"),
    new=_("Set a target"),
    help=_("One for each indicator, fiscal year and commune."),
    filterset=FigureFilters,
    filters=("fiscal_year", "program", "indicator", "commune", "search"),
    related=("indicator__program", "fiscal_year", "commune"),
    columns=(
        *FIGURE_COLUMNS,
        Column.own("value", _("target"), numeric=True),
        Column("unit", _("unit"), lambda row: row.indicator.unit),
    ),
    first=_("Enter an indicator first; its page sets the targets of a year."),
    actions=(_delete("indicator-targets", indicators.targets),),
    initial=_initial_values,
    more=(RESULTS, INDICATORS, ACTUALS),
)

actual_area = RecordAdmin(
    name="indicator-actuals",
    one="indicator-actual",
    records=indicators.actuals,
    title=_("Entered actuals"),
    new=_("Enter an actual"),
    help=_("Only for indicators that the portal does not count itself; each with its evidence."),
    filterset=FigureFilters,
    filters=("fiscal_year", "program", "indicator", "commune", "search"),
    related=("indicator__program", "fiscal_year", "commune"),
    columns=(
        *FIGURE_COLUMNS,
        Column.own("value", _("actual"), numeric=True),
        Column("unit", _("unit"), lambda row: row.indicator.unit),
        Column("evidence", _("evidence"), lambda row: row.evidence),
    ),
    first=_("Enter what was reached, with the evidence for it."),
    actions=(_delete("indicator-actuals", indicators.actuals),),
    sections=_no_evidence_file,
    initial=_initial_values,
    more=(RESULTS, INDICATORS, TARGETS),
)

ADMINS = (indicator_area, target_area, actual_area)
