"""Rings of outlines: whether one crosses itself, and fewer points that say the same.

Borders that two units share stay shared: they are cut where three lines meet, and each piece is
made simpler once, the same way for both sides (Douglas and Peucker, 1973).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]
Ring = list[Point]
MOST_COMPARED = 5_000_000  # pairs of segments, of all rings of a file: a few seconds
DIGITS = 5  # of a degree: about a metre


class TooDetailed(Exception):
    """More pairs of segments than can be compared in a page's time."""


class Crossings:
    """Asks rings whether they cross themselves, with one budget for all of a file."""

    def __init__(self, most: int = MOST_COMPARED) -> None:
        self.left = most

    def crosses(self, ring: Ring) -> bool:
        """Whether two of its segments cross; to touch is allowed."""
        segments = sorted(pairwise(ring), key=lambda s: min(s[0][0], s[1][0]))
        near: list[tuple[Point, Point]] = []
        for one in segments:
            left = min(one[0][0], one[1][0])
            near = [each for each in near if max(each[0][0], each[1][0]) >= left]
            self.left -= len(near)
            if self.left < 0:
                raise TooDetailed
            if any(_cross(one, each) for each in near):
                return True
            near.append(one)
        return False


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = one, other
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def area(ring: Ring) -> float:
    """Its area, in the square of what its coordinates are in."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def simplified(rings: Sequence[Ring], tolerance: float) -> list[Ring]:
    """Each ring with fewer points, none farther off than `tolerance`; one that would collapse or
    cross itself stays as it is."""
    fixed = _meetings(rings)
    crossings = Crossings()
    found = []
    for ring in rings:
        fewer = _simpler(ring, fixed, tolerance)
        keep = len(fewer) < 4 or not area(fewer) or crossings.crosses(fewer)
        found.append(ring if keep else fewer)
    return found


def _meetings(rings: Iterable[Ring]) -> set[Point]:
    """Where more or less than two lines meet: these points stay."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for a, b in pairwise(ring):
            if a != b:
                beside[a].add(b)
                beside[b].add(a)
    return {point for point, others in beside.items() if len(others) != 2}


def _simpler(ring: Ring, fixed: set[Point], tolerance: float) -> Ring:
    turned = _turned(ring[:-1], fixed)
    cuts = [i for i, point in enumerate(turned) if point in fixed]
    if len(cuts) < 2:  # an island: cut it where it is farthest from its beginning
        first = turned[0]
        far = max(range(len(turned)), key=lambda i: (_apart(first, turned[i]), turned[i]))
        cuts = sorted({0, far, *cuts})
    cuts.append(len(turned))
    closed = [*turned, turned[0]]
    found = [closed[0]]
    for start, end in pairwise(cuts):
        found += _piece(closed[start : end + 1], tolerance)[1:]
    return found


def _turned(points: Ring, fixed: set[Point]) -> Ring:
    """The ring beginning at a point that stays, or at its least one."""
    at = [i for i, point in enumerate(points) if point in fixed]
    first = at[0] if at else points.index(min(points))
    return points[first:] + points[:first]


def _piece(points: Ring, tolerance: float) -> Ring:
    """A line made simpler, the same whichever way it is walked."""
    if points[-1] < points[0]:
        return _fewer(points[::-1], tolerance)[::-1]
    return _fewer(points, tolerance)


def _fewer(points: Ring, tolerance: float) -> Ring:
    keep, todo = {0, len(points) - 1}, [(0, len(points) - 1)]
    while todo:
        start, end = todo.pop()
        if end - start < 2:
            continue
        a, b = points[start], points[end]
        far = max(range(start + 1, end), key=lambda i: _off(points[i], a, b))
        if _off(points[far], a, b) > tolerance**2:
            keep.add(far)
            todo += [(start, far), (far, end)]
    return [points[i] for i in sorted(keep)]


def _apart(a: Point, b: Point) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _off(point: Point, a: Point, b: Point) -> float:
    """The square of a point's distance from the line between two others."""
    length = _apart(a, b)
    if not length:
        return _apart(point, a)
    along = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length
    along = min(max(along, 0), 1)
    return _apart(point, (a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])))
