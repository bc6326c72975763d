"""All of Việt Nam's communes, until 30 June 2025 and since, to choose a programme's from.

Read from `data/vn_catalogue.tsv` (made by scripts/units.py); nothing of it is in the database until
somebody chooses it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from communes.models import ALWAYS, Level
from core.values.text import fold, sort_key

DATA = Path(__file__).parent / "data" / "vn_catalogue.tsv"
LAST_DAY, REFORM = date(2025, 6, 30), date(2025, 7, 1)
BEFORE, SINCE = "before", "since"  # 1 July 2025
TYPES = ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")


@dataclass(frozen=True)
class Unit:
    """A unit of the catalogue; `key` names it (a code alone does not)."""

    level: str
    code: str
    full_name: str
    parent: str  # key of the unit it lies in; "" for a province
    valid_from: date
    valid_to: date | None
    became: str = ""  # key of the unit it was merged into
    latitude: float | None = None
    longitude: float | None = None
    alias: str = ""

    @property
    def key(self) -> str:
        return _key(self.code, self.valid_from)

    @cached_property
    def name(self) -> str:
        """'Bản Lang' of 'Xã Bản Lang'; 'Phường 1' stays whole."""
        for kind in TYPES:
            rest = self.full_name.removeprefix(f"{kind} ")
            if rest != self.full_name and not rest.isdigit():
                return rest
        return self.full_name

    @cached_property
    def words(self) -> str:
        return fold(f"{self.code} {self.full_name} {self.alias}")


def _key(code: str, valid_from: date) -> str:
    return f"{code}-{SINCE if valid_from == REFORM else BEFORE}"


@lru_cache(maxsize=1)
def units() -> dict[str, Unit]:
    """Every unit by its key; provinces first, then districts, then communes."""
    rows = [line.split("\t") for line in DATA.read_text("utf-8").splitlines() if line[0] != "#"]
    found: dict[str, Unit] = {}
    for kind, *values in rows:
        unit = _READ[kind](values + [""] * 6, found)
        found[unit.key] = unit
    return found


def _province(row: list[str], found: dict[str, Unit]) -> Unit:
    code, name, when = row[:3]
    start = REFORM if when == SINCE else ALWAYS
    return Unit(Level.PROVINCE, code, name, "", start, LAST_DAY if when == BEFORE else None)


def _district(row: list[str], found: dict[str, Unit]) -> Unit:
    code, name, province = row[:3]
    return Unit(Level.DISTRICT, code, name, _key(province, ALWAYS), ALWAYS, LAST_DAY)


def _old(row: list[str], found: dict[str, Unit]) -> Unit:
    code, name, district, became, latitude, longitude, alias = row[:7]
    new = _key(became, REFORM) if became else ""
    place = (_number(latitude), _number(longitude))
    parent = _key(district, ALWAYS)
    return Unit(Level.COMMUNE, code, name, parent, ALWAYS, LAST_DAY, new, *place, alias)


def _new(row: list[str], found: dict[str, Unit]) -> Unit:
    code, name, province, _none, latitude, longitude = row[:6]
    since = _key(province, REFORM)
    parent = since if since in found else _key(province, ALWAYS)  # a province that was not merged
    place = (_number(latitude), _number(longitude))
    return Unit(Level.COMMUNE, code, name, parent, REFORM, None, "", *place)


_READ = {"P": _province, "D": _district, "O": _old, "N": _new}


def _number(text: str) -> float | None:
    return float(text) if text else None


def provinces(when: str) -> list[Unit]:
    """The provinces `before` or `since` 1 July 2025, in Vietnamese order."""
    there = [unit for unit in units().values() if unit.level == Level.PROVINCE]
    if when == BEFORE:
        return _sorted(unit for unit in there if unit.valid_from == ALWAYS)
    return _sorted(unit for unit in there if unit.valid_to is None)


def districts(province: str) -> list[Unit]:
    """The districts of a province (its key) until 30 June 2025."""
    return _sorted(u for u in _inside(province) if u.level == Level.DISTRICT)


def communes(when: str, place: str, words: str = "") -> list[Unit]:
    """The communes of a district or province (its key; "" for anywhere) with all of `words`."""
    inside = {place} | {unit.key for unit in _inside(place)} if place else set(units())
    start = REFORM if when == SINCE else ALWAYS
    wanted = fold(words).split()
    return _sorted(
        unit
        for unit in units().values()
        if unit.level == Level.COMMUNE
        and unit.parent in inside
        and unit.valid_from == start
        and all(word in unit.words for word in wanted)
    )


def parents_label(unit: Unit) -> str:
    """The units above one: 'Huyện Phong Thổ, Tỉnh Lai Châu'."""
    names, known = [], units()
    while unit.parent:
        unit = known[unit.parent]
        names.append(unit.full_name)
    return ", ".join(names)


def merged_into(key: str) -> list[Unit]:
    """The communes that became this one on 1 July 2025."""
    return _sorted(unit for unit in units().values() if unit.became == key)


def _inside(place: str) -> list[Unit]:
    return [unit for unit in units().values() if unit.parent == place]


def _sorted(found: Iterable[Unit]) -> list[Unit]:
    return sorted(found, key=lambda unit: (sort_key(unit.name), unit.code))
