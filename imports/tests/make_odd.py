"""Workbooks made of `odd/layouts.txt`, which says how they are written down."""

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

LAYOUTS = Path(__file__).parent / "odd" / "layouts.txt"
USUAL = {
    "<plan>": "Mã hoạt động | Tên hoạt động | Xã",
    "<spent>": "Ngày | Số chứng từ | Mã hoạt động | Xã | Nội dung chi",
    "<class>": "Chủ đề | Tên lớp tập huấn | Xã | Từ ngày",
    "<quarters>": "Quý I | Quý II | Quý III | Quý IV",
    "<line>": "GBV-01 | CLB thủ lĩnh | Bản Lang",
    "<row>": "@2022-07-06 | XX-1 | GBV-01 | Bản Lang | Chi đợt 1",
    "<L1>": "Kỹ năng bán hàng | L1 | Bản Lang | @2022-07-06",
}
_ESCAPED = re.compile(r"\\(n|r|t|\\|u[0-9a-f]{4})")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FORMAT = re.compile(r"^(.*) \{(.*)\}$")


class Layout(NamedTuple):
    """One case: its first line, and the lines of its sheets."""

    name: str
    kind: str
    verdict: str
    figures: str
    codes: str
    lines: list[str]

    def workbook(self) -> bytes:
        """The workbook as bytes."""
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            _Writer(book).write(self.lines)
        return out.getvalue()


def layouts() -> Iterator[Layout]:
    """Every case of the file."""
    for block in LAYOUTS.read_text("utf-8").split("\n== ")[1:]:
        first, *lines = block.rstrip("\n").split("\n")
        name, kind, verdict, figures, codes = first.split("\t")
        yield Layout(name, kind, verdict, figures, codes, lines)


class _Writer:
    """Writes the lines of a case, sheet by sheet."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.sheet: Any = None
        self.row = 0

    def write(self, lines: list[str]) -> None:
        for line in lines:
            if line.startswith("-- "):
                self._begin(line[3:])
                continue
            if self.sheet is None:
                self._begin("Bảng")
            if line.startswith("* "):
                what, *areas = line[2:].split()
                self._set(what, areas)
            else:
                self._write_row(line)
        self._merge()

    def _begin(self, name: str) -> None:
        if self.sheet is not None:
            self._merge()
        self.sheet, self.row = self.book.add_worksheet(name), 0
        self.merges: list[str] = []
        self.values: dict[tuple[int, int], tuple[Any, Any]] = {}

    def _set(self, what: str, areas: list[str]) -> None:
        if what == "merge":
            self.merges += areas
        elif what == "hidden":
            self.sheet.hide()
        for area in areas:
            if what == "hide_rows":
                self.sheet.set_row(int(area) - 1, None, None, {"hidden": True})
            elif what == "zero_rows":
                self.sheet.set_row(int(area) - 1, 0)
            elif what == "hide_columns":
                self.sheet.set_column(area, None, None, {"hidden": True})
            elif what == "zero_columns":
                self.sheet.set_column(area, 0)

    def _write_row(self, line: str) -> None:
        for short, words in USUAL.items():
            line = line.replace(short, words)
        for column, text in enumerate(line.split("|")):
            if text.strip():
                self._write_cell(column, text.strip())
        self.row += 1

    def _write_cell(self, column: int, text: str) -> None:
        style = {}
        if not text.startswith("'") and (found := _FORMAT.match(text)):
            text, style["num_format"] = found.groups()
        if text.startswith("~~"):
            text, style["font_strikeout"] = text.strip("~"), True
        if text.startswith("@"):
            style.setdefault("num_format", "dd/mm/yyyy")
        value = _value(text)
        self.values[self.row, column] = value, self.book.add_format(style) if style else None
        self._put(self.row, column, *self.values[self.row, column])

    def _put(self, row: int, column: int, value: Any, style: Any) -> None:
        if isinstance(value, tuple):
            self.sheet.write_formula(row, column, value[0], style, value[1])
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, style)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, value, style)
        else:
            self.sheet.write_number(row, column, value, style)

    def _merge(self) -> None:
        for area in self.merges:
            row, column = xl_cell_to_rowcol(area.split(":")[0])
            value, style = self.values.get((row, column), ("", None))
            self.sheet.merge_range(area, "", style)
            self._put(row, column, value, style)


def _value(text: str) -> Any:
    """A cell as it is written: (formula, its value), a day, a number or text."""
    if text.startswith("="):
        formula, _arrow, value = text.partition(" => ")
        return formula, _value(value) if value else ""
    if text.startswith("@"):
        return date.fromisoformat(text[1:])
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return _ESCAPED.sub(_character, text.removeprefix("'"))


def _character(found: re.Match[str]) -> str:
    """What an escaped character stands for."""
    return {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}.get(found[1]) or chr(int(found[1][1:], 16))
