"""Tables as CSV and xlsx, the same rows as on the screen and in the API."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.values.text import clean

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_SEPARATORS = re.compile("([,;|\t\r\n])")


def harmless(value: Any) -> Any:
    """Clean text; what a spreadsheet would run as a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def csv_cell(value: Any) -> Any:
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
    rows: Iterable[dict[str, Any]],
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


def _csv_value(value: Any, decimal: str) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and _is_number(value) and "." in value:
        return value.replace(".", decimal)
    return csv_cell(value)


def csv_response(text: str, filename: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def xlsx_bytes(
    columns: Sequence[str],
    rows: Iterable[dict[str, Any]],
    *,
    title: str = "Sheet1",
    titles: Sequence[str] | None = None,
    notes: Sequence[str] = (),
) -> bytes:
    """A workbook with one table: notes above it, a frozen header, numbers as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(clean(title)[:31])
    sheet.freeze_panes = f"A{len(notes) + 2}"
    sheet.print_title_rows = f"{len(notes) + 1}:{len(notes) + 1}"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for index, name in enumerate(columns, start=1):
        wide = name.endswith(("name", "title", "description", "payee"))
        sheet.column_dimensions[get_column_letter(index)].width = 36 if wide else 16
    for note in notes:
        sheet.append([harmless(note)])
    sheet.append([_head(sheet, text) for text in titles or columns])
    for row in rows:
        sheet.append([_cell(sheet, row.get(name)) for name in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, harmless(str(text)))
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE7F0")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str) and "." in value and _is_number(value):
        value = Decimal(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "#,##0" if isinstance(value, int) else "0.0"
        return cell
    return harmless(value)


def xlsx_response(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
