"""How a workbook was understood, in the words and figures of the page."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.values import display
from core.values.dates import format_date
from imports import corrections
from imports.kinds import known
from imports.kinds.plan_changes import CHANGED, NEW, REMOVED, SAME
from imports.models import Upload
from imports.workbook.fields import FIELDS
from imports.workbook.review import DOUBTS
from imports.workbook.understood import WHY_ROW, WHY_SHEET, SheetReading, why_column
from imports.years import CHOSEN, CORRECTED, DATES, SAID

FIRST = {"sheets": 12, "notes": 8, "sums": 40, "totals": 12, "changes": 25}  # of the first view
ALL = dict.fromkeys(FIRST, 10_000)
_CALLED = {"participants": "total", "commune_name": "commune"}  # a record's name for a column


def sections_of_reading(upload: Upload, *, whole: bool = False) -> dict[str, object]:
    """The reading of an upload, section by section; the first view is cut to its beginnings."""
    reading, most = upload.reading, ALL if whole else FIRST
    sheets = SheetReading.all_of(reading)
    if not sheets:
        return {}
    doubts = _doubts(upload)
    return {
        "year": _year(reading.get("year", {})),
        "sheets": [
            _sheet(upload, number, sheet, doubts.get(sheet.name, []), most["notes"])
            for number, sheet in enumerate(sheets[: most["sheets"]])
        ],
        "corrections": corrections.by_id(one["id"] for one in reading.get("corrections", ())),
        "totals": _totals(sheets)[: most["totals"]],
        "sums": _sums(reading.get("sums"), most["sums"]),
        "amounts": _amounts(reading),
        "first_rows": _first_rows(upload.kind, reading.get("first_rows", [])),
        "changes": _changes(reading.get("changes"), most["changes"]),
        "row_changes": _row_changes(upload.kind, reading.get("row_changes"), most["changes"]),
        "whole": None if whole else reverse("upload-reading", args=[upload.pk]),
    }


def _doubts(upload: Upload) -> dict[str, list[dict[str, str]]]:
    """By sheet: the doubts that can be said to be none."""
    found: dict[str, list[dict[str, str]]] = {}
    for one in upload.findings.filter(code__in=DOUBTS):  # type: ignore[attr-defined]
        found.setdefault(one.sheet, []).append({"code": one.code, "text": one.message})
    return found


def _year(year: dict[str, Any]) -> str:
    if not year.get("code"):
        return _("The fiscal year is not known.")
    place = ", ".join(filter(None, [year["sheet"], year["row"] and _row(year["row"])]))
    texts = {
        CHOSEN: _("Fiscal year %(code)s: as it was chosen."),
        CORRECTED: _("Fiscal year %(code)s: as your office has said of this layout."),
        DATES: _("Fiscal year %(code)s: by the dates of its rows."),
        SAID: _("Fiscal year %(code)s: by “%(text)s” (%(place)s)."),
    }
    return texts[year["known"]] % {**year, "place": place}


def _row(number: int) -> str:
    return _("row %(row)s") % {"row": number}


# --- one sheet -----------------------------------------------------------------------------


def _sheet(
    upload: Upload, number: int, sheet: SheetReading, doubts: list[dict[str, str]], most: int
) -> dict[str, object]:
    notes = [*_left_out(sheet), *_hidden(sheet)]
    more = len(notes) - most
    return {
        "name": sheet.name,
        "state": _state(sheet),
        "open": number == 0 or bool(notes or doubts),
        "facts": list(_facts(sheet)) if sheet.is_read else [],
        "columns": [_column(upload.kind, column) for column in sheet.columns],
        "notes": notes[:most],
        "more": _("%(count)s more") % {"count": more} if more > 0 else "",
        "doubts": doubts,
        "href": _correct_href(upload, number, sheet),
    }


def _correct_href(upload: Upload, number: int, sheet: SheetReading) -> str:
    can = sheet.layout and upload.state in ("checked", "refused")
    return reverse("upload-sheet", args=[upload.pk, number]) if can else ""


def _state(sheet: SheetReading) -> str:
    if not sheet.is_read:
        return _("not read: %(why)s") % {"why": WHY_SHEET[sheet.why]}
    rows = sheet.rows
    if not rows.get("count"):
        return _("no rows")
    text = _("%(count)s rows, from row %(first)s to %(last)s")
    return text % {**rows, "count": display.number(rows["count"])}


def _facts(sheet: SheetReading) -> Iterator[dict[str, str]]:
    header = sheet.header
    if header:
        rows = sorted({header["first"], header["last"]})
        yield {"label": _("Header"), "value": _("row %(row)s") % {"row": "–".join(map(str, rows))}}
    if unit := sheet.unit:
        yield {"label": _("Unit of money"), "value": _unit(unit)}
    for quarter in sheet.quarters:
        label = _("Quarter %(number)s") % {"number": "I II III IV".split()[quarter["quarter"] - 1]}
        months = f"{_month(quarter['months'][0])} – {_month(quarter['months'][-1])}"
        letters = ", ".join(quarter["letters"])
        text = _("%(months)s: column %(letters)s")
        yield {"label": label, "value": text % {"months": months, "letters": letters}}


def _month(key: str) -> str:
    """'2022-07' → '7/2022'."""
    year, _dash, month = key.rpartition("-")
    return "/".join(filter(None, [str(int(month)), year]))


def _unit(unit: dict[str, object]) -> str:
    if unit["is_corrected"]:
        return _("%(name)s, as your office has said") % unit
    if unit["cell"]:
        return _("%(name)s (%(cell)s: “%(text)s”)") % unit
    return _("%(name)s; the workbook does not say") % unit


def _column(kind: str, column: dict[str, Any]) -> dict[str, str]:
    unit = column["unit"]
    label = _label(kind, column["field"]) if column["field"] else _("not read")
    return {
        "letter": column["letter"],
        "heading": column["heading"] or display.NOTHING,
        "label": f"{label} ({unit['name']})" if unit else label,
    }


def _left_out(sheet: SheetReading) -> Iterator[str]:
    """Columns and rows with figures that were not read, and why; totals are compared apart."""
    for column in sheet.columns_left_out:
        text = _("Column %(letter)s “%(heading)s” has figures and was not read: %(why)s.")
        yield text % {**column, "why": why_column(column["code"])}
    for row in sheet.rows_left_out:
        if row["kind"] != "subtotal":
            text = _("Row %(row)s “%(text)s” has figures and was not read: %(why)s.")
            yield text % {**row, "why": WHY_ROW[row["kind"]]}


def _hidden(sheet: SheetReading) -> Iterator[str]:
    if rows := sheet.hidden_rows:
        yield _("Hidden rows were read: %(rows)s.") % {"rows": _few(rows)}
    if rows := sheet.struck_rows:
        yield _("Rows struck through were read: %(rows)s.") % {"rows": _few(rows)}
    if columns := sheet.hidden_columns:
        yield _("Hidden columns were read: %(columns)s.") % {"columns": _few(columns)}


def _few(values: Sequence[object]) -> str:
    return ", ".join(map(str, values[:10])) + (" …" if len(values) > 10 else "")


# --- sums and rows -------------------------------------------------------------------------


def _totals(sheets: list[SheetReading]) -> list[dict[str, str]]:
    """The file's own totals beside what its rows add up to; those that differ first."""
    found = [
        {
            "where": f"{sheet.name}, {_row(one['row'])}",
            "text": f"{one['text']} · {one['label']}",
            "stated": display.number(one["stated"]),
            "counted": display.number(one["counted"]),
            "tone": "" if one["agrees"] else "under",
            "said": _("agrees") if one["agrees"] else _("differs"),
        }
        for sheet in sheets
        for one in sheet.subtotals
    ]
    return sorted(found, key=lambda one: not one["tone"])


