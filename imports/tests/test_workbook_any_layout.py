"""A random ledger in a random layout is read back as written, or refused: never otherwise."""

import io
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import openpyxl
from hypothesis import event, given, settings
from hypothesis import strategies as st

from imports.workbook import WorkbookError, read_workbook
from imports.workbook.model import Kind

COMMUNES = ["Bản Lang", "Nậm Xe", "Hoang Thèn", "Khổng Lào", "Dào San"]
FIELDS: dict[Kind, tuple[str, ...]] = {
    "disbursements": ("date", "voucher_no", "activity", "commune", "amount", "description"),
    "plan": ("activity", "title", "commune", "q1", "q2", "q3", "q4"),
}
WORDS = {
    "date": ["Ngày", "Ngày tháng", "Ngày chi", "Date", "NGÀY GHI SỔ"],
    "voucher_no": ["Số chứng từ", "Số CT", "Voucher No.", "Số phiếu chi"],
    "activity": ["Mã hoạt động", "Mã HĐ", "Activity code", "mã  hoạt động"],
    "commune": ["Xã", "Địa bàn", "Commune", "Xã\nCommune"],
    "amount": ["Số tiền", "Thành tiền", "Thực chi", "Amount", "Số tiền giải ngân", "Giải ngân"],
    "description": ["Nội dung chi", "Diễn giải", "Description"],
    "title": ["Tên hoạt động", "Nội dung hoạt động", "Activity name"],
}
QUARTERS = [
    ["Quý I", "Quý II", "Quý III", "Quý IV"],
    ["Q1", "Q2", "Q3", "Q4"],
    ["Quý 1/2023", "Quý 2/2023", "Quý 3/2023", "Quý 4/2023"],
    ["Quý III/2022", "Quý IV/2022", "Quý I/2023", "Quý II/2023"],
    ["Quý III (7-9/2022)", "Quý IV (10-12/2022)", "Quý I (1-3/2023)", "Quý II (4-6/2023)"],
    ["Quý I\n(7–9/2022)", "Quý II\n(10–12/2022)", "Quý III\n(1–3/2023)", "Quý IV\n(4–6/2023)"],
]
UNITS = [
    (1, "đồng"), (1, "VNĐ"), (10**3, "nghìn đồng"), (10**3, "1.000đ"), (10**3, "VND '000"),
    (10**6, "triệu đồng"), (10**6, "Tr.đ"), (10**6, "Triệu đồng (VNĐ)"), (10**6, "10^6 đồng"),
]  # fmt: skip
FORMS: list[Literal["NFC", "NFD"]] = ["NFC", "NFD"]
UNIT_PLACES = ["line", "title", "header", "row", "foot"]
SUBCOLUMNS: dict[Kind, list[tuple[str, ...]]] = {
    "disbursements": [("Trong kỳ", "Lũy kế"), ("Thực chi", "Kế hoạch"), ("Tổng", "Plan", "Khác")],
    "plan": [("Kế hoạch", "Thực hiện"), ("KH", "TH"), ("Tổng tiền", "SL")],
}


@dataclass
class Layout:
    """How the ledger is written."""

    words: dict[str, str]
    order: list[str]
    unit: tuple[int, str]
    unit_place: str
    group: str | None  # a heading over the columns of money
    subcolumns: tuple[str, ...]  # under each column of money, the first is meant
    merged: bool
    letterhead: int
    ordinals: bool
    numbering: bool
    total: bool
    form: Literal["NFC", "NFD"]
    upper: bool
    hidden: bool
    money: str  # int, text or scaled


