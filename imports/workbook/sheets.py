"""The cells of a checked workbook, in one pass, with formula and stored value side by side.

A parser of our own, because it must never hold more than the non-empty cells: no tree, no
filler for empty cells up to XFD1048576. It evaluates nothing and follows no link.
"""

import posixpath
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.escape import unescape

from .cells import MAX_CELLS, MAX_TEXT, CellReader, is_on, local, too_many_cells
from .guard import damaged, unsafe
from .looks import look_of
from .model import Look, Sheet, WorkbookError

MAX_STRINGS = 2_000_000

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a day in a cell has no time zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001


def read_sheets(archive: zipfile.ZipFile) -> list[Sheet]:
    """Every worksheet in the workbook's order; chart sheets are left out."""
    try:
        return _Book(archive).sheets()
    except (WorkbookError, MemoryError):
        raise
    except Exception as error:  # a part that is missing, or not what it says
        raise damaged() from error


Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None] | None


def parse(stream: IO[bytes], start: Start, end: Text = None, text: Text = None) -> None:
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
        self.date_styles: set[int] = set()
        self.struck_styles: set[int] = set()
        self.looks: dict[int, Look] = {}
        self._read_styles()
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

    def _open(self, path: str) -> IO[bytes]:
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
            elif tag == "sheet":
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

    def _read_styles(self) -> None:
        """Which of the cell styles show a number as something else than it is."""
        path = self._part("styles")
        if not path:
            return
        reader = _Styles()
        with self._open(path) as stream:
            parse(stream, reader.start, reader.end)
        self.date_styles, self.struck_styles = reader.dates, reader.struck
        self.looks = reader.looks

    def _read_sheet(self, path: str, sheet: Sheet) -> Sheet:
        sheet.days_off = (self.epoch - _EPOCH).days
        reader = CellReader(self, sheet, self.cells_left)
        with self._open(path) as stream:
            parse(stream, reader.start, reader.end, reader.text)
        self.cells_left = reader.left
        return sheet


class _Strings:
    """Shared strings, without the phonetic hints."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.length = 0
        self.taking = self.phonetic = False

    def start(self, tag: str, _given: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "si":
            self.parts, self.length = [], 0
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
        if self.taking and self.length < MAX_TEXT:
            self.parts.append(data)
            self.length += len(data)


class _Styles:
    """What the entries of cellXfs say: a date, another look of a number, struck out."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = dict(BUILTIN_FORMATS)
        self.fonts: list[bool] = []  # struck through?
        self.dates: set[int] = set()
        self.struck: set[int] = set()
        self.looks: dict[int, Look] = {}
        self.inside = ""
        self.count = 0

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "numFmt" and not self.inside:
            self.formats[int(given["numFmtId"])] = given.get("formatCode", "")[:255]
        elif tag in ("cellXfs", "fonts", "dxfs"):
            self.inside = tag
        elif tag == "font" and self.inside == "fonts":
            self.fonts.append(False)
        elif tag == "strike" and self.inside == "fonts" and self.fonts:
            self.fonts[-1] = "val" not in given or is_on(given["val"])
        elif tag == "xf" and self.inside == "cellXfs":
            self._style(given)
            self.count += 1

    def _style(self, given: dict[str, str]) -> None:
        code = self.formats.get(int(given.get("numFmtId", 0)), "")
        if is_date_format(code):
            self.dates.add(self.count)
        elif look := look_of(code):
            self.looks[self.count] = look
        font = int(given.get("fontId", 0))
        if font < len(self.fonts) and self.fonts[font]:
            self.struck.add(self.count)

    def end(self, tag: str) -> None:
        if local(tag) == self.inside:
            self.inside = ""
