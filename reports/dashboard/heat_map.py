"""Where is it off: programme × commune as a heat table, the furthest behind first."""

from dataclasses import dataclass
from decimal import Decimal

from communes.models import Commune
from core.values import display
from disbursements.against_plan import Figures
from programs.models import Program
from programs.summary_query import Answer
from reports import linked_number
from reports.charts.heat import heat
from reports.dashboard.tables import Named
from reports.linked_number import Num
from reports.page_query import PageQuery


@dataclass(frozen=True)
class Cell:
    """A cell of the heat table; `heat` is 1 (far under plan) to 7 (far over), 0 without a rate."""

    rate: Num
    disbursed: str
    planned: str
    heat: int
    href: str  # the page of plan beside money


def heat_table(page: PageQuery, answer: Answer[Figures], names: Named) -> dict[str, object]:
    """Commune × programme, the communes that are furthest behind first."""
    by_commune, by_program = answer.by("commune"), answer.by("program")
    cells = _cells(answer)
    programs = [program for pk, program in names.programs.items() if pk in by_program]
    communes = [commune for pk, commune in names.communes.items() if pk in by_commune]
    rate = {pk: sums.rate for pk, sums in by_commune.items()}
    communes.sort(key=lambda unit: Decimal("Infinity") if (r := rate[unit.pk]) is None else r)
    return {
        "columns": [
            {
                "code": program.code,
                "name": str(program),
                "href": page.beside(programs=(program,)),
            }
            for program in programs
        ],
        "rows": [
            {
                "name": str(commune),
                "href": page.beside(communes=(commune,)),
                "cells": [
                    _cell(page, cells.get((program.pk, commune.pk)), commune, program)
                    for program in programs
                ],
                "rate": linked_number.percent(rate[commune.pk], page.detail(communes=(commune,))),
            }
            for commune in communes
        ],
        "worst": worst(answer, names),
        "is_partly_due": answer.total.planned_to_date != answer.total.planned,
    }


def _cells(answer: Answer[Figures]) -> dict[tuple[int, int], Figures]:
    """By the keys of programme and commune."""
    rows = answer.cut("program", "commune").rows
    return {(row.key["program"], row.key["commune"]): row for row in rows}


def _cell(page: PageQuery, sums: Figures | None, commune: Commune, program: Program) -> Cell | None:
    if sums is None:
        return None
    href = page.detail(programs=(program,), communes=(commune,))
    return Cell(
        rate=linked_number.percent(sums.rate, href),
        disbursed=linked_number.millions(sums.disbursed),
        planned=linked_number.millions(sums.planned),
        heat=heat(sums.rate_to_date),
        href=page.beside(programs=(program,), communes=(commune,)),
    )


def worst(answer: Answer[Figures], names: Named) -> dict[str, str] | None:
    """The cell with the lowest rate: who, and how low; None without a plan anywhere."""
    found = {key: row.rate for key, row in _cells(answer).items() if row.rate is not None}
    if not found:
        return None
    program, commune = min(found, key=lambda key: found[key])
    return {
        "program": names.programs[program].code,
        "commune": str(names.communes[commune]),
        "rate": display.percent(found[program, commune]),
    }
