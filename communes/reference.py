"""Loads the administrative units of `data/vn_units.json` (sources are named in the file)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from communes.models import ALWAYS, AreaLevel, Commune, Level, ProgrammeArea, Village
from core.services.upsert import upsert

REFORM = date(2025, 7, 1)  # districts were abolished: the area has kept its name, not its level
DATA = Path(__file__).parent / "data" / "vn_units.json"


def load() -> dict[str, int]:
    """Make or refresh all units and the villages seen; idempotent. Returns how many of each."""
    data = json.loads(DATA.read_text("utf-8"))
    province = _unit(
        {**data["province"], "valid_from": None, "valid_to": None}, Level.PROVINCE, None
    )
    districts = _districts(data, province)
    new = {
        unit["code"]: _unit(unit, Level.COMMUNE, province, area=_has_programme(unit))
        for unit in data["units_from_2025_07_01"]
    }
    old = {
        unit["code"]: _unit(
            unit,
            Level.COMMUNE,
            districts[unit["parent_code"]],
            area=unit["in_plan_fy23_area"],
            successor=new.get(unit["successor_codes"][0]),
        )
        for unit in data["units_before_2025_07_01"]
    }
    for village in data["villages_seen"]:
        key = {"commune": old[village["commune_code"]], "name": village["name"]}
        upsert(Village, key, {"kind": village["kind"]})
    for since, level in ((ALWAYS, AreaLevel.DISTRICT), (REFORM, AreaLevel.AREA)):
        values = {"name": data["district"]["name_short"], "level": level.value}
        upsert(ProgrammeArea, {"since": since}, values)
    return {"units": Commune.objects.count(), "villages": Village.objects.count()}


def _has_programme(unit: dict[str, object]) -> bool:
    """Whether one of the units merged into it was a commune of the programme in FY2023."""
    return bool(unit["plan_fy23_predecessors"])


def _districts(data: dict[str, Any], province: Commune) -> dict[str, Commune]:
    found = {data["district"]["code"]: _unit(data["district"], Level.DISTRICT, province)}
    for unit in data["units_before_2025_07_01"]:
        code, name = unit["parent_code"], unit["parent_name"]
        if code not in found:
            stub = {"code": code, "name_short": name.removeprefix("Huyện "), "name_full": name}
            found[code] = _unit({**stub, "valid_to": unit["valid_to"]}, Level.DISTRICT, province)
    return found


def _unit(
    unit: dict[str, Any],
    level: str,
    parent: Commune | None,
    *,
    area: bool = False,
    successor: Commune | None = None,
) -> Commune:
    aliases = [name.split(" (")[0] for name in unit.get("name_variants", [])]
    return upsert(
        Commune,
        {"code": unit["code"], "valid_from": _day(unit.get("valid_from")) or ALWAYS},
        {
            "name": unit["name_short"],
            "full_name": unit["name_full"],
            "aliases": "; ".join(name for name in aliases if name != unit["name_short"]),
            "level": level,
            "parent": parent,
            "successor": successor,
            "valid_to": _day(unit.get("valid_to")),
            "in_programme_area": area,
            "latitude": unit.get("lat"),
            "longitude": unit.get("lon"),
        },
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
