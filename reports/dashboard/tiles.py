"""The communes on the dashboard, as a map or as tiles, each a link to what it is made of."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from communes.models import Commune
from communes.outlines.services import outlines_of
from core.values import display
from disbursements.against_plan import Figures
from programs.summary_query import Answer
from reports import linked_number
from reports.charts.heat import heat
from reports.charts.outlined import Polygon
from reports.charts.tiles import LaidOut, Tile, laid_out, place
from reports.page_query import PageQuery


def placed(
    units: Iterable[Commune], outlines: Mapping[int, Sequence[Polygon]]
) -> list[tuple[int, float, float]]:
    """(key, longitude, latitude) of those whose place is known, by a point or by an outline."""
    found = []
    for unit in units:
        if unit.longitude is not None and unit.latitude is not None:
            found.append((unit.pk, unit.longitude, unit.latitude))
        elif unit.pk in outlines:
            longitude, latitude = outlines[unit.pk][0][0][0]
            found.append((unit.pk, longitude, latitude))
    return found


def note_of(drawn: LaidOut) -> str:
    """What is said below the communes: that it is a map, or that it is none."""
    if not drawn["is_map"]:
        return _(
            "A schematic, not a map: roughly where the communes lie, all of one size. No outlines "
            "of theirs are loaded."
        )
    if drawn["lacking"]:
        lacking = ", ".join(drawn["lacking"])
        return _("As tiles below the map, since their outline is not loaded: %(names)s.") % {
            "names": lacking
        }
    return _("The colour says the rate to date, as in the table by programme and commune.")


def tile_map(
    page: PageQuery, answer: Answer[Figures], communes: dict[int, Commune], classes: dict[int, int]
) -> dict[str, object]:
    """Tiles with rate and number of classes; `communes` by primary key."""
    by_commune = answer.by("commune")
    outlines = outlines_of(communes.values())
    known = placed([unit for pk, unit in communes.items() if pk in by_commune], outlines)
    tiles, links = [], {}
    for pk, (column, row) in place(known).items():
        sums, commune = by_commune[pk], communes[pk]
        own = page.narrowed(communes=(commune,))
        count, behind = classes.get(pk, 0), own.detail(show="trainings")
        links[column, row] = {
            "count": linked_number.exact(count, behind),
            "href": own.detail(),
            "classes_href": behind,
        }
        rate = linked_number.percent(sums.rate, own.detail())
        said = _("%(count)s classes") % {"count": display.number(count)}
        outline = outlines.get(pk, ())
        tiles.append(Tile(str(commune), rate, said, heat(sums.rate_to_date), column, row, outline))
    drawn = laid_out(tiles)
    for tile in drawn["tiles"]:
        tile |= links[tile["cell"]]
    return {
        **drawn,
        "note": note_of(drawn),
        "new_units": page.new_units,
        "other": "?" + page.narrowed(new_units=not page.new_units, communes=()).to_query(),
    }