def row_of(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    amount = st.integers(1, 400).map(lambda n: n * 1_000_000)
    fields = {
        "date": st.dates(date(2022, 7, 1), date(2023, 6, 30)),
        "voucher_no": st.integers(1, 999).map(lambda n: f"PC-{n}"),
        "activity": st.sampled_from(["GBV-01", "ECCD-02", "YEE-05"]),
        "commune": st.sampled_from(COMMUNES),
        "amount": amount,
        "description": st.sampled_from(["Chi đợt 1", "Cộng tác viên thôn bản", "Tổng kết năm"]),
        "title": st.sampled_from(["Tập huấn", "Tổng kết", "Cộng đồng tham gia"]),
        **{q: st.one_of(st.just(0), amount) for q in ("q1", "q2", "q3", "q4")},
    }
    return st.fixed_dictionaries({name: fields[name] for name in FIELDS[kind]})


@st.composite
def layouts(draw: st.DrawFn, kind: Kind) -> Layout:
    quarters = draw(st.sampled_from(QUARTERS))
    words = {n: draw(st.sampled_from(WORDS[n])) for n in FIELDS[kind] if n in WORDS}
    words |= dict(zip(("q1", "q2", "q3", "q4"), quarters, strict=True))
    money = [n for n in FIELDS[kind] if n == "amount" or n.startswith("q")]
    order = list(draw(st.permutations([n for n in FIELDS[kind] if n not in money])))
    at = draw(st.integers(0, len(order)))
    return Layout(
        words=words,
        order=[*order[:at], *money, *order[at:]],
        unit=draw(st.sampled_from(UNITS)),
        unit_place=draw(st.sampled_from(UNIT_PLACES)),
        group=draw(st.sampled_from([None, None, "Kế hoạch"])) if kind == "plan" else None,
        subcolumns=draw(st.one_of(st.just(()), st.sampled_from(SUBCOLUMNS[kind]))),
        merged=draw(st.booleans()),
        letterhead=draw(st.integers(0, 4)),
        ordinals=draw(st.booleans()),
        numbering=draw(st.booleans()),
        total=draw(st.booleans()),
        form=draw(st.sampled_from(FORMS)),
        upper=draw(st.booleans()),
        hidden=draw(st.booleans()),
        money=draw(st.sampled_from(["int", "text", "scaled"])),
    )


class Writer:
    """Writes rows in a layout."""

    def __init__(self, kind: Kind, layout: Layout, rows: list[dict[str, Any]]) -> None:
        self.kind, self.layout, self.rows = kind, layout, rows
        self.book = openpyxl.Workbook()
        self.sheet = self.book.active
        self.at = 0

    def write(self) -> bytes:
        layout = self.layout
        for text in ("TỔ CHỨC PLAN", "VÙNG DỰ ÁN", "Kính gửi: Ban Điều hành", "GIẢI NGÂN")[
            : layout.letterhead
        ]:
            self.line({1: text})
        if layout.unit_place == "line":
            self.line({2: f"Đơn vị tính: {layout.unit[1]}"})
        if layout.unit_place == "title":
            self.line({1: f"SỐ LIỆU NĂM TÀI CHÍNH 2023 ({layout.unit[1]})"})
        self.header()
        for number, row in enumerate(self.rows, 1):
            self.data(number, row)
        if layout.total:
            self.total()
        if layout.unit_place == "foot":
            self.line({})
            self.line({1: f"Ghi chú: ĐVT: {layout.unit[1]}"})
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def line(self, cells: dict[int, Any]) -> None:
        self.at += 1
        for column, value in cells.items():
            text = isinstance(value, str)
            value = unicodedata.normalize(self.layout.form, value) if text else value
            self.sheet.cell(self.at, column, value)

    def places(self) -> list[tuple[str, int, int]]:
        """(field, its first column, how many columns)."""
        column, places = 2 if self.layout.ordinals else 1, []
        for name in self.layout.order:
            width = max(len(self.layout.subcolumns), 1) if self.is_money(name) else 1
            places.append((name, column, width))
            column += width
        return places

    def is_money(self, name: str) -> bool:
        return name == "amount" or name in ("q1", "q2", "q3", "q4")

    def header(self) -> None:
        layout, places = self.layout, self.places()
        money = [place for place in places if self.is_money(place[0])]
        if layout.group:
            self.line({1: "STT"} if layout.ordinals else {})
            first, last = money[0][1], money[-1][1] + money[-1][2] - 1
            self.sheet.cell(self.at, first, layout.group)
            if layout.merged:
                self.sheet.merge_cells(None, self.at, first, self.at, last)
            for name, column, _width in places:
                if not self.is_money(name):
                    self.sheet.cell(self.at, column, self.word(name))
        cells: dict[int, Any] = {1: "STT"} if layout.ordinals and not layout.group else {}
        for name, column, _width in places:
            if self.is_money(name) or not layout.group:
                cells[column] = self.word(name)
        self.line(cells)
        if layout.subcolumns:
            for _name, column, width in money:
                if layout.merged:
                    self.sheet.merge_cells(None, self.at, column, self.at, column + width - 1)
            self.line({c + i: t for _n, c, _w in money for i, t in enumerate(layout.subcolumns)})
        if layout.unit_place == "row":
            self.line({column: f"({layout.unit[1]})" for _n, column, _w in money})
        if layout.numbering:
            last = places[-1][1] + places[-1][2] - 1
            self.line({column: f"({column})" for column in range(1, last + 1)})

    def word(self, name: str) -> str:
        word = self.layout.words[name]
        if self.is_money(name) and self.layout.unit_place == "header":
            word = f"{word} ({self.layout.unit[1]})"
        return word.upper() if self.layout.upper else word

    def amount(self, value: int) -> Any:
        scale = self.layout.unit[0]
        shown = value // scale
        if self.layout.money == "text":
            return f"{value:,}".replace(",", ".") + " đ" if value else "-"
        return shown

    def data(self, number: int, row: dict[str, Any]) -> None:
        cells: dict[int, Any] = {1: number} if self.layout.ordinals else {}
        for name, column, width in self.places():
            if not self.is_money(name):
                cells[column] = row[name]
                continue
            cells[column] = self.amount(row[name])
            for other in range(1, width):
                cells[column + other] = 7_000_000 + number
        self.line(cells)
        if self.layout.hidden and number % 2:
            self.sheet.row_dimensions[self.at].hidden = True
        if self.layout.money == "scaled" and self.layout.unit[0] == 1000:
            for name, column, _width in self.places():
                if self.is_money(name):
                    cell = self.sheet.cell(self.at, column, row[name])
                    cell.number_format = "#,##0,"

    def total(self) -> None:
        places = self.places()
        label = next(column for name, column, _w in places if not self.is_money(name))
        cells: dict[int, Any] = {label: "TỔNG CỘNG"}
        for name, column, _width in places:
            if self.is_money(name):
                cells[column] = self.amount(sum(row[name] for row in self.rows))
        self.line(cells)


def check(kind: Kind, layout: Layout, rows: list[dict[str, Any]]) -> None:
    """Read the rows back, or get an error."""
    try:
        reading = read_workbook(Writer(kind, layout, rows).write(), kind)
    except WorkbookError as refusal:
        event(f"refused: {refusal.code}")
        return
    if reading.errors:
        event(f"errors: {sorted({issue.code for issue in reading.errors})}")
        return
    event("read")
    assert [{name: row.values[name] or 0 for name in FIELDS[kind]} for row in reading.rows] == rows


@settings(max_examples=80)
@given(layouts("disbursements"), st.lists(row_of("disbursements"), min_size=1, max_size=4))
def test_disbursements_in_any_layout(layout, rows):
    check("disbursements", layout, rows)


@settings(max_examples=80)
@given(layouts("plan"), st.lists(row_of("plan"), min_size=1, max_size=4))
def test_a_plan_in_any_layout(layout, rows):
    check("plan", layout, rows)
