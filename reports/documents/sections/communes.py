"""Plan against actual by commune, with the schematic of the communes."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _now

from communes.models import Commune
from communes.outlines.services import outlines_of
from core.values import display
from core.values.money import format_rate, format_vnd
from disbursements.against_plan import Figures
from programs.summary_query import Answer
from reports.charts.heat import heat
from reports.charts.tiles import Tile, place
from reports.dashboard.tiles import placed
from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Sources
from reports.documents.wording import say
from reports.summary import records_by_key
from trainings.counts import Counts


def find_maps(sources: Sources) -> dict[str, object] | None:
    """The communes of the year with their rate and classes, and those of after July 2025."""
    if sources.query.quarter is not None:
        return None
    spent, classes = sources.money, sources.classes
    return {
        "own": _tiles(spent, classes),
        "new": _tiles(spent.in_new_units(), classes.in_new_units()),
    }


def _tiles(spent: Answer[Figures], classes: Answer[Counts]) -> list[dict[str, object]]:
    counts = {row.key["commune"]: row.trainings for row in classes.cut("commune").rows}
    return tiles_of(spent.cut("commune").rows, records_by_key("commune", spent.rows), counts)


def texts() -> Mapping[str, str]:
    return {"communes": _now("Results by commune")}


def write(to: Writer, report: Report) -> None:
    to.part(say("Theo xã", "By commune"))
    money.money_table(
        to,
        say("Kế hoạch và giải ngân theo xã", "Plan and disbursement by commune"),
        say("Xã", "Commune"),
        report.table("by_commune"),
        money.commune_name,
        with_shares=True,
    )
    maps(to, report.figures)
    to.text(report.text("communes"))


def suggest(report: Report) -> Mapping[str, str]:
    return {"communes": wording.extremes(report.rows("by_commune"), "commune_name")}


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
) -> list[dict[str, object]]:
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
        to.tiles(titles(own)["own"], _in_language(own), note_of(own))
    if new and new != own:
        to.tiles(titles(new)["new"], _in_language(new), note_of(new))


def _in_language(tiles: list[dict[str, object]]) -> list[dict[str, object]]:
    """Tiles are frozen in Vietnamese words."""
    if not display.is_english():
        return tiles
    return [
        {
            **tile,
            "rate": str(tile["rate"]).replace(",", "."),
            "classes": str(tile["classes"]).replace("lớp", "classes"),
        }
        for tile in tiles
    ]


SECTION = Section(write, money.BY_COMMUNE, texts, suggest, more={"maps": find_maps})
