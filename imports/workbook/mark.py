"""The user's own workbook with the cells that need mending marked red and commented."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from core.values.text import squash

from .files import is_xlsx
from .guard import Source, damaged, load, open_safely
from .model import Issue, Sheet, WorkbookError
from .sheets import read_sheets

MAX_ROWS = 20_000  # filled ones
MAX_STORED_CELLS = 1_000_000
MAX_MERGED_AREA = 500_000

_RED = PatternFill("solid", start_color="FFFF9999", end_color="FFFF9999")
_LETTERS = re.compile(r"^[A-Z]{1,3}$")
_SEARCHED_ROWS = 36
_SEARCHED_BYTES = 65_536

AUTHOR = "Plan Portal"  # of our comments
OURS = f"\n[{AUTHOR}]\n"  # between the sender's own words in a comment and ours


def mark_errors(source: Source, issues: Iterable[Issue]) -> bytes:
    """The workbook as bytes (.xlsx), each issue's cell red, its messages in a comment; the marks of
    an earlier time are gone.

    Issues without a sheet or row have no cell and are left to the page. Macros are dropped. A
    workbook that is too long or too heavy to be written anew is refused: give a list instead.
    """
    data = load(source)
    if not is_xlsx(data):
        text = _("Cells can be marked in .xlsx files alone. Here is what is wrong, row by row.")
        raise WorkbookError("not_marked", text)
    with open_safely(data) as archive:
        _refuse_heavy(read_sheets(archive))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
        for sheet in book.worksheets:
            _clear(sheet)
        for (name, row), found in _by_row(issues).items():
            if name in book.sheetnames and hasattr(book[name], "cell"):
                _mark_row(book[name], row, found)
        out = io.BytesIO()
        book.save(out)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl is less forgiving than our own reader
        raise damaged() from error
    return out.getvalue()


def has_marks(data: bytes) -> bool:
    """Are there marks of an earlier time in a file that was read: comments of ours?"""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if "comments" in name.lower() and name.endswith(".xml"):
                with archive.open(name) as part:
                    if f">{AUTHOR}<".encode() in part.read(_SEARCHED_BYTES):
                        return True
    return False


def _clear(sheet: Worksheet) -> None:
    """Take our red and our words away; what the sender had written in a comment stays."""
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell, MergedCell) or not cell.comment or cell.comment.author != AUTHOR:
                continue
            own, ours, _rest = cell.comment.text.partition(OURS)
            cell.comment = Comment(own, "") if ours and own else None
            if cell.fill.start_color.rgb == _RED.start_color.rgb:
                cell.fill = PatternFill()


def _refuse_heavy(sheets: list[Sheet]) -> None:
    rows = sum(len(sheet.rows) for sheet in sheets)
    cells = sum(sheet.stored_cells for sheet in sheets)
    area = sum(sheet.merged_area for sheet in sheets)
    if rows > MAX_ROWS or cells > MAX_STORED_CELLS or area > MAX_MERGED_AREA:
        text = _("The workbook is too long or has too many formatted cells to be marked.")
        raise WorkbookError("too_heavy_to_mark", text)


def _by_row(issues: Iterable[Issue]) -> dict[tuple[str, int], list[Issue]]:
    found: dict[tuple[str, int], list[Issue]] = defaultdict(list)
    for issue in issues:
        if issue.sheet is not None and issue.row is not None and 1 <= issue.row <= 1_048_576:
            found[issue.sheet, issue.row].append(issue)
    return found


def _mark_row(sheet: Worksheet, row: int, issues: list[Issue]) -> None:
    by_letter: dict[str, list[str]] = defaultdict(list)
    for issue in issues:
        by_letter[_letter(sheet, issue)].append(issue.message)
    for letter, messages in by_letter.items():
        cell = _top_left(sheet, sheet[f"{letter}{row}"])
        cell.fill = _RED
        if cell.comment and cell.comment.author == AUTHOR:
            before = f"{cell.comment.text}\n"
        else:
            before = f"{cell.comment.text}{OURS}" if cell.comment else ""
        cell.comment = Comment((before + "\n".join(messages))[:2000], AUTHOR, 120, 320)


def _letter(sheet: Worksheet, issue: Issue) -> str:
    """The column to mark: as given, else found by its header's text, else the first."""
    if issue.letter:
        return issue.letter
    wanted = squash(issue.column)
    if wanted:
        for cells in sheet.iter_rows(max_row=_SEARCHED_ROWS, max_col=256):
            for cell in cells:
                if isinstance(cell.value, str) and squash(cell.value) == wanted:
                    return str(cell.column_letter)
    return wanted if _LETTERS.match(wanted) else "A"


def _top_left(sheet: Worksheet, cell: Cell) -> Cell:
    """The cell that shows for a merged one."""
    if not isinstance(cell, MergedCell):
        return cell
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            return sheet.cell(area.min_row, area.min_col)
    return cell
