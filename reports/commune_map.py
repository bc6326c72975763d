"""Where a commune lies: a map on its page, among the communes of its time, coloured like the heat
table. Nothing where its outline is not loaded."""

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from communes.models import Commune
from communes.outlines.services import outlines_of
from core.pages import Section
from core.values import display
from core.values.dates import today
from disbursements.against_plan import Figures, against_plan
from programs.models import FiscalYear
from programs.summary_query import SummaryQuery
from reports.activity_pages import all_years
from reports.charts.heat import heat
from reports.charts.tiles import Tile, laid_out
from reports.page_query import REFORM


def map_of(user: User, unit: Commune) -> Iterable[Section]:
    """The map with this commune marked, each other one a link to its page."""
    around = Commune.objects.visible_to(user).in_area()
    units = {each.pk: each for each in around.valid_in(unit.valid_from, unit.valid_to or today())}
    outlines = outlines_of(units.values())
    if unit.pk not in outlines:
        return
    year, rows = _rates(user, is_new=unit.valid_from >= REFORM)
    shown = sorted((units[pk] for pk in outlines), key=lambda each: each == unit)  # on top
    tiles = [_tile(each, rows.get(each.pk), outlines[each.pk], i) for i, each in enumerate(shown)]
    drawn = laid_out(tiles)
    for tile in drawn["tiles"]:
        each = shown[tile["cell"][0]]
        tile["href"] = reverse("commune", args=[each.pk])
        tile["is_own"] = each == unit
    picture = render_to_string("reports/charts/tiles.svg", {"tiles": drawn})
    said = _("The rates are those of %(year)s against the plan.") % {"year": year.code}
    yield Section(_("Where it lies"), texts=[said] if rows else [], picture=picture)


def _tile(
    unit: Commune, sums: Figures | None, outline: list[list[list[tuple[float, float]]]], number: int
) -> Tile:
    rate = display.percent(sums.rate) if sums else ""
    return Tile(str(unit), rate, "", heat(sums.rate_to_date if sums else None), number, 0, outline)


def _rates(user: User, *, is_new: bool) -> tuple[FiscalYear, dict[int, Figures]]:
    """The latest fiscal year with money, and its figures by commune."""
    query = SummaryQuery(all_years(), by=("fiscal_year",))
    by_year = {row.key["fiscal_year"]: row for row in against_plan(query, user).rows}
    spent = [year for year in query.years if year.pk in by_year and by_year[year.pk].disbursed]
    latest = (spent or list(query.years))[-1]
    asked = query.narrowed(years=(latest,), by=("commune",), new_units=is_new)
    return latest, {row.key["commune"]: row for row in against_plan(asked, user).rows}
