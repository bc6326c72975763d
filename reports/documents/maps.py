"""The communes in a report, on a map or as a schematic: of the year, and of after July 2025."""

from collections.abc import Iterable
from typing import Any

from communes.models import Commune
from communes.outlines.services import outlines_of
from core.values import display
from core.values.money import format_rate, format_vnd
from disbursements.against_plan import Figures
from reports.charts.heat import heat
from reports.charts.tiles import Tile, place
from reports.dashboard.tiles import placed
from reports.documents.blocks import Writer
from reports.documents.wording import say


def note_of(tiles: list[dict[str, object]]) -> str:
    if any(tile.get("outline") for tile in tiles):
        return say(
            "Màu theo tỷ lệ giải ngân so với kế hoạch đến nay. Xã chưa có ranh giới ghi thành ô.",
            "The colour says the rate to date. Communes without an outline stand as tiles.",
        )
    return say(
        "Sơ đồ, không phải bản đồ: vị trí tương đối của các xã, ô cùng cỡ. "
        "Ô ghi tỷ lệ giải ngân so với kế hoạch và số lớp tập huấn.",
        "A schematic, not a map: roughly where the communes lie, all of one size. "
        "Each has its rate against plan and its number of training classes.",
    )


def titles(tiles: list[dict[str, object]]) -> dict[str, str]:
    """Of the communes of the year (`own`) and those of after July 2025, as a map or a schematic."""
    kind = "Bản đồ" if any(tile.get("outline") for tile in tiles) else "Sơ đồ"
    return {
        "own": say(f"{kind} các xã", "The communes"),
        "new": say(
            f"{kind} các xã từ tháng 7/2025 (số liệu cộng dồn về xã mới)",
            "The communes since July 2025 (figures added up under the new communes)",
        ),
    }


def tiles_of(
    money: Iterable[Figures], units: dict[int, Commune], classes: dict[int, int]
) -> list[dict[str, Any]]:
    """A tile for each commune with money, as plain data; `classes` are counted by commune."""
    rows = {row.key["commune"]: row for row in money}
    outlines = outlines_of(units.values())
    points = placed(sorted(units.values(), key=lambda unit: unit.pk), outlines)
    return [
        Tile(
            name=str(units[pk]),
            rate=format_rate(rows[pk].rate),
            classes=f"{format_vnd(classes.get(pk, 0))} lớp",
            heat=heat(rows[pk].rate_to_date),
            column=column,
            row=row,
            outline=outlines.get(pk, ()),
        ).as_dict()
        for pk, (column, row) in sorted(place(points).items(), key=lambda cell: cell[1][::-1])
    ]


def maps(to: Writer, figures: dict[str, Any]) -> None:
    """The schematics; the second only where the units have changed since."""
    found = figures.get("maps") or {}  # documents issued earlier have none
    own, new = found.get("own"), found.get("new")
    if own:
        to.tiles(titles(own)["own"], _translated(own), note_of(own))
    if new and new != own:
        to.tiles(titles(new)["new"], _translated(new), note_of(new))


def _translated(tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tiles are frozen in Vietnamese words."""
    if not display.is_english():
        return tiles
    return [
        {
            **tile,
            "rate": tile["rate"].replace(",", "."),
            "classes": tile["classes"].replace("lớp", "classes"),
        }
        for tile in tiles
    ]
