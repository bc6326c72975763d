"""A GeoJSON file of outlines as features, or the sentence that says why it is none (RFC 7946)."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.utils import dateparse
from django.utils.translation import gettext as _

from core.values.dates import parse_date
from core.values.said import coded
from core.values.text import abridged, fold_key, squash

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_FEATURES, MOST_POINTS = 20_000, 400_000
# Names of properties, folded, by what they say: as surveys, GADM and this portal's API write them.
CODE = ("code", "maxa", "ma", "madvhc", "communecode", "wardcode")
NAME = ("fullname", "namevi", "name", "tenxa", "ten", "tendvhc", "communename", "wardname", "name3")
DAY = ("validfrom", "validon", "ngay", "tungay", "date")
DEGREES = ("crs84", "4326", "4979")  # ends of the names of WGS 84

Point = tuple[float, float]
Polygon = list[list[Point]]


@dataclass(frozen=True)
class Feature:
    """What one feature says: `number` counts from 1, `fault` is a key of `sentences.SENTENCES`."""

    number: int
    code: str = ""
    name: str = ""
    day: date | None = None
    polygons: list[Polygon] = field(default_factory=list)
    fault: str = ""

    @property
    def called(self) -> str:
        return " ".join(filter(None, (self.code, self.name)))


class _Wrong(Exception):
    """What is wrong with one feature, by its key."""


def read(content: bytes) -> list[Feature]:
    """The features of a file; ValidationError (`file`) where the file as a whole cannot be used."""
    if len(content) > LARGEST:
        _refuse(
            coded("too_large", _("The file has more than %(most)s MB: simplify it first.") % _MB)
        )
    data = _json(content)
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        _refuse(coded("not_geojson", _("This is no GeoJSON file with a collection of features.")))
    if not isinstance(features, list) or not features:
        _refuse(coded("empty", _("There is no feature in the file.")))
    if len(features) > MOST_FEATURES:
        _refuse(
            coded("too_large", _("The file has more than %(most)s features.") % {"most": "20.000"})
        )
    _hold_system(data.get("crs"))
    found = [_feature(number, each) for number, each in enumerate(features, start=1)]
    points = [point for each in found for point in _points(each)]
    if len(points) > MOST_POINTS:
        _refuse(coded("too_large", _("The outlines have too many points: simplify them first.")))
    for x, y in points:
        _hold_degrees(x, y)
    return found


_MB = {"most": LARGEST // MEGABYTE}


def _refuse(said: str) -> NoReturn:
    raise ValidationError({"file": said})


def _no_number(_text: str) -> NoReturn:
    raise ValueError


def _json(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        _refuse(coded("not_geojson", _("This is no GeoJSON file with a collection of features.")))


def _hold_system(crs: object) -> None:
    """The older GeoJSON named its system of coordinates: only that of WGS 84 is read."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and not name.lower().endswith(DEGREES):
        said = _("The coordinates are in the system %(name)s: save them as WGS 84 (EPSG:4326).")
        _refuse(coded("not_lon_lat", said % {"name": abridged(name)}))


def _hold_degrees(x: float, y: float) -> None:
    if abs(x) <= 180 and abs(y) <= 90:
        return
    words = {"x": f"{x:g}", "y": f"{y:g}"}
    if abs(x) <= 90 and abs(y) <= 180:
        said = _("The coordinates begin with the latitude (%(x)s, %(y)s): longitude comes first.")
    else:
        said = _("%(x)s, %(y)s is no longitude and latitude: save the file as WGS 84 (EPSG:4326).")
    _refuse(coded("not_lon_lat", said % words))


def _feature(number: int, data: object) -> Feature:
    if not isinstance(data, dict):
        return Feature(number, fault="no_outline")
    given = data.get("properties")
    properties: dict[str, object] = {}
    for key, value in given.items() if isinstance(given, dict) else ():
        properties.setdefault(fold_key(key), value)
    code, name, day = _code(properties), _first(properties, NAME), None
    try:
        day = _day(properties)
        return Feature(number, code, name, day, _polygons(data.get("geometry")))
    except _Wrong as wrong:
        return Feature(number, code, name, day, fault=str(wrong))


def _first(properties: dict[str, object], names: tuple[str, ...]) -> str:
    """The first of these properties that says something, composed and on one line."""
    found = (properties.get(name) for name in names)
    texts = (squash(v) for v in found if isinstance(v, str | int) and not isinstance(v, bool))
    return next(filter(None, texts), "")[:200]


def _code(properties: dict[str, object]) -> str:
    """A unit's code; 3549 is 03549, as a spreadsheet leaves it."""
    text = _first(properties, CODE)
    return text.zfill(5) if text.isascii() and text.isdigit() else text


def _day(properties: dict[str, object]) -> date | None:
    text = _first(properties, DAY)
    try:
        if not text or dateparse.parse_date(text):  # 1900-01-01, too: as long as known
            return dateparse.parse_date(text)
        return parse_date(text)
    except ValueError as error:
        raise _Wrong("no_day") from error


def _polygons(geometry: object) -> list[Polygon]:
    kinds = ("Polygon", "MultiPolygon")
    if not isinstance(geometry, dict) or geometry.get("type") not in kinds:
        raise _Wrong("no_outline")
    data = geometry.get("coordinates")
    found = [_polygon(each) for each in _list([data] if geometry["type"] == kinds[0] else data)]
    if not found:
        raise _Wrong("no_outline")
    return found


def _polygon(data: object) -> Polygon:
    rings = [_ring(each) for each in _list(data)]
    if not rings:
        raise _Wrong("no_outline")
    return rings


def _ring(data: object) -> list[Point]:
    """A ring, closed, of four positions at least; a height is left away."""
    points = [_point(each) for each in _list(data)]
    if len(points) < 4 or points[0] != points[-1]:
        raise _Wrong("not_closed")
    return points


def _list(data: object) -> list[object]:
    if not isinstance(data, list):
        raise _Wrong("no_outline")
    return data


def _point(data: object) -> Point:
    if not isinstance(data, list) or len(data) < 2:
        raise _Wrong("no_outline")
    x, y = data[:2]
    for each in (x, y):
        if isinstance(each, bool) or not isinstance(each, int | float):
            raise _Wrong("no_outline")
        if abs(each) > 1e12 or not math.isfinite(each):
            raise _Wrong("no_outline")
    return round(float(x), 6), round(float(y), 6)


def _points(feature: Feature) -> Iterator[Point]:
    for polygon in feature.polygons:
        for ring in polygon:
            yield from ring
