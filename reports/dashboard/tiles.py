"""A schematic map: one tile per commune, roughly where it lies. It says that it is no map."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any

from django.utils.translation import gettext as _

from communes.models import Commune
from core import display
from disbursements.against_plan import Row, group
from reports import numbers
from reports.filters import PageFilter
from reports.sums import added, heat

WIDTH, HEIGHT, GAP = 150, 92, 8  # of a tile, and between tiles


def place(points: Sequence[tuple[Any, float, float]]) -> dict[Any, tuple[int, int]]:
    """(column, row) of each (key, longitude, latitude): the nearest free cell of a small grid."""
    if not points:
        return {}
    rows = ceil(sqrt(len(points)))
    columns = rows + 1
    longitudes, latitudes = [p[1] for p in points], [p[2] for p in points]
    free = [(column, row) for row in range(rows) for column in range(columns)]
    found: dict[Any, tuple[int, int]] = {}
    for key, longitude, latitude in sorted(points, key=lambda p: (-p[2], p[1])):
        x = _share(longitude, longitudes) * (columns - 1)
        y = (1 - _share(latitude, latitudes)) * (rows - 1)
        cell = min(free, key=lambda c: ((c[0] - x) ** 2 + (c[1] - y) ** 2, c))
        free.remove(cell)
        found[key] = cell
    return found


def _share(value: float, values: Sequence[float]) -> float:
    low, high = min(values), max(values)
    return 0.5 if high == low else (value - low) / (high - low)


def tile_map(
    page: PageFilter, rows: list[Row], communes: dict[int, Commune], classes: dict[int, int]
) -> dict[str, Any]:
    """Tiles with rate and number of classes; `communes` by primary key."""
    by_commune = group(rows, "commune")
    known = [
        (pk, c.longitude, c.latitude)
        for pk, c in communes.items()
        if c.longitude is not None and c.latitude is not None and pk in by_commune
    ]
    cells = place(known)
    tiles = []
    for pk, (column, row) in sorted(cells.items(), key=lambda entry: (entry[1][1], entry[1][0])):
        sums, commune = added(by_commune[pk]), communes[pk]
        own = page.narrowed(communes=(commune,))
        count, behind = classes.get(pk, 0), own.detail(show="trainings")
        x, y = column * (WIDTH + GAP), row * (HEIGHT + GAP)
        tiles.append(
            {
                "x": str(x),
                "y": str(y),
                "text_x": str(x + 12),
                "name_y": str(y + 27),
                "rate_y": str(y + 56),
                "classes_y": str(y + 80),
                "name": str(commune),
                "rate": numbers.percent(sums.rate, own.detail()),
                "count": numbers.exact(count, behind),
                "classes": _("%(count)s classes") % {"count": display.number(count)},
                "heat": heat(sums.rate),
                "href": own.detail(),
                "classes_href": behind,
            }
        )
    columns = max((c for c, _row in cells.values()), default=0) + 1
    lines = max((r for _column, r in cells.values()), default=0) + 1
    return {
        "tiles": tiles,
        "width": str(columns * (WIDTH + GAP)),
        "height": str(lines * (HEIGHT + GAP)),
        "new_units": page.new_units,
        "other": "?" + page.narrowed(new_units=not page.new_units, communes=()).query(),
    }
