"""Plan against actual by commune, with the schematic of the communes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now

from programs.summary_query import Answer
from reports.documents import maps, money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Sources
from reports.documents.wording import say
from reports.summary import records_by_key
from trainings.counts import Counts


def find_maps(sources: Sources) -> dict[str, Any] | None:
    """The communes of the year with their rate and classes, and those of after July 2025."""
    if sources.query.quarter is not None:
        return None
    spent, classes = sources.money, sources.classes
    return {
        "own": _tiles(spent, classes),
        "new": _tiles(spent.in_new_units(), classes.in_new_units()),
    }


def _tiles(spent: Any, classes: Answer[Counts]) -> list[dict[str, Any]]:
    counts = {row.key["commune"]: row.trainings for row in classes.cut("commune").rows}
    return maps.tiles_of(spent.cut("commune").rows, records_by_key("commune", spent.rows), counts)


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
    maps.maps(to, report.figures)
    to.text(report.text("communes"))


def suggest(report: Report) -> Mapping[str, str]:
    return {"communes": wording.extremes(report.rows("by_commune"), "commune_name")}


SECTION = Section(write, money.BY_COMMUNE, texts, suggest, more={"maps": find_maps})
