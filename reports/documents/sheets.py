"""Sheets with one table each: title, notes, frozen header, rows, a total in formulas; A4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from core.lists.workbooks import FORMATS, Book, Formula, Sheet
from core.values.money import rate
from reports.documents.wording import total_name

LOOK = {"font_name": "Times New Roman", "font_size": 11}
BOX: dict[str, object] = {"border": 1, "border_color": "#9AA5B1"}
KINDS: dict[str, dict[str, object]] = {
    "money": FORMATS["number"],
    "count": FORMATS["number"],
    "balance": FORMATS["balance"],
    "rate": FORMATS["rate"],
    "date": FORMATS["day"],
    "text": {"text_wrap": True, "valign": "top"},
}
PEOPLE = (  # head counts: field, title in both languages
    ("participants", "Lượt người", "Participants"),
    ("female", "Nữ", "Women"),
    ("male", "Nam", "Men"),
    ("under_16", "Dưới 16", "Under 16"),
    ("age_16_24", "16–24", "16–24"),
    ("over_24", "Trên 24", "Over 24"),
    ("ethnic_minority", "DTTS", "Ethnic minority"),
    ("disability", "Khuyết tật", "Disability"),
    ("poor_household", "Hộ nghèo", "Poor household"),
)
SUMMED = ("money", "count", "balance")


@dataclass(frozen=True)
class Col:
    """A column: field of the row, title, kind (text, date, money, count, balance, rate), width.

    `balance` is planned less disbursed, `rate` disbursed by planned; both are formulas.
    """

    field: str
    title: str
    kind: str = "text"
    width: int = 16


class Tables:
    """The sheets of a workbook, each under the same notes."""

    def __init__(self, notes: Sequence[str]) -> None:
        self.book, self.notes = Book(LOOK), notes

    def table(
        self,
        title: str,
        heading: str,
        columns: Sequence[Col],
        rows: Iterable[dict[str, object]],
        *,
        total: bool = True,
        fixed_total: dict[str, object] | None = None,
        filtered: bool = False,
    ) -> None:
        """A sheet. `fixed_total`: figures instead of formulas, where hidden cells cannot add up."""
        above = len(self.notes) + 2
        sheet = self.book.sheet(title, [col.width for col in columns], above=above, frozen=0)
        sheet.row([heading], bold=True, font_size=14)
        for note in self.notes:
            sheet.row([note], italic=True)
        sheet.row([])
        sheet.head([col.title for col in columns], **BOX, align="center")
        first = sheet.at
        sums: dict[str, int] = dict.fromkeys((c.field for c in columns if c.kind in SUMMED), 0)
        for row in rows:
            sheet.cells(_row(columns, row, sheet.at))
            for field in sums:
                value = row[field]
                sums[field] += value if isinstance(value, int) else 0
        last = sheet.at - 1
        if filtered and last >= first:
            sheet.page.autofilter(first - 1, 0, last, len(columns) - 1)
        if total:
            span = None if fixed_total or last < first else (first, last)
            _total(sheet, columns, {**sums, **(fixed_total or {})}, span)

    def save(self) -> bytes:
        """The file, with the value of each formula stored in it."""
        with self.book.save() as file:
            return file.read()


def _row(
    columns: Sequence[Col], row: dict[str, Any], at: int
) -> Iterable[tuple[object, dict[str, object]]]:
    for col in columns:
        worked_out = col.kind in ("balance", "rate")
        yield _cell(_formula(columns, col, row, at) if worked_out else row[col.field], col)


def _cell(value: object, col: Col, **look: object) -> tuple[object, dict[str, object]]:
    aside = {"align": "right"} if isinstance(value, str) and col.kind != "text" else {}
    return value, KINDS[col.kind] | BOX | aside | look


def _formula(columns: Sequence[Col], col: Col, row: dict[str, Any], at: int) -> Formula:
    """What remains, or the rate, of the row `at` (from 0)."""
    fields = [each.field for each in columns]
    planned, spent = (
        xl_rowcol_to_cell(at, fields.index(name)) for name in ("planned", "disbursed")
    )
    if col.kind == "balance":
        return Formula(f"={planned}-{spent}", row["planned"] - row["disbursed"])
    percent = rate(row["disbursed"], row["planned"])
    text = f'=IF({planned}=0,"",ROUND({spent}/{planned},3))'
    return Formula(text, "" if percent is None else percent / 100)


def _total(
    sheet: Sheet,
    columns: Sequence[Col],
    values: dict[str, object],
    span: tuple[int, int] | None,
) -> None:
    """The last row: sums as formulas over `span` (first and last row, from 0), else figures."""

    def cell(index: int, col: Col) -> object:
        value = values.get(col.field, "")
        if index == 0:
            return total_name()
        if col.field == "number":  # the numbers of entries do not add up to anything
            return ""
        if col.kind in ("balance", "rate"):
            return _formula(columns, col, values, sheet.at)
        if value == "" or span is None:
            return value
        letter = xl_col_to_name(index)
        return Formula(f"=SUM({letter}{span[0] + 1}:{letter}{span[1] + 1})", value)

    sheet.cells([_cell(cell(n, col), col, bold=True) for n, col in enumerate(columns)])
