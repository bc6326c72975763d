"""The cells of one sheet, as the XML parser meets them."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _
from openpyxl.utils.escape import unescape

from core.services.progress import READ, report
from core.values import display

from .model import ErrorValue, Formula, Look, Sheet, WorkbookError

MAX_CELLS = 4_000_000  # filled ones
MAX_ROWS = 200_000  # of a table
MAX_FILLED_ROWS = MAX_ROWS + MAX_ROWS // 20  # with headings, subtotals, signatures
MAX_COLUMN = 256  # beyond: counted, not kept
MAX_TEXT = 32_767  # Excel's own limit for a cell
MAX_MERGES = 200_000

_REF = re.compile(r"^\$?([A-Z]{1,3})\$?([0-9]{1,7})$")
_NUMBER = re.compile(r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$")


class Book(Protocol):
    """What a cell needs to know of its workbook."""

    strings: list[str]
    date_styles: set[int]
    looks: dict[int, Look]
    struck_styles: set[int]
    epoch: datetime


def local(name: str) -> str:
    """An element or attribute name without its prefix."""
    return name[name.find(":") + 1 :]


class CellReader:
    """The cells of one sheet, as expat meets them."""

    def __init__(self, book: Book, sheet: Sheet, left: int) -> None:
        self.book, self.sheet, self.left = book, sheet, left
        self.row = self.column = 0
        self.cells: dict[int, object] = {}
        self.given: dict[str, str] = {}
        self.value: list[str] = []
        self.formula: list[str] | None = None
        self.taking: list[str] | None = None
        self.phonetic = False
        self.same: dict[
            object, object
        ] = {}  # texts and days come again and again: each is kept once

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "c":
            self._start_cell(given)
        elif tag in ("v", "t"):
            self.taking = None if self.phonetic else self.value
        elif tag == "f":
            self.formula = self.taking = []
        elif tag == "row":
            number = given.get("r", "")
            self.row = int(number) if number.isdigit() else self.row + 1
            self.column, self.cells = 0, self.sheet.rows.get(self.row, {})
            if _is_unseen(given):
                self.sheet.unseen.add(self.row)
        elif tag == "col":
            self._note_column(given)
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "mergeCell":
            self._merge(given.get("ref", ""))

    def end(self, tag: str) -> None:
        tag = local(tag)
        if tag in ("v", "t", "f"):
            self.taking = None
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            if self.cells:
                self.sheet.rows[self.row] = self.cells
                report(READ, len(self.sheet.rows))
        elif tag == "rPh":
            self.phonetic = False

    def text(self, data: str) -> None:
        if self.taking is not None and len(self.taking) < 1000:
            self.taking.append(data)

    def _start_cell(self, given: dict[str, str]) -> None:
        self.given, self.value, self.formula = given, [], None
        found = _REF.match(given.get("r", ""))
        self.column = column_number(found[1]) if found else self.column + 1
        self.sheet.stored_cells += 1

    def _end_cell(self) -> None:
        if not self.value and self.formula is None:
            return
        value = self._typed("".join(self.value)[:MAX_TEXT])
        if self.formula is not None:
            value = Formula("=" + "".join(self.formula)[:MAX_TEXT], value)
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        if self.column > MAX_COLUMN:
            self.sheet.far_cells += 1
            return
        self.left -= 1
        if self.left < 0:
            raise too_many_cells()
        is_common = isinstance(value, str | datetime)
        self.cells[self.column] = self.same.setdefault(value, value) if is_common else value
        self._note_style()

    def _note_style(self) -> None:
        """What the cell's style says of its value: a number format, or that it is struck out."""
        style = int(text) if (text := self.given.get("s", "0")).isdigit() else 0
        if style in self.book.looks:
            self.sheet.looks[self.row, self.column] = self.book.looks[style]
        if style in self.book.struck_styles:
            self.sheet.struck.setdefault(self.row, set()).add(self.column)

    def _note_column(self, given: dict[str, str]) -> None:
        first, last = given.get("min", ""), given.get("max", "")
        hidden = is_on(given.get("hidden")) or _is_nothing(given.get("width"))
        if hidden and first.isdigit() and last.isdigit():
            self.sheet.unseen_columns.append((int(first), int(last)))

    def _typed(self, text: str) -> object:
        """A stored text as str, int, Decimal, bool, datetime, ErrorValue or None."""
        kind = self.given.get("t", "n")
        if kind == "s":
            return self.book.strings[int(text)] if text else None
        if kind in ("str", "inlineStr"):
            return unescape(text)
        if text == "":
            return None
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "e":
            return ErrorValue(text)
        if kind == "d":
            return _iso(text)
        return self._number(text.strip())

    def _number(self, text: str) -> object:
        if not _NUMBER.match(text):
            return ErrorValue(text)
        number = tidy(Decimal(text))
        style = self.given.get("s", "0")
        if style.isdigit() and int(style) in self.book.date_styles:
            try:
                return self.book.epoch + timedelta(days=float(number))
            except OverflowError:
                return number
        return number

    def _merge(self, ref: str) -> None:
        first, _colon, last = ref.partition(":")
        corners = [_REF.match(corner) for corner in (first, last or first)]
        if not all(corners):
            return
        c1, c2 = (column_number(found[1]) for found in corners if found)
        r1, r2 = (int(found[2]) for found in corners if found)
        self.sheet.merged_area += (abs(c2 - c1) + 1) * (abs(r2 - r1) + 1)
        if len(self.sheet.merges) < MAX_MERGES:
            self.sheet.merges.append((r1, c1, r2, min(c2, MAX_COLUMN)))


def is_on(text: str | None) -> bool:
    """An attribute that is switched on."""
    return text in ("1", "true", "on")


def _is_unseen(given: dict[str, str]) -> bool:
    """A row that is hidden, filtered out, or of a height of its own that is none."""
    own_height = given.get("ht", "0" if is_on(given.get("customHeight")) else None)
    return is_on(given.get("hidden")) or _is_nothing(own_height)


def _is_nothing(text: str | None) -> bool:
    """A width or height of 0."""
    return text is not None and bool(re.fullmatch(r"0+(?:\.0*)?", text))


def tidy(number: Decimal) -> int | Decimal:
    """A stored number as Excel shows it: 15 significant digits, whole ones as int.

    Whole numbers written out in full keep all their digits.
    """
    if number.is_zero():
        return 0
    if number.adjusted() > 30 or number.adjusted() < -30:
        return number
    if number == number.to_integral_value():
        return int(number)
    rounded = number.quantize(Decimal(1).scaleb(number.adjusted() - 14))
    return int(rounded) if rounded == rounded.to_integral_value() else rounded.normalize()


def column_number(letters: str) -> int:
    """'A' → 1, 'AA' → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _iso(text: str) -> ErrorValue | datetime:
    try:
        return datetime.fromisoformat(text.strip().removesuffix("Z"))
    except ValueError:
        return ErrorValue(text)


def too_many_cells() -> WorkbookError:
    text = _("The workbook has more than %(count)d filled cells. Split it into several files.")
    return WorkbookError("too_many_cells", text % {"count": MAX_CELLS})


def too_many_rows() -> WorkbookError:
    text = _("The workbook holds more than %(count)s rows. Split it into several.")
    return WorkbookError("too_many_rows", text % {"count": display.number(MAX_ROWS)})
