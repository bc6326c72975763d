"""The cells of a checked workbook, in one pass, with formula and stored value side by side.

A parser of our own, because it must never hold more than the non-empty cells: no tree, no
filler for empty cells up to XFD1048576. It evaluates nothing and follows no link.
"""

import posixpath
import re
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.escape import unescape

from .guard import damaged, unsafe
from .model import ErrorValue, Formula, Sheet, WorkbookError

MAX_CELLS = 1_000_000
MAX_COLUMN = 256  # beyond: counted, not kept
MAX_SHEETS = 100
MAX_TEXT = 32_767  # Excel's own limit for a cell
MAX_STRINGS = 500_000
HEADER_AREA = 60  # merged ranges are kept for the rows a header can be in

_REF = re.compile(r"^\$?([A-Z]{1,3})\$?([0-9]{1,7})$")
_NUMBER = re.compile(r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a day in a cell has no time zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001


def read_sheets(archive: zipfile.ZipFile) -> list[Sheet]:
    """Every worksheet in the workbook's order; chart sheets are left out."""
    try:
        return _Book(archive).sheets()
    except WorkbookError:
        raise
    except Exception as error:  # a part that is missing, or not what it says
        raise damaged() from error


def parse(stream: Any, start: Any, end: Any = None, text: Any = None) -> None:
    """Run expat over a stream; names arrive with their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_args: object) -> None:
        raise unsafe()

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.ParseFile(stream)


def local(name: str) -> str:
    """An element or attribute name without its prefix."""
    return name[name.find(":") + 1 :]


class _Book:
    """The parts around the sheets: names, shared strings, which styles are dates."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}
        root = self._relations("")
        self.path = next(path for kind, path in root.values() if kind == "officeDocument")
        self.relations = self._relations(self.path)
        self.epoch = _EPOCH
        self.listed: list[tuple[str, bool, str]] = []
        self._read_list()
        self.strings = self._read_strings()
        self.date_styles = self._read_date_styles()
        self.cells_left = MAX_CELLS

    def sheets(self) -> list[Sheet]:
        found = []
        for name, hidden, relation in self.listed:
            kind, path = self.relations.get(relation, ("", ""))
            if kind == "worksheet":
                found.append(self._read_sheet(path, Sheet(name, hidden)))
        if not found:
            text = _("The workbook has no sheet with cells. Choose the file with your table.")
            raise WorkbookError("no_sheets", text)
        return found

    def _open(self, path: str) -> Any:
        return self.archive.open(self.names[path.lstrip("/").lower()])

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id → (kind, path of the part it points at)."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, given: dict[str, str]) -> None:
            if local(tag) == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, given["Target"]))
                found[given["Id"]] = (given["Type"].rpartition("/")[2], target.lstrip("/"))

        with self._open(posixpath.join(folder, "_rels", name + ".rels")) as stream:
            parse(stream, start)
        return found

    def _read_list(self) -> None:
        def start(tag: str, given: dict[str, str]) -> None:
            tag = local(tag)
            if tag == "workbookPr" and given.get("date1904") in ("1", "true"):
                self.epoch = _EPOCH_1904
            elif tag == "sheet" and len(self.listed) < MAX_SHEETS:
                relation = next((v for k, v in given.items() if k.endswith(":id")), "")
                hidden = given.get("state", "visible") != "visible"
                self.listed.append((given.get("name", ""), hidden, relation))

        with self._open(self.path) as stream:
            parse(stream, start)

    def _part(self, kind: str) -> str | None:
        paths = (path for found, path in self.relations.values() if found == kind)
        return next((path for path in paths if path.lower() in self.names), None)

    def _read_strings(self) -> list[str]:
        path = self._part("sharedStrings")
        if not path:
            return []
        reader = _Strings()
        with self._open(path) as stream:
            parse(stream, reader.start, reader.end, reader.text)
        return reader.found

    def _read_date_styles(self) -> set[int]:
        """Numbers of the cell styles that show a number as a date."""
        path = self._part("styles")
        if not path:
            return set()
        reader = _Styles()
        with self._open(path) as stream:
            parse(stream, reader.start, reader.end)
        return reader.dates

    def _read_sheet(self, path: str, sheet: Sheet) -> Sheet:
        reader = _Cells(self, sheet)
        with self._open(path) as stream:
            parse(stream, reader.start, reader.end, reader.text)
        self.cells_left = reader.left
        return sheet


class _Strings:
    """Shared strings, without the phonetic hints."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.taking = self.phonetic = False

    def start(self, tag: str, _given: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "si":
            self.parts = []
            if len(self.found) >= MAX_STRINGS:
                raise too_many_cells()
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "t":
            self.taking = not self.phonetic

    def end(self, tag: str) -> None:
        tag = local(tag)
        if tag == "si":
            self.found.append(unescape("".join(self.parts))[:MAX_TEXT])
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "t":
            self.taking = False

    def text(self, data: str) -> None:
        if self.taking:
            self.parts.append(data)


class _Styles:
    """Which entries of cellXfs carry a date format."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = dict(BUILTIN_FORMATS)
        self.dates: set[int] = set()
        self.inside = False
        self.count = 0

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "numFmt":
            self.formats[int(given["numFmtId"])] = given.get("formatCode", "")[:255]
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            if is_date_format(self.formats.get(int(given.get("numFmtId", 0)))):
                self.dates.add(self.count)
            self.count += 1

    def end(self, tag: str) -> None:
        if local(tag) == "cellXfs":
            self.inside = False


class _Cells:
    """The cells of one sheet, as expat meets them."""

    def __init__(self, book: _Book, sheet: Sheet) -> None:
        self.book, self.sheet, self.left = book, sheet, book.cells_left
        self.row = self.column = 0
        self.cells: dict[int, Any] = {}
        self.given: dict[str, str] = {}
        self.value: list[str] = []
        self.formula: list[str] | None = None
        self.taking: list[str] | None = None
        self.phonetic = False

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
        if value is None or isinstance(value, str) and not value.strip():
            return
        if self.column > MAX_COLUMN:
            self.sheet.far_cells += 1
            return
        self.left -= 1
        if self.left < 0:
            raise too_many_cells()
        self.cells[self.column] = value

    def _typed(self, text: str) -> Any:
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

    def _number(self, text: str) -> Any:
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
        if r1 <= HEADER_AREA and len(self.sheet.merges) < 5000:
            self.sheet.merges.append((r1, c1, min(r2, r1 + HEADER_AREA), min(c2, MAX_COLUMN)))


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


def _iso(text: str) -> Any:
    try:
        return datetime.fromisoformat(text.strip().removesuffix("Z"))
    except ValueError:
        return ErrorValue(text)


def too_many_cells() -> WorkbookError:
    text = _("The workbook has more than %(count)d filled cells. Split it into several files.")
    return WorkbookError("too_many_cells", text % {"count": MAX_CELLS})
