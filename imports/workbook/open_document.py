"""Spreadsheets of LibreOffice (.ods), read by calamine.

It gives values alone: what the file hides, and numbers that are percentages or foreign money, is
looked for beside it and said.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from .cells import MAX_CELLS, MAX_COLUMN, MAX_TEXT, tidy, too_many_cells
from .guard import damaged
from .model import Sheet, WorkbookError

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_UNSEEN = rb'table:visibility="(?:collapse|filter)"'
_HIDDEN = re.compile(rb"<table:table-row\b[^>]*" + _UNSEEN)
_IS_HIDDEN = re.compile(_UNSEEN)
_TABLES = re.compile(rb"<table:table[ >]|<table:table-column\b[^>]*>")
_REPEATED = re.compile(rb'table:number-columns-repeated="([0-9]{1,7})"')
_PERCENT = re.compile(rb'office:value-type="percentage"')
_FOREIGN = re.compile(rb'office:currency="(?!VND)([A-Z]{3})"')


def is_open_document(archive: zipfile.ZipFile) -> bool:
    names = archive.namelist()
    return "mimetype" in names and archive.read("mimetype")[:100].startswith(MIMETYPE)


def read_open_document(data: bytes, archive: zipfile.ZipFile) -> list[Sheet]:
    """Every sheet in the workbook's order."""
    if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
        text = _("The workbook is protected by a password. Save it without one and try again.")
        raise WorkbookError("encrypted", text)
    content = _part(archive, "content.xml")
    _refuse_unseen(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        left, found = MAX_CELLS, []
        for listed in book.sheets_metadata:
            rows = book.get_sheet_by_name(listed.name).to_python(skip_empty_area=False)
            hidden = listed.visible != SheetVisibleEnum.Visible
            found.append(_sheet(Sheet(listed.name, hidden), rows))
            left -= found[-1].stored_cells
            if left < 0:
                raise too_many_cells()
    except (WorkbookError, MemoryError):
        raise
    except Exception as error:  # calamine has errors of its own
        raise damaged() from error
    _hide_columns(found, content)
    return found


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _refuse_unseen(content: bytes) -> None:
    """What would be read as something else than it shows."""
    what = None
    if _HIDDEN.search(content):
        what = _("hidden rows")
    elif _PERCENT.search(content):
        what = _("percentages")
    elif found := _FOREIGN.search(content):
        what = _("money in %(currency)s") % {"currency": found[1].decode()}
    if what:
        raise _save_as_xlsx(what)


def _save_as_xlsx(what: str) -> WorkbookError:
    text = _("The .ods file has %(what)s. Save it as .xlsx, where they can be told, and retry.")
    return WorkbookError("save_as_xlsx", text % {"what": what})


def _hide_columns(sheets: list[Sheet], content: bytes) -> None:
    """Note the columns that are hidden, of each table in the file's order."""
    tables: list[list[tuple[int, int]]] = []
    at = 1
    for found in _TABLES.finditer(content):
        tag = found[0]
        if not tag.startswith(b"<table:table-column"):
            tables.append([])
            at = 1
            continue
        repeated = _REPEATED.search(tag)
        after = at + (int(repeated[1]) if repeated else 1)
        if tables and _IS_HIDDEN.search(tag):
            tables[-1].append((at, after - 1))
        at = after
    if len(tables) == len(sheets):
        for sheet, columns in zip(sheets, tables, strict=True):
            sheet.unseen_columns = columns
    elif any(tables):
        raise _save_as_xlsx(_("hidden columns"))


def _sheet(sheet: Sheet, rows: Iterable[Iterable[object]]) -> Sheet:
    for number, row in enumerate(rows, start=1):
        cells = {}
        for column, cell in enumerate(row, start=1):
            value = _value(cell)
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            if column > MAX_COLUMN:
                sheet.far_cells += 1
                continue
            cells[column] = value
        if cells:
            sheet.rows[number] = cells
            sheet.stored_cells += len(cells)
    return sheet


def _value(cell: object) -> object:
    """A cell as str, int, Decimal, bool, datetime or None."""
    match cell:
        case bool() | datetime() | None:
            return cell
        case date():
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day has no zone
        case int() | float():
            return tidy(Decimal(repr(cell)))
        case time() | timedelta():
            return str(cell)
    return str(cell)[:MAX_TEXT]