def _sums(sums: dict[str, Any] | None, most: int) -> dict[str, object] | None:
    """Programmes and communes down, quarters or months across."""
    if not sums or not sums["rows"]:
        return None
    by = sums["by"]
    periods = sorted({row[by] for row in sums["rows"]})
    table: dict[tuple[str, str], dict[int | str, int]] = {}
    for row in sums["rows"]:
        cells = table.setdefault((row["program"], row["commune_name"]), {})
        cells[row[by]] = cells.get(row[by], 0) + row["amount"]
    whole = {p: sum(cells.get(p, 0) for cells in table.values()) for p in periods}
    return {
        "unit": _("people") if sums["unit"] == "people" else _("đồng"),
        "head": [_period(period) for period in periods],
        "rows": [
            {"name": " · ".join(names), "cells": _cells(cells, periods)}
            for names, cells in list(table.items())[:most]
        ],
        "foot": _cells(whole, periods),
    }


def _period(period: int | str) -> str:
    if isinstance(period, int):
        return _("Quarter %(number)s") % {"number": "I II III IV".split()[period - 1]}
    return _month(period)


def _cells(cells: dict[int | str, int], periods: list[int | str]) -> list[str]:
    """The sum of all periods first, then each."""
    each = (cells.get(period, 0) for period in periods)
    return [display.number(amount) for amount in (sum(cells.values()), *each)]


