"""Workbooks out, the one writer: sheets of one table each, row by row in constant memory.

Text is written as text and never run as a formula; a formula carries the value it gives, for
readers that do not calculate (ADR 20).
"""

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from django.http import FileResponse
from xlsxwriter import Workbook

from core.lists.exports import XLSX, harmless
from core.values.text import clean

A4, CELL, NAME = 9, 32_767, 31  # paper; what a cell, and the name of a sheet may hold
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FORMATS: dict[str, dict[str, object]] = {
    "number": {"num_format": "#,##0"},
    "fraction": {"num_format": "0.0"},
    "balance": {"num_format": "#,##0;[Red]-#,##0"},
    "rate": {"num_format": "0.0%"},
    "day": {"num_format": "dd/mm/yyyy"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm"},
    "text": {},
}
HEAD: dict[str, object] = {
    "bold": True,
    "bg_color": "#DDE7F0",
    "text_wrap": True,
    "valign": "vcenter",
}
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Formula:
    """A cell that the spreadsheet works out, and what it gives."""

    text: str
    value: object


class Book:
    """A workbook being written; `look` is every cell's (XlsxWriter's names of a format)."""

    def __init__(self, look: dict[str, object] | None = None) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer is sent
        self.book = Workbook(self.file, OPTIONS)
        self._look, self._formats = look or {}, dict[object, object]()

    def sheet(
        self, name: str, widths: Sequence[int], *, above: int = 0, frozen: int = 1
    ) -> "Sheet":
        """A sheet for a table with `above` rows over its head; `widths` in characters. The head
        and the first `frozen` columns stay in sight."""
        sheet = Sheet(self, _sheet_name(name), widths, above)
        sheet.page.freeze_panes(above + 1, frozen)
        return sheet

    def style(self, **look: object) -> object:
        """The format of a cell; the same one for the same look."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(self._look | look)
        return self._formats[key]

    def save(self) -> IO[bytes]:
        """The whole file, to be read from its beginning."""
        self.book.close()
        self.file.seek(0)
        return self.file


class Sheet:
    """One table: A4 landscape, one page wide, its head frozen and on every page."""

    def __init__(self, book: Book, name: str, widths: Sequence[int], above: int) -> None:
        self.book, self.at, self.widths = book, 0, widths
        self.page = book.book.add_worksheet(name)
        for index, width in enumerate(widths):
            self.page.set_column(index, index, width)
        self.page.repeat_rows(above)
        self.page.set_paper(A4)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&L&A&C&P/&N")

    def head(self, titles: Iterable[str], **look: object) -> None:
        self.row([str(title) for title in titles], **(HEAD | look))

    def row(self, values: Iterable[object], **look: object) -> None:
        """The next row, each cell in the format of its value."""
        self.cells((value, FORMATS[kind_of(value)] | look) for value in values)

    def cells(self, cells: Iterable[tuple[object, Mapping[str, object]]]) -> None:
        """The next row: values, and how each looks."""
        for index, (value, look) in enumerate(cells):
            self._cell(index, value, self.book.style(**look))
        self.at += 1

    def plain(self, values: Iterable[object]) -> None:
        """The next row without formats, for many of them: texts that went through `cell_text`,
        numbers, nothing."""
        text, number, at = self.page.write_string, self.page.write_number, self.at
        for index, value in enumerate(values):
            kind = type(value)
            if kind is str:
                if value:
                    text(at, index, value)
            elif kind is int or kind is float:
                number(at, index, value)
            elif value is not None:
                self._cell(index, value, None)
        self.at += 1

    def _cell(self, index: int, value: object, style: object) -> None:
        match value:
            case Formula():
                self.page.write_formula(self.at, index, value.text, style, _plain(value.value))
            case bool():
                self.page.write_boolean(self.at, index, value, style)
            case int() | float() | Decimal():
                self.page.write_number(self.at, index, value, style)
            case date():  # a moment, too
                self.page.write_datetime(self.at, index, value, style)
            case None | "":
                self.page.write_blank(self.at, index, None, style)
            case _:
                self.page.write_string(self.at, index, cell_text(value), style)


def kind_of(value: object) -> str:
    """Which of `FORMATS` a value is shown in."""
    match value:
        case int() if not isinstance(value, bool):
            return "number"
        case Decimal() | float():
            return "fraction"
        case datetime():
            return "moment"
        case date():
            return "day"
    return "text"


def cell_text(value: object) -> str:
    """Clean text that no spreadsheet runs, at most what a cell takes."""
    return str(harmless(clean(str(value)))).replace("\r", "\n")[:CELL]


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _sheet_name(text: str) -> str:
    """A name that Excel takes for a sheet."""
    return _NO_SHEET_NAME.sub("-", clean(text))[:NAME].strip("'") or "1"


def workbook_response(book: Book, filename: str) -> FileResponse:
    return FileResponse(book.save(), as_attachment=True, filename=filename, content_type=XLSX)
