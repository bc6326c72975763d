"""A map of communes: their outlines, projected, each with its name and rate where it is widest."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, radians

Point = tuple[float, float]
Polygon = Sequence[Sequence[Sequence[float]]]  # rings of degrees, the first around the others
WIDTH, HEIGHT = 632, 600  # the room that the outlines fill, one of both
LINES = 28  # across an outline, of which the one with the widest room takes its name
LINE = 20  # from the middle of two lines of text to near their edge


class Projection:
    """From degrees to the picture: true to scale in the middle of the outlines (so few degrees are
    flat), north up."""

    def __init__(self, outlines: Iterable[Sequence[Polygon]]) -> None:
        points = [p for polygons in outlines for polygon in polygons for p in polygon[0]]
        self.west, self.north = min(p[0] for p in points), max(p[1] for p in points)
        east, south = max(p[0] for p in points), min(p[1] for p in points)
        self.narrow = cos(radians((self.north + south) / 2))
        wide, high = (east - self.west) * self.narrow, self.north - south
        self.scale = min((WIDTH - 4) / max(wide, 1e-9), HEIGHT / max(high, 1e-9))
        self.left = (WIDTH - wide * self.scale) / 2
        self.height = high * self.scale + 4

    def __call__(self, point: Sequence[float]) -> Point:
        x = self.left + (point[0] - self.west) * self.narrow * self.scale
        return x, 2 + (self.north - point[1]) * self.scale


def drawn(polygons: Sequence[Polygon], projection: Projection) -> dict[str, str]:
    """The path of an outline, and where its name and its rate stand."""
    rings = [[[projection(point) for point in ring] for ring in each] for each in polygons]
    x, y = _middle(max(rings, key=lambda polygon: _area(polygon[0])))
    return {
        "path": "".join(_path(ring) for polygon in rings for ring in polygon),
        "text_x": f"{x:.1f}",
        "name_y": f"{y - 5:.1f}",
        "rate_y": f"{y + 25:.1f}",
    }


def _path(ring: Sequence[Point]) -> str:
    (x, y), *others = ring[:-1]
    return f"M{x:.1f} {y:.1f}L" + " ".join(f"{x:.1f} {y:.1f}" for x, y in others) + "Z"


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)))


def _middle(polygon: Sequence[Sequence[Point]]) -> Point:
    """Where two lines of text have the widest room inside an outline with its holes."""
    heights = [y for _x, y in polygon[0]]
    low, high = min(heights), max(heights)
    best, found = -1.0, polygon[0][0]
    for number in range(1, LINES):
        y = low + (high - low) * number / LINES
        for left, right in _inside(polygon, y):
            middle = (left + right) / 2
            room = min(right - left, *(_room(polygon, middle, y + dy) for dy in (-LINE, LINE)))
            if room > best:
                best, found = room, (middle, y)
    return found


def _room(polygon: Sequence[Sequence[Point]], x: float, y: float) -> float:
    """How much room there is around a point, across; none outside."""
    spans = [(a, b) for a, b in _inside(polygon, y) if a <= x <= b]
    return 2 * min(x - spans[0][0], spans[0][1] - x) if spans else 0


def _inside(polygon: Sequence[Sequence[Point]], y: float) -> list[Point]:
    """The parts of a line across the picture that lie inside."""
    cuts = sorted(
        a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for ring in polygon
        for a, b in pairwise(ring)
        if (a[1] > y) != (b[1] > y)
    )
    return list(zip(cuts[::2], cuts[1::2], strict=True))
