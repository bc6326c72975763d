"""A commune's code is read as of the record's own day: one rule for every kind of record.

Neither code nor name identifies a unit (codes of 2025 stand for other ground than before), so the
day says which unit is meant, at every door: `unit_on()` reads a code, `check_place()` holds a unit
against the day, and `PlacedServices` does so for every plain record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communes.models import Commune, Level
from communes.models.placed import Placed
from core.services.access import Actor
from core.services.records import M, RecordServices
from core.services.request_cache import once
from core.values.dates import format_date, today
from core.values.said import Said, coded


def unit_on(code: str, day: date | None) -> Commune | None:
    """The unit that had this code on that day (default today); else the nearest one before it.

    A merged unit's code may live on in another unit, so the code alone names several.
    """
    day = day or today()
    units = list(Commune.objects.filter(code=code).order_by("valid_from"))
    alive = [unit for unit in units if existed(unit, day)]
    before = [unit for unit in units if unit.valid_from <= day]
    best = alive or before or units[:1]
    return best[-1] if best else None


def existed(unit: Commune, day: date) -> bool:
    """Whether the unit existed on that day."""
    return unit.valid_from <= day and (unit.valid_to is None or day <= unit.valid_to)


def unit_then(unit: Commune, day: date) -> Commune:
    """The unit itself, or after its end the one it became (if it became one)."""
    ended = unit.valid_to is not None and day > unit.valid_to
    return unit.successor if ended and unit.successor else unit


def check_lifetime(commune: Commune, day: date) -> dict[str, str]:
    """Field errors when the unit did not exist on that day."""
    if existed(commune, day):
        return {}
    names: dict[str, object] = {"commune": commune.name, "day": format_date(day)}
    if commune.successor_id and day > (commune.valid_to or day):
        names["new"] = commune.successor.full_name
        ended = _("%(commune)s no longer existed on %(day)s: it became %(new)s.") % names
        return {"commune": coded("other_time", ended)}
    return {"commune": coded("other_time", _("%(commune)s did not exist on %(day)s.") % names)}


def check_place(commune: Commune, day: date | None) -> dict[str, str]:
    """Field errors when the unit did not exist on that day, or lies where the programme has none
    of its communes, as what shares its code with a unit of another time may."""
    errors = check_lifetime(commune, day) if day else {}
    if errors or commune.level != Level.COMMUNE or _in_area(commune):
        return errors
    words = {"unit": commune.full_name, "code": commune.code, "parent": commune.parent.full_name}
    said = _("%(unit)s (%(code)s) lies in %(parent)s, outside the programme area.") % words
    return {"commune": coded("outside_area", said + _who_is_meant(commune))}


def _in_area(commune: Commune) -> bool:
    """Whether the programme works there, or in other communes of the same district or province."""
    if commune.in_programme_area or commune.parent_id is None:
        return True
    return commune.parent_id in once("parents in area", _parents_in_area)


def _parents_in_area() -> set[int | None]:
    return set(Commune.objects.in_area().order_by().values_list("parent_id", flat=True))


def _who_is_meant(commune: Commune) -> str:
    """What of the programme area became the later unit of the same code: perhaps that was meant."""
    later = commune.successor
    if later is None or later.code != commune.code:
        return ""
    meant = Commune.objects.in_area().filter(successor=later).order_by("code")
    names = ", ".join(f"{unit.name} ({unit.code})" for unit in meant)
    said = _(" Today's %(new)s was then: %(old)s.")
    return said % {"new": later.full_name, "old": names} if names else ""


def read_place(row: Placed, communes: Iterable[Commune]) -> tuple[list[Commune], dict[str, str]]:
    """The units of a record as of its own day, and the field errors of those that are wrong.

    What was planned in a unit that ended since lies in the unit which that one became.
    """
    day, planned = row.own_day, row.planned_day
    units: list[Commune] = []
    errors: dict[str, str] = {}
    for unit in communes:
        moved = unit_then(unit, day) if day and planned and existed(unit, planned) else unit
        units.append(moved)
        errors |= check_place(moved, day)
    return list(dict.fromkeys(units)), errors


def other_time(unit: Commune, first: date, last: date, *, is_new: bool = False) -> Said:
    """The sentence for a unit that did not exist on any day from `first` to `last`, or that is none
    of the new units asked for."""
    return coded("other_time", _other_time(unit, first, last, is_new))


def _other_time(unit: Commune, first: date, last: date, is_new: bool) -> str:
    words = {"unit": f"{unit.name} ({unit.code})", "from": format_date(first)}
    if unit.successor and (is_new or not existed(unit, first)):
        after = unit.successor
        words |= {"new": f"{after.full_name} ({after.code})", "day": format_date(after.valid_from)}
        return _("%(unit)s is not a unit of these figures: it became %(new)s on %(day)s.") % words
    words |= {"to": format_date(last), "since": format_date(unit.valid_from)}
    if unit.valid_from <= last:
        return _("%(unit)s did not exist from %(from)s to %(to)s.") % words
    parts = unit.predecessors.order_by("sort_key")
    words["old"] = ", ".join(f"{part.name} ({part.code})" for part in parts)
    return _("%(unit)s exists since %(since)s only: it was made of %(old)s.") % words


@dataclass(frozen=True)
class PlacedServices(RecordServices[M]):
    """Services of records that lie in units (`Placed`): their place is held against their day.

    A change that leaves both as they are is not asked again, so that a record which was taken in
    a wrong unit can still be worked with, and put right.
    """

    def placed(self, row: Any, actor: Actor, many: dict[str, Any]) -> dict[str, Any]:
        found = self.model._default_manager.filter(pk=row.pk)
        stored: Any = found.first() if row.pk else None
        before, units = units_of(stored, {}), units_of(row, many)
        if stored and stored.own_day == row.own_day and set(before) == set(units):
            return many
        moved, errors = read_place(row, units)
        name = "communes" if "communes" in self.many else "commune"
        if errors:
            raise ValidationError({name: errors["commune"]})
        if moved == units:
            return many
        many = {**many, name: moved}
        if name == "commune":
            row.commune = many.pop(name)[0]
        self.prepare(row, actor, many)  # there, too, it must be theirs
        return many


def units_of(row: Any, many: dict[str, Any] | None = None) -> list[Commune]:
    """The units that a record lies in, or will: one, several, or none where it is about all."""
    if row is None or not hasattr(type(row), "communes"):
        return [row.commune] if row is not None and row.commune_id else []
    if many and "communes" in many:
        return list(many["communes"])
    return list(row.communes.all()) if row.pk else []
