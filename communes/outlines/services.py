"""Outlines of units: read from a file, looked at, used, taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from communes.models import Commune, Outline, OutlineFile
from communes.models.outlines import READ, USED
from communes.outlines import rings
from communes.outlines.geojson_file import Polygon, read
from communes.outlines.matching import Matched, Said, called, matched
from communes.outlines.sentences import words
from core.services.access import check
from core.services.errors import Conflict
from core.services.request_cache import once
from core.services.transition import save_with_history, transition
from core.values.said import refused
from core.values.text import squash

NEAR = 0.3  # degrees that a unit's known point may lie off its outline: some 30 km
FINENESS = 1200  # parts of the whole's extent that a simplified line may lie off: half a pixel


@transaction.atomic
def read_file(*, actor: User, content: bytes, name: str, day: date | None = None) -> OutlineFile:
    """Read a file and keep what matched, not yet used; one read before and never used goes."""
    check(actor, MANAGE_SETTINGS)
    found, said = matched(read(content), day)
    sound, more = _sound(found)
    said += more
    for old in OutlineFile.objects.filter(state=READ):
        old._history_user = actor  # type: ignore[attr-defined]
        old.delete()
    row = OutlineFile(name=squash(name)[:200] or "–", day=day, said=said)
    save_with_history(row, actor, _("read"))
    outlines = [
        Outline(file=row, commune=each.unit, polygons=polygons)
        for each, polygons in zip(sound, _simplified(sound), strict=True)
    ]
    Outline.objects.bulk_create(outlines)
    return row


def use(*, actor: User, row: OutlineFile, version: int | None = None) -> OutlineFile:
    """From now on maps draw the outlines of this file; they come before those of older files."""
    check(actor, MANAGE_SETTINGS)
    if not row.outlines.exists():
        raise Conflict(_("No outline of this file is that of a commune."), "state")
    return transition(
        row, actor=actor, to=USED, why=_("used"), version=version, used_at=timezone.now()
    )


def take_back(*, actor: User, row: OutlineFile, version: int | None = None) -> OutlineFile:
    """Maps draw again what they drew before this file: older outlines, or tiles."""
    check(actor, MANAGE_SETTINGS)
    return transition(row, actor=actor, to=READ, why=_("taken back"), version=version, used_at=None)


def outlines_of(units: Iterable[Commune]) -> dict[int, list[Polygon]]:
    """Unit → its polygons, of those whose outline is known: the latest file in use says it."""
    wanted = {unit.pk for unit in units}
    return {pk: each for pk, each in once("outlines", _in_use).items() if pk in wanted}


def _in_use() -> dict[int, list[Polygon]]:
    rows = Outline.objects.filter(file__state=USED).order_by("file__used_at", "file_id")
    return dict(rows.values_list("commune", "polygons"))


def _sound(found: Iterable[Matched]) -> tuple[list[Matched], list[Said]]:
    """Those whose outline can be drawn where the unit lies, and what is wrong with the others."""
    crossings = rings.Crossings()
    sound: list[Matched] = []
    said: list[Said] = []
    for one in found:
        try:
            key = _fault(one, crossings)
        except rings.TooDetailed as error:
            text = _("The outlines have too many points: simplify them first.")
            raise refused("file", "too_large", text) from error
        if key:
            said.append(words(key, unit=called(one.unit)))
            continue
        sound.append(_with_area(one))
        if sound[-1] != one:
            said.append(words("flat_part", unit=called(one.unit)))
    return sound, said


def _with_area(one: Matched) -> Matched:
    """Without parts and holes that have no area, as careless tools leave them."""
    polygons = [
        [ring for ring in polygon if rings.area(ring)]
        for polygon in one.feature.polygons
        if rings.area(polygon[0])
    ]
    return Matched(replace(one.feature, polygons=polygons), one.unit)


def _fault(one: Matched, crossings: rings.Crossings) -> str:
    """What is wrong with an outline, as a key of the sentences; empty for nothing."""
    polygons = one.feature.polygons
    if any(crossings.crosses(ring) for polygon in polygons for ring in polygon):
        return "crosses"
    if not any(rings.area(polygon[0]) for polygon in polygons):
        return "flat"
    return "" if _is_there(one.unit, polygons) else "elsewhere"


def _is_there(unit: Commune, polygons: list[Polygon]) -> bool:
    if unit.longitude is None or unit.latitude is None:
        return True
    points = [point for polygon in polygons for point in polygon[0]]
    for place, axis in ((unit.longitude, 0), (unit.latitude, 1)):
        values = [point[axis] for point in points]
        if not min(values) - NEAR <= place <= max(values) + NEAR:
            return False
    return True


def _simplified(found: Sequence[Matched]) -> list[list[Polygon]]:
    """The polygons of each, simpler together, so that borders stay shared."""
    every = [ring for each in found for polygon in each.feature.polygons for ring in polygon]
    if not every:
        return []
    points = [point for ring in every for point in ring]
    widths = [max(p[axis] for p in points) - min(p[axis] for p in points) for axis in (0, 1)]
    simple = iter(rings.simplified(every, max(widths) / FINENESS))
    return [
        [[_rounded(next(simple)) for _ring in polygon] for polygon in each.feature.polygons]
        for each in found
    ]


def _rounded(ring: rings.Ring) -> rings.Ring:
    return [(round(x, rings.DIGITS), round(y, rings.DIGITS)) for x, y in ring]
