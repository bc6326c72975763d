"""Which unit a feature is of: by code and day, or by name within the programme area. Never guessed:
what could be two units is said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from communes.models import Commune, Level
from communes.outlines.geojson_file import Feature
from communes.outlines.sentences import words
from communes.own_day import existed
from core.values.dates import format_date
from core.values.text import fold, nfc

Said = list[object]
MOST_NAMED = 4
ALIKE = 0.8  # names this much alike may be the same


@dataclass(frozen=True)
class Matched:
    feature: Feature
    unit: Commune


def matched(features: Iterable[Feature], day: date | None) -> tuple[list[Matched], list[Said]]:
    """The features with their units, and what there is to say of all others."""
    names = _Names(Commune.objects.filter(level=Level.COMMUNE).order_by("code", "valid_from"))
    found: list[Matched] = []
    said: list[Said] = []
    for each in features:
        unit, key, more = names.find(each, each.day or day)
        if unit is None:
            said.append(words(key, number=each.number, called=each.called or "–", **more))
        else:
            found.append(Matched(each, unit))
    return _once(found, said)


def _once(found: list[Matched], said: list[Said]) -> tuple[list[Matched], list[Said]]:
    """Without the units that stand there more than once: which one is right nobody knows."""
    numbers: dict[int, list[int]] = {}
    for each in found:
        numbers.setdefault(each.unit.pk, []).append(each.feature.number)
    names = {each.unit.pk: called(each.unit) for each in found}
    twice = {pk: some for pk, some in numbers.items() if len(some) > 1}
    for pk, some in twice.items():
        said.append(words("twice", unit=names[pk], numbers=", ".join(map(str, some))))
    return [each for each in found if each.unit.pk not in twice], said


def called(unit: Commune) -> str:
    """'Xã Bản Lang (03577)', with the last day of one that ended."""
    until = f", – {format_date(unit.valid_to)}" if unit.valid_to else ""
    return f"{unit.full_name} ({unit.code}{until})"


class _Names:
    """Units by code and by name."""

    def __init__(self, units: Iterable[Commune]) -> None:
        self.units = list(units)
        self.of_area = [unit for unit in self.units if unit.in_programme_area]

    def find(self, one: Feature, day: date | None) -> tuple[Commune | None, str, dict[str, str]]:
        """(the unit, "", {}), or (None, a key of the sentences, its words)."""
        if one.fault:
            return None, one.fault, {}
        if not one.called:
            return None, "nameless", {}
        units = [unit for unit in self.units if one.code and unit.code == one.code]
        by_code = bool(units)
        if not by_code:
            units = units_named(self.of_area, one.name) or units_named(self.units, one.name)
        there = [unit for unit in units if day is None or existed(unit, day)]
        if len(there) > 1 and one.name:
            there = units_named(there, one.name) or there
        if not there:
            return self._nobody(one, day, units)
        if len(there) > 1:
            return None, "ambiguous", {"units": _list(there)}
        if by_code and day is None and one.name and not units_named(there, one.name):
            return None, "two_ways", {"units": _list(there)}
        return (there[0], "", {}) if there[0].in_programme_area else (None, "outside", {})

    def _nobody(
        self, one: Feature, day: date | None, units: Sequence[Commune]
    ) -> tuple[None, str, dict[str, str]]:
        if units and day:
            return None, "other_time", {"day": format_date(day)}
        near = max(self.of_area, key=lambda unit: _alike(unit, one.name), default=None)
        if near is None or _alike(near, one.name) < ALIKE:
            return None, "unknown", {}
        return None, "unknown_like", {"near": near.full_name}


def _alike(unit: Commune, name: str) -> float:
    """How much a unit's name looks like another, from 0 to 1."""
    names = (fold(each) for each in (unit.name, unit.full_name))
    return max(SequenceMatcher(None, each, fold(name)).ratio() for each in names)


def _list(units: Sequence[Commune]) -> str:
    return " / ".join(called(unit) for unit in units[:MOST_NAMED])


def units_named(units: Iterable[Commune], name: str) -> list[Commune]:
    """Those of this name: as it is written, else whatever its accents are."""
    if not name:
        return []
    units = list(units)
    as_written: Callable[[str], str] = lambda text: nfc(text).casefold()  # noqa: E731
    for same in (as_written, fold):
        wanted = same(name)
        found = [u for u in units if wanted in {same(each) for each in _names_of(u)}]
        if found:
            return found
    return []


def _names_of(unit: Commune) -> list[str]:
    """Its names with and without its type, and its other spellings with and without it."""
    kind = unit.full_name.removesuffix(unit.name).strip()
    others = unit.alias_list()
    return [unit.name, unit.full_name, *others, *(f"{kind} {each}" for each in others)]
