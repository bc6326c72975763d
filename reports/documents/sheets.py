"""Sheets with one table each: title, notes, frozen header, rows, a total in formulas; A4."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from core.lists.exports import harmless
from core.values.money import rate
from core.values.text import clean

A4 = 9
FONT = "Times New Roman"
FORMATS = {
    "money": "#,##0",
    "balance": "#,##0;[Red]-#,##0",
    "count": "#,##0",
    "rate": "0.0%",
    "date": "dd/mm/yyyy",
}
SUMMED = ("money", "count", "balance")
HEAD_FILL = PatternFill("solid", fgColor="DDE7F0")
LINE = Side(style="thin", color="9AA5B1")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


@dataclass(frozen=True)
class Col:
    """A column: field of the row, title, kind (text, date, money, count, balance, rate), width.

    `balance` is planned less disbursed, `rate` disbursed by planned; both are formulas.
    """

    field: str
    title: str
    kind: str = "text"
    width: int = 16


class Book:
    """Collects sheets; remembers what each formula gives, and stores it beside the formula."""

    def __init__(self, notes: Sequence[str]) -> None:
        self.book = Workbook(write_only=True)
        self.notes = notes
        self.results: list[dict[str, Any]] = []  # per sheet: cell → value of its formula

    def table(
        self,
        title: str,
        heading: str,
        columns: Sequence[Col],
        rows: Iterable[dict[str, Any]],
        *,
        total: bool = True,
        fixed_total: dict[str, Any] | None = None,
        filtered: bool = False,
    ) -> None:
        """A sheet. `fixed_total`: figures instead of formulas, where hidden cells cannot add up."""
        sheet = self.book.create_sheet(title[:31])
        self.results.append({})
        head = len(self.notes) + 3
        _print_setup(sheet, head)
        sheet.freeze_panes = f"A{head + 1}"
        for index, col in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = col.width
        sheet.append([_cell(sheet, harmless(heading), bold=True, size=14)])
        for note in self.notes:
            sheet.append([_cell(sheet, harmless(note), italic=True)])
        sheet.append([])
        sheet.append([_head(sheet, col.title) for col in columns])
        sums: dict[str, int] = dict.fromkeys((c.field for c in columns if c.kind in SUMMED), 0)
        at = head
        for row in rows:
            at += 1
            sheet.append(self._row(sheet, columns, row, at))
            for field in sums:
                value = row[field]
                sums[field] += value if isinstance(value, int) else 0
        if total:
            values = {**sums, **(fixed_total or {})}
            span = None if fixed_total else (head + 1, at)
            sheet.append(self._total(sheet, columns, values, at + 1, span))
        if filtered and at > head:
            sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{at}"

    def _row(self, sheet: Any, columns: Sequence[Col], row: dict[str, Any], at: int) -> list[Any]:
        return [
            self._formula(sheet, columns, index, row, at)
            if col.kind in ("balance", "rate")
            else _cell(sheet, harmless(row[col.field]), kind=col.kind, box=True)
            for index, col in enumerate(columns)
        ]

    def _formula(
        self,
        sheet: Any,
        columns: Sequence[Col],
        index: int,
        row: dict[str, Any],
        at: int,
        *,
        bold: bool = False,
    ) -> Any:
        fields = [col.field for col in columns]
        planned, spent = (
            f"{get_column_letter(fields.index(name) + 1)}{at}" for name in ("planned", "disbursed")
        )
        place = f"{get_column_letter(index + 1)}{at}"
        kind = columns[index].kind
        if kind == "balance":
            text, value = f"={planned}-{spent}", row["planned"] - row["disbursed"]
        else:
            text = f'=IF({planned}=0,"",ROUND({spent}/{planned},3))'
            percent = rate(row["disbursed"], row["planned"])
            value = "" if percent is None else percent / 100
        self.results[-1][place] = value
        return _cell(sheet, text, kind=kind, box=True, bold=bold)

    def _total(
        self,
        sheet: Any,
        columns: Sequence[Col],
        values: dict[str, Any],
        at: int,
        span: tuple[int, int] | None,
    ) -> list[Any]:
        """The last row: sums as formulas over `span` (first and last row)."""
        cells = []
        for index, col in enumerate(columns):
            letter = get_column_letter(index + 1)
            value = values.get(col.field, "")
            if col.field == "number":  # the numbers of entries do not add up to anything
                value = ""
            if index == 0:
                value = "Tổng cộng"
            elif col.kind in ("balance", "rate"):
                cells.append(self._formula(sheet, columns, index, values, at, bold=True))
                continue
            elif value != "" and span is not None and span[1] >= span[0]:
                self.results[-1][f"{letter}{at}"] = value
                value = f"=SUM({letter}{span[0]}:{letter}{span[1]})"
            cells.append(_cell(sheet, value, kind=col.kind, box=True, bold=True))
        return cells

    def save(self) -> bytes:
        """The file, with the value of each formula stored in it."""
        out = io.BytesIO()
        self.book.save(out)
        return store_results(out.getvalue(), self.results)


def _print_setup(sheet: Any, head: int) -> None:
    """A4 landscape, one page wide, the header on every page, page numbers."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"
    sheet.oddFooter.center.text = "&P/&N"
    sheet.oddFooter.left.text = "&A"


def _cell(
    sheet: Any,
    value: Any,
    *,
    kind: str = "text",
    bold: bool = False,
    italic: bool = False,
    size: int = 11,
    box: bool = False,
) -> WriteOnlyCell:
    if isinstance(value, str):
        value = clean(value)
    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(name=FONT, size=size, bold=bold, italic=italic)
    if kind in FORMATS:
        cell.number_format = FORMATS[kind]
        if isinstance(value, str) and not value.startswith("="):
            cell.alignment = Alignment(horizontal="right")
    elif box:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if box:
        cell.border = BOX
    return cell


def _head(sheet: Any, title: str) -> WriteOnlyCell:
    cell = _cell(sheet, title, bold=True, box=True)
    cell.fill = HEAD_FILL
    cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
    return cell


FORMULA = re.compile(
    r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="[a-z]+")?><f>([^<]*)</f><v ?/?>(?:</v>)?</c>'
)


def store_results(content: bytes, results: Sequence[dict[str, Any]]) -> bytes:
    """Put the value of each formula beside it: openpyxl writes formulas alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            found = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", entry.filename)
            if found:
                data = _with_results(data.decode(), results[int(found[1]) - 1]).encode()
            new.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _with_results(xml: str, results: dict[str, Any]) -> str:
    def cell(found: re.Match[str]) -> str:
        place, style, formula = found.groups()
        value = results[place]
        kind = ' t="str"' if isinstance(value, str) else ""
        shown = format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
        return f'<c r="{place}"{style}{kind}><f>{formula}</f><v>{escape(shown)}</v></c>'

    return FORMULA.sub(cell, xml)
