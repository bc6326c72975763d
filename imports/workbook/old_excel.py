"""Workbooks of Excel 97 to 2003 (.xls), read by xlrd with their formats and hidden rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import xlrd
from django.utils.translation import gettext as _
from openpyxl.styles.numbers import is_date_format

from .cells import MAX_COLUMN, MAX_TEXT, tidy
from .guard import damaged
from .looks import look_of
from .model import ErrorValue, Look, Sheet, WorkbookError

DAY_0, DAY_0_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - no time zone
DAYS_OFF = (DAY_0_1904 - DAY_0).days
MOST_DAYS = 2_958_466  # 31 December 9999
OPTIONS = {"formatting_info": True, "ragged_rows": True}
EMPTY = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)


def read_old_excel(data: bytes) -> list[Sheet]:
    """Every sheet in the workbook's order."""
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=_Silent()
        )
        return [_sheet(page, _styles(book)) for page in book.sheets()]
    except MemoryError:
        raise
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            text = _("The workbook is protected by a password. Save it without one and try again.")
            raise WorkbookError("encrypted", text) from error
        raise damaged() from error
    except Exception as error:  # xlrd is written for whole files
        raise damaged() from error


class _Silent:
    """Where xlrd writes its remarks."""

    def write(self, _text: str) -> None:
        pass


def _sheet(page: xlrd.sheet.Sheet, styles: list["_Style"]) -> Sheet:
    sheet = Sheet(page.name, hidden=page.visibility != 0)
    sheet.days_off = DAYS_OFF if page.book.datemode else 0
    sheet.merges = [(r1 + 1, c1 + 1, r2, c2) for r1, r2, c1, c2 in page.merged_cells]
    sheet.merged_area = sum((r2 - r1) * (c2 - c1) for r1, r2, c1, c2 in page.merged_cells)
    rows, columns = page.rowinfo_map.items(), page.colinfo_map.items()
    sheet.unseen = {at + 1 for at, info in rows if info.hidden or info.height == 0}
    sheet.unseen_columns = [(at + 1, at + 1) for at, info in columns if info.hidden]
    for row in range(page.nrows):
        for column, cell in enumerate(page.row(row)):
            if cell.ctype not in EMPTY:
                _note(sheet, row + 1, column + 1, cell, styles[cell.xf_index])
    return sheet


@dataclass(frozen=True)
class _Style:
    """What a cell's style says of its value."""

    is_date: bool
    look: Look | None
    struck: bool


def _styles(book: xlrd.Book) -> list[_Style]:
    found = []
    for style in book.xf_list:
        code = getattr(book.format_map.get(style.format_key), "format_str", "")
        is_date = is_date_format(code)
        look = None if is_date else look_of(code)
        found.append(_Style(is_date, look, bool(book.font_list[style.font_index].struck_out)))
    return found


def _note(sheet: Sheet, row: int, column: int, cell: xlrd.sheet.Cell, style: _Style) -> None:
    """Keep a cell that shows something, and what its style says of it."""
    value = _value(cell, style, DAY_0_1904 if sheet.days_off else DAY_0)
    if isinstance(value, str) and not value.strip():
        return
    if column > MAX_COLUMN:
        sheet.far_cells += 1
        return
    sheet.rows.setdefault(row, {})[column] = value
    sheet.stored_cells += 1
    if style.look:
        sheet.looks[row, column] = style.look
    if style.struck:
        sheet.struck.setdefault(row, set()).add(column)


def _value(cell: xlrd.sheet.Cell, style: _Style, epoch: datetime) -> object:
    """A cell as str, int, Decimal, bool, datetime or ErrorValue."""
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell.value[:MAX_TEXT]
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ErrorValue(xlrd.error_text_from_code.get(cell.value, "#ERR"))
    if style.is_date and abs(cell.value) < MOST_DAYS:
        return epoch + timedelta(days=cell.value)
    return tidy(Decimal(repr(cell.value)))