def _amounts(reading: dict[str, Any]) -> list[dict[str, str]]:
    labels = {"largest": _("The largest amounts"), "smallest": _("The smallest amounts")}
    return [
        {
            "label": label,
            "value": "; ".join(
                f"{display.number(one['amount'])} ({one['sheet']}, {_row(one['row'])})"
                for one in reading[name]
            ),
        }
        for name, label in labels.items()
        if reading.get(name)
    ]


def _first_rows(kind: str, rows: list[dict[str, object]]) -> dict[str, object] | None:
    if not rows:
        return None
    filled = {name for row in rows for name, value in row.items() if value not in ("", None)}
    names = [name for name in rows[0] if name in filled - {"sheet", "commune"}]
    numbers = {name for name in names if isinstance(rows[0][name], int)}
    return {
        "head": [{"text": _label(kind, name), "is_figure": name in numbers} for name in names],
        "rows": [
            [{"text": _value(row.get(name)), "is_figure": name in numbers} for name in names]
            for row in rows
        ],
    }


def _label(kind: str, name: str) -> str:
    if name == "row":
        return _("Row")
    field = FIELDS[kind].get(_CALLED.get(name, name))
    return str(field.label) if field else _("Programme") if name == "program" else name


def _value(value: object) -> str:
    if isinstance(value, int):
        return display.number(value)
    text = str(value or "")
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit():
        return format_date(date.fromisoformat(text))
    return text if len(text) <= 80 else text[:79] + "…"


def _row_changes(kind: str, found: dict[str, Any] | None, most: int) -> dict[str, object] | None:
    """A template row by row: what is new, changed and how, missing."""
    if not found:
        return None
    names = {
        known.CHANGED: _("changed"),
        known.NEW: _("new"),
        known.SAME: _("unchanged"),
        known.MISSING: _("missing"),
    }
    counts, rows = found["counts"], found["rows"]
    more = len(rows) - most
    return {
        "counts": ", ".join(f"{text}: {display.number(counts[n])}" for n, text in names.items()),
        "rows": [
            {
                "row": one["row"] or display.NOTHING,
                "name": one["name"],
                "change": names[one["change"]],
                "tone": "under" if one["change"] == known.MISSING else "",
                "fields": [_field(kind, **each) for each in one["fields"]],
            }
            for one in rows[:most]
        ],
        "more": _("%(count)s more") % {"count": display.number(more)} if more > 0 else "",
    }


def _field(kind: str, field: str, before: object, after: object) -> str:
    """'Amount: 5 → 6'."""
    was, becomes = (_value(value) or display.NOTHING for value in (before, after))
    return f"{_label(kind, field)}: {was} → {becomes}"


def _changes(changes: dict[str, Any] | None, most: int) -> dict[str, object] | None:
    """A plan line by line: what is new, changes, vanishes, falls under what is spent."""
    if not changes:
        return None
    names = {
        NEW: _("new"),
        CHANGED: _("changed"),
        REMOVED: _("vanishes"),
        SAME: _("unchanged"),
        "under_spent": _("under what is spent"),
    }
    lines = changes["lines"]
    more = len(lines) - most
    return {
        "counts": ", ".join(
            f"{names[name]}: {display.number(count)}" for name, count in changes["counts"].items()
        ),
        "rows": [
            {
                "change": names[one["change"]],
                "tone": "under" if one["is_under_spent"] or one["change"] == REMOVED else "",
                "name": f"{one['activity']} · {one['commune_name']}",
                "fund": one["fund"],
                "before": display.number(one["before"]["total"]),
                "after": display.number(one["after"]["total"]),
                "spent": display.number(one["spent"]),
                "note": names["under_spent"] if one["is_under_spent"] else "",
            }
            for one in lines[:most]
        ],
        "more": _("%(count)s more") % {"count": display.number(more)} if more > 0 else "",
    }
