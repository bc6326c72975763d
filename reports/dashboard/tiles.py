"""The tiles of the communes on the dashboard, each a link to what it is made of."""

from typing import Any

from django.utils.translation import gettext as _

from communes.models import Commune
from core.values import display
from disbursements.against_plan import Figures
from programs.summary_query import Answer
from reports import linked_number
from reports.charts.heat import heat
from reports.charts.tiles import Tile, laid_out, place
from reports.page_query import PageQuery


def tile_map(
    page: PageQuery, answer: Answer[Figures], communes: dict[int, Commune], classes: dict[int, int]
) -> dict[str, Any]:
    """Tiles with rate and number of classes; `communes` by primary key."""
    by_commune = answer.by("commune")
    known = [
        (pk, c.longitude, c.latitude)
        for pk, c in communes.items()
        if c.longitude is not None and c.latitude is not None and pk in by_commune
    ]
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
        tiles.append(Tile(str(commune), rate, said, heat(sums.rate_to_date), column, row))
    drawn = laid_out(tiles)
    for tile in drawn["tiles"]:
        tile |= links[tile["cell"]]
    return {
        **drawn,
        "new_units": page.new_units,
        "other": "?" + page.narrowed(new_units=not page.new_units, communes=()).to_query(),
    }
