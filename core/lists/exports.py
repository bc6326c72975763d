"""Tables as CSV, the same rows as on the screen and in the API; text no spreadsheet runs."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from core.values.text import clean

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_SEPARATORS = re.compile("([,;|\t\r\n])")


def harmless(value: object) -> Any:
    """Clean text; what a spreadsheet would run as a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def csv_cell(value: object) -> Any:
    """Harmless text for a line of CSV: also what becomes a cell where a program takes another
    separator than the file has (a `;` in a Vietnamese Excel), or a line end for the next row."""
    if not isinstance(value, str):
        return value
    parts = _SEPARATORS.split(harmless(value))
    return "".join(_guarded(part) for part in parts)


def _guarded(part: str) -> str:
    """A part between separators, an apostrophe before the formula that it would be."""
    text = part.lstrip(' "\u00a0')
    is_formula = text.startswith(FORMULA_STARTS[:4]) and not _is_number(text)
    return part.removesuffix(text) + "'" + text if is_formula else part


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def csv_text(
    columns: Sequence[str],
    rows: Iterable[dict[str, object]],
    *,
    delimiter: str = ",",
    decimal: str = ".",
) -> str:
    """CSV with a BOM (Excel then reads UTF-8). Rates use `decimal` as their decimal mark."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_value(row.get(name), decimal) for name in columns])
    return out.getvalue()


def _csv_value(value: object, decimal: str) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and _is_number(value) and "." in value:
        return value.replace(".", decimal)
    return csv_cell(value)


def csv_response(text: str, filename: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def xlsx_response(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
