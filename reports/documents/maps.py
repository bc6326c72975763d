"""The schematic of the communes in a report: those of the year, and those of after July 2025."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from communes.models import Commune
from core.values.money import format_vnd
from reports.aggregate import heat
from reports.charts.tiles import Tile, place
from reports.documents import wording
from reports.documents.blocks import Writer

SCHEMATIC = "Sơ đồ, không phải bản đồ: vị trí tương đối của các xã, ô cùng cỡ. Ô ghi tỷ lệ giải ngân so với kế hoạch và số lớp tập huấn."  # noqa: E501
TITLES = {
    "own": "Sơ đồ các xã",
    "new": "Sơ đồ các xã từ tháng 7/2025 (số liệu cộng dồn về xã mới)",
}


def tiles_of(money: Iterable[dict[str, Any]], classes: Iterable[dict[str, Any]]) -> list[dict]:
    """A tile for each commune with money, as plain data: the rows of two summaries by commune."""
    rows = {(row["commune"], row["commune_valid_from"]): row for row in money}
    count = {(row["commune"], row["commune_valid_from"]): row["trainings"] for row in classes}
    units = Commune.objects.filter(code__in={code for code, _day in rows}).order_by("pk")
    known = {
        key: unit for unit in units if (key := (unit.code, unit.valid_from.isoformat())) in rows
    }
    points = [
        (key, unit.longitude, unit.latitude)
        for key, unit in known.items()
        if unit.longitude is not None and unit.latitude is not None
    ]
    cells = place(points)
    return [
        Tile(
            name=str(known[key]),
            rate=wording.percent(rows[key]["rate"]),
            classes=f"{format_vnd(count.get(key, 0))} lớp",
            heat=heat(_rate(rows[key]["rate"])),
            column=column,
            row=row,
        ).as_dict()
        for key, (column, row) in sorted(cells.items(), key=lambda cell: cell[1][::-1])
    ]


def _rate(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def maps(to: Writer, figures: dict[str, Any]) -> None:
    """The schematics; the second only where the units have changed since."""
    found = figures.get("maps") or {}  # documents issued earlier have none
    own, new = found.get("own"), found.get("new")
    if own:
        to.tiles(TITLES["own"], own, SCHEMATIC)
    if new and new != own:
        to.tiles(TITLES["new"], new, SCHEMATIC)
