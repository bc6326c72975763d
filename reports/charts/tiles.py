"""The communes: on a map where their outlines are known, else as a schematic, one tile each,
roughly where it lies, which says that it is no map."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil, sqrt
from typing import Any, TypedDict

from reports.charts import outlined

WIDTH, HEIGHT, GAP = 150, 92, 8  # of a tile, and between tiles
COLUMNS = 4  # of tiles below a map


@dataclass(frozen=True)
class Tile:
    """A commune: final texts, its heat (`reports.charts.heat`), its cell of the grid, and its
    outline in degrees (`communes.models.Outline`), empty where none is known."""

    name: str
    rate: object
    classes: str
    heat: int
    column: int
    row: int
    outline: Sequence[outlined.Polygon] = ()

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def place(points: Sequence[tuple[int, float, float]]) -> dict[int, tuple[int, int]]:
    """(column, row) of each (key, longitude, latitude): the nearest free cell of a small grid."""
    if not points:
        return {}
    rows = ceil(sqrt(len(points)))
    columns = rows + 1
    longitudes, latitudes = [p[1] for p in points], [p[2] for p in points]
    free = [(column, row) for row in range(rows) for column in range(columns)]
    found: dict[int, tuple[int, int]] = {}
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


class LaidOut(TypedDict):
    """The drawing of the communes: each with its place, `lacking` those without an outline."""

    is_map: bool
    tiles: list[dict[str, Any]]
    lacking: list[str]
    width: str
    height: str


def laid_out(tiles: Sequence[Tile]) -> LaidOut:
    """What `reports/charts/tiles.svg` draws: a map, below it what has no outline; or the tiles."""
    in_order = sorted(tiles, key=lambda t: (t.row, t.column))
    if any(tile.outline for tile in tiles):
        return _map(in_order)
    return {
        "is_map": False,
        "tiles": [_placed_tile(tile, tile.column, tile.row) for tile in in_order],
        "lacking": [],
        "width": str((max((t.column for t in tiles), default=0) + 1) * (WIDTH + GAP)),
        "height": str((max((t.row for t in tiles), default=0) + 1) * (HEIGHT + GAP)),
    }


def _map(tiles: Sequence[Tile]) -> LaidOut:
    outlined_tiles = [tile for tile in tiles if tile.outline]
    others = [tile for tile in tiles if not tile.outline]
    projection = outlined.Projection(tile.outline for tile in outlined_tiles)
    below = projection.height + GAP
    rows = ceil(len(others) / COLUMNS)
    return {
        "is_map": True,
        "tiles": [
            *(_texts(tile) | outlined.drawn(tile.outline, projection) for tile in outlined_tiles),
            *(
                _placed_tile(tile, i % COLUMNS, i // COLUMNS, below)
                for i, tile in enumerate(others)
            ),
        ],
        "lacking": [tile.name for tile in others],
        "width": str(outlined.WIDTH),
        "height": f"{below + rows * (HEIGHT + GAP):.0f}",
    }


def _texts(tile: Tile) -> dict[str, object]:
    return {
        "name": tile.name,
        "rate": tile.rate,
        "classes": tile.classes,
        "heat": tile.heat,
        "cell": (tile.column, tile.row),
    }


def _placed_tile(tile: Tile, column: int, row: int, below: float = 0) -> dict[str, object]:
    x, y = column * (WIDTH + GAP), round(below) + row * (HEIGHT + GAP)
    return _texts(tile) | {
        "x": str(x),
        "y": str(y),
        "text_x": str(x + 12),
        "name_y": str(y + 27),
        "rate_y": str(y + 56),
        "classes_y": str(y + 80),
    }


def in_words(title: str, tiles: Sequence[Tile]) -> str:
    """The tiles in a sentence, for who cannot see them."""
    return f"{title}. " + "; ".join(f"{t.name}: {t.rate}, {t.classes}" for t in tiles)
