"""Where is it off: programme × commune as a heat table, the furthest behind first."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from communes.models import Commune
from core.values import display
from disbursements.against_plan import Row, group
from programs.models import Program
from reports import linked_number as numbers
from reports.aggregate import added, heat
from reports.filters import PageFilter
from reports.linked_number import Num


@dataclass(frozen=True)
class Cell:
    """A cell of the heat table; `heat` is 1 (far under plan) to 7 (far over), 0 without a rate."""

    rate: Num
    disbursed: str
    planned: str
    heat: int

    @property
    def href(self) -> str:
        return self.rate.href


def heat_table(
    page: PageFilter, rows: list[Row], names: dict[str, dict[int, Any]]
) -> dict[str, Any]:
    """Commune × programme, the communes that are furthest behind first."""
    by_commune = group(rows, "commune")
    by_program = group(rows, "program")
    present = [program for pk, program in names["program"].items() if pk in by_program]
    table = []
    for pk, commune in names["commune"].items():
        if pk not in by_commune:
            continue
        own = group(by_commune[pk], "program")
        cells = [_cell(page, own.get(program.pk, []), commune, program) for program in present]
        table.append((added(by_commune[pk]).rate, commune, cells))
    table.sort(key=lambda entry: Decimal("Infinity") if entry[0] is None else entry[0])
    return {
        "columns": [{"code": program.code, "name": str(program)} for program in present],
        "rows": [
            {
                "name": str(commune),
                "href": page.detail(communes=(commune,)),
                "cells": cells,
                "rate": numbers.percent(rate, page.detail(communes=(commune,))),
            }
            for rate, commune, cells in table
        ],
        "worst": worst(rows, names),
    }


def _cell(page: PageFilter, rows: list[Row], commune: Commune, program: Program) -> Cell | None:
    if not rows:
        return None
    sums = added(rows)
    return Cell(
        rate=numbers.percent(sums.rate, page.detail(programs=(program,), communes=(commune,))),
        disbursed=numbers.millions(sums.disbursed),
        planned=numbers.millions(sums.planned),
        heat=heat(sums.rate),
    )


def worst(rows: list[Row], names: dict[str, dict[int, Any]]) -> dict[str, str] | None:
    """The cell with the lowest rate: who, and how low; None without a plan anywhere."""
    found = [
        (sums.rate, names["program"][program], names["commune"][commune])
        for program, own in group(rows, "program").items()
        for commune, cell in group(own, "commune").items()
        if (sums := added(cell)).rate is not None
    ]
    if not found:
        return None
    rate, program, commune = min(found, key=lambda entry: entry[0])
    return {"program": program.code, "commune": str(commune), "rate": display.percent(rate)}
