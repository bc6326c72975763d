"""How a workbook was understood, for its sender to see before anything is saved: the outcome's
`reading`. The reader tells of each sheet; what follows from the rows is added here.

The shape is that of the command's JSON. Nothing of a refused workbook is summed up.
"""

from collections import Counter

from imports.corrections import lines_above
from imports.kinds.base import Builder, Item, Known, Saved, WorkbookKind
from imports.outcome import Outcome
from imports.workbook import Reading, Row
from imports.workbook.corrections import ACTIVITY, COMMUNE
from imports.years import YearFound
from programs.models import FiscalYear

SHOWN_ROWS = 5  # first rows as they would be saved
SHOWN_AMOUNTS = 3  # largest and smallest
SHOWN_NAMES = 30


def of_workbook(reading: Reading, found: YearFound) -> dict[str, object]:
    """The year and how it is known, and each sheet."""
    sheets = [sheet.as_dict() for sheet in reading.sheets]
    for sheet in sheets:
        for quarter in sheet["quarters"]:
            quarter["months"] = [_month(found.year, number) for number in quarter["months"]]
    return {
        "kind": reading.kind,
        "year": found.as_dict(),
        "has_marks": reading.has_marks,
        "lines_above": lines_above(reading),
        "sheets": sheets,
    }


def unknown_names(builder: Builder[Item]) -> list[dict[str, object]]:
    """Words for an activity or commune that nothing is known by, with their rows."""
    return [
        {"sheet": sheet, "layout": builder.layouts.get(sheet, ""), "field": name, "text": text,
         "rows": rows[:SHOWN_NAMES]}
        for (sheet, name, text), rows in list(builder.unknown.items())[:SHOWN_NAMES]
        if name in (ACTIVITY, COMMUNE)
    ]  # fmt: skip


def _month(year: FiscalYear | None, number: int) -> str:
    """'2022-07' for month 7 of fiscal year 2023; '07' where the year is not known."""
    if year is None:
        return f"{number:02}"
    return f"{year.start.year + (number < year.start.month)}-{number:02}"


def of_rows(
    outcome: Outcome, builder: Builder[Item], kind: WorkbookKind[Item, Known, Saved]
) -> dict[str, object]:
    """Sums by programme, commune and quarter or month; the largest and smallest amounts; the first
    rows as they would be saved; nothing where there is an error."""
    if outcome.errors or not builder.found:
        return {}
    amounts: list[tuple[int, object, Row]] = []
    sums: Counter[tuple[str, str, str, object]] = Counter()
    for row, item in builder.found:
        for program, commune, period, amount in kind.cells(item):
            sums[program.code, commune.code, commune.name, period] += amount
            if amount:
                amounts.append((amount, period, row))
    amounts.sort(key=lambda one: -one[0])
    changed = [after for _before, after in outcome.changed]
    fresh = {id(item) for item in [*outcome.items, *changed]}
    first = [(row, item) for row, item in builder.found if id(item) in fresh][:SHOWN_ROWS]
    smallest = amounts[SHOWN_AMOUNTS:][-SHOWN_AMOUNTS:][::-1]
    return {
        "sums": {
            "by": kind.period,
            "unit": kind.unit,
            "total": sum(sums.values()),
            "rows": [
                {
                    "program": program,
                    "commune": code,
                    "commune_name": name,
                    kind.period: period,
                    "amount": amount,
                }
                for (program, code, name, period), amount in sorted(sums.items())
            ],
        },
        "largest": [_place(kind.period, *one) for one in amounts[:SHOWN_AMOUNTS]],
        "smallest": [_place(kind.period, *one) for one in smallest],
        "first_rows": [
            {"sheet": row.sheet, "row": row.row, **kind.as_saved(item)} for row, item in first
        ],
    }


def _place(cut: str, amount: int, period: object, row: Row) -> dict[str, object]:
    return {"sheet": row.sheet, "row": row.row, cut: period, "amount": amount}
