"""Make `communes/data/vn_catalogue.tsv`, the units that the guided set-up offers, from its source.

    pip download --no-deps vietnamadminunits==1.0.4 && unzip vietnamadminunits-*.whl
    python scripts/units.py vietnamadminunits/data

The source (MIT licence) holds the communes as they stood on 30 June 2025 with their districts,
those since 1 July 2025, and which became which. Where `vn_units.json` knows a unit of the
programme's own province better, its spelling stands, and the source's is kept as another one.
"""

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "communes" / "data" / "vn_units.json"
TARGET = ROOT / "communes" / "data" / "vn_catalogue.tsv"
HEAD = "# Made by scripts/units.py from vietnamadminunits 1.0.4 (MIT): see there.\n"
OLD = (
    "SELECT provinceKey || '_' || districtKey || '_' || wardKey, provinceKey, provinceCode,"
    " province, districtCode, district, wardCode, ward, wardLat, wardLon FROM admin_units_legacy"
    " WHERE wardCode <> '' ORDER BY provinceCode, districtCode, wardCode"
)
NEW = (
    "SELECT provinceKey, wardKey, provinceCode, province, wardCode, ward, wardLat, wardLon"
    " FROM admin_units ORDER BY provinceCode, wardCode"
)


def successors(
    conversion: dict[str, dict[str, dict[str, Any]]], new: list[tuple[str, ...]]
) -> dict[str, str]:
    """The code each old commune has become, by its key; the greater part where it was divided."""
    twice = Counter(row[:2] for row in new)
    code_of = {row[:2]: row[4] for row in new if twice[row[:2]] == 1}
    found: dict[str, str] = {}
    for province, wards in conversion["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            found |= dict.fromkeys(olds, code_of.get((province, ward), ""))
    for province, olds in conversion["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            main = next((part for part in parts if part["isDefaultNewWard"]), parts[0])
            found[old] = code_of.get((province, main["newWardKey"]), "")
    return found


def lines(folder: Path) -> Iterator[list[str]]:
    """P province, D district, O commune until 30 June 2025, N commune since; parents first."""
    database = sqlite3.connect(folder / "dataset.db")
    old, new = database.execute(OLD).fetchall(), database.execute(NEW).fetchall()
    conversion = json.loads((folder / "converter_2025.json").read_text("utf-8"))
    became, twice = successors(conversion, new), Counter(row[0] for row in old)
    merged = {key for key, olds in conversion["DICT_PROVINCE"].items() if len(olds) > 1}
    own = _own_spellings()
    olds = {row[2]: (row[3], row[1]) for row in old}
    news = {row[2]: (row[3], row[0]) for row in new}
    for code in sorted(olds | news):
        whole = code in news and news[code][1] not in merged
        if code in olds:
            yield ["P", code, olds[code][0], "always" if whole else "before"]
        if code in news and not whole:
            yield ["P", code, news[code][0], "since"]
    districts = {(row[4], row[5], row[2]) for row in old}
    for code, name, province in sorted(districts):
        yield ["D", code, name, province]
    for row in old:
        name, alias = own.get((row[6], "O"), row[7]), ""
        if name != row[7]:
            alias = row[7]
        became_code = became.get(row[0], "") if twice[row[0]] == 1 else ""
        yield ["O", row[6], name, row[4], became_code, _at(row[8]), _at(row[9]), alias]
    for row in new:
        yield ["N", row[4], own.get((row[4], "N"), row[5]), row[2], "", _at(row[6]), _at(row[7])]


def _own_spellings() -> dict[tuple[str, str], str]:
    data = json.loads(OWN.read_text("utf-8"))
    parts = (("O", "units_before_2025_07_01"), ("N", "units_from_2025_07_01"))
    return {(unit["code"], kind): unit["name_full"] for kind, name in parts for unit in data[name]}


def _at(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0")


if __name__ == "__main__":
    rows = ["\t".join(line).rstrip("\t") for line in lines(Path(sys.argv[1]))]
    TARGET.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    print(f"{len(rows)} units")
