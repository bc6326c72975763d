"""A table as a text file (.csv): its encoding, its separator, its cells.

Cells stay text: an amount, a day or a code in one is read as in a text cell of a workbook.
"""

import codecs
import csv
import io
import re
from collections import Counter

from django.utils.translation import gettext as _

from core.services.progress import READ, report
from core.values.text import nfc

from .cells import MAX_CELLS, MAX_COLUMN, MAX_TEXT, too_many_cells
from .model import Sheet, WorkbookError

SEPARATORS = ("\t", ";", ",")
SAMPLE = 60  # rows by which the separator is told
MARKS = (  # of byte order, and the encoding each says
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_text_file(data: bytes) -> list[Sheet] | None:
    """The one sheet of a text file; None where the bytes are no table in text."""
    text = _decoded(data)
    if text is None or text.lstrip().startswith("<") or _NO_TEXT.search(text):
        return None
    separator = _separator(text)
    return [_sheet(text, separator)] if separator else None


def _decoded(data: bytes) -> str | None:
    """The text: as its mark says, else UTF-8, UTF-16 without a mark, Windows' Vietnamese."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _decoded_as(data, encoding)
    if b"\x00" in data[:200]:
        return _decoded_as(data, "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be")
    return _decoded_as(data, "utf-8") or _decoded_as(data, "cp1258")


def _decoded_as(data: bytes, encoding: str) -> str | None:
    try:
        return nfc(data.decode(encoding))
    except UnicodeDecodeError:
        return None


def _separator(text: str) -> str | None:
    """The one that cuts most of the first rows into the same number of cells, at least two."""
    best: tuple[int, int, str] | None = None
    for separator in SEPARATORS:
        sizes = Counter(len(row) for row in _rows(text, separator, SAMPLE) if len(row) > 1)
        if sizes:
            size, rows = max(sizes.items(), key=lambda item: (item[1], item[0]))
            found = (rows, size, separator)
            best = found if best is None or found[:2] > best[:2] else best
    return best[2] if best else None


def _rows(text: str, separator: str, most: int | None = None) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == most:
                break
    except csv.Error as error:
        text = _("The text file is damaged in line %(line)d. Save it again and retry.")
        raise WorkbookError("damaged", text % {"line": reader.line_num}) from error
    return rows


def _sheet(text: str, separator: str) -> Sheet:
    sheet, left = Sheet("CSV"), MAX_CELLS
    for number, row in enumerate(_rows(text, separator), start=1):
        cells: dict[int, object] = {
            column: value[:MAX_TEXT] for column, value in enumerate(row, start=1) if value.strip()
        }
        sheet.far_cells += sum(column > MAX_COLUMN for column in cells)
        cells = {column: value for column, value in cells.items() if column <= MAX_COLUMN}
        left -= len(cells)
        if left < 0:
            raise too_many_cells()
        if cells:
            sheet.rows[number] = cells
            report(READ, len(sheet.rows))
            sheet.stored_cells += len(cells)
    return sheet
