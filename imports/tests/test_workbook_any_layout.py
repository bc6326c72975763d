"""A random ledger in a random layout is read back as written, or refused: never otherwise."""

import io
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import openpyxl
from hypothesis import event, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from imports.workbook import WorkbookError, read_workbook
from imports.workbook.model import Kind

COMMUNES = ["Bản Lang", "Nậm Xe", "Hoang Thèn", "Khổng Lào", "Dào San"]
FIELDS: dict[Kind, tuple[str, ...]] = {
    "disbursements": ("date", "voucher_no", "activity", "commune", "amount", "description"),
    "plan": ("activity", "title", "commune", "q1", "q2", "q3", "q4"),
    "trainings": ("topic", "title", "commune", "start", "male", "female"),
}
PEOPLE = ("male", "female")
WORDS = {
    "date": ["Ngày", "Ngày tháng", "Ngày chi", "Date", "NGÀY GHI SỔ"],
    "voucher_no": ["Số chứng từ", "Số CT", "Voucher No.", "Số phiếu chi"],
    "activity": ["Mã hoạt động", "Mã HĐ", "Activity code", "mã  hoạt động"],
    "commune": ["Xã", "Địa bàn", "Commune", "Xã\nCommune"],
    "amount": ["Số tiền", "Thành tiền", "Thực chi", "Amount", "Số tiền giải ngân", "Giải ngân"],
    "description": ["Nội dung chi", "Diễn giải", "Description"],
    "title": ["Tên hoạt động", "Nội dung hoạt động", "Activity name"],
    "topic": ["Chủ đề", "Chuyên đề", "Topic"],
    "class": ["Tên lớp tập huấn", "Lớp tập huấn", "Training class"],
    "start": ["Từ ngày", "Ngày bắt đầu", "Start date"],
    "male": ["Nam", "Số nam", "Male"],
    "female": ["Nữ", "Số nữ", "Female"],
}
AGAIN = {  # the same in another language, in a second row of headings
    "date": "Date", "voucher_no": "Voucher No.", "activity": "Activity code", "amount": "Amount",
    "commune": "Commune", "description": "Description", "title": "Activity", "start": "Start date",
    "topic": "Topic", "male": "Male", "female": "Female",
    **{f"q{number}": f"Q{number}" for number in (1, 2, 3, 4)},
}  # fmt: skip
SPELLINGS = [("", ""), ("đ", "ð"), ("Đ", "Ð"), (" ", "\u00a0"), (" ", "  ")]
FORMATS = ["General", "#,##0", '#,##0 "đ"', '_-* #,##0 "₫"_-', "#,##0,", "#,##0.0,,", '"$"#,##0']
MONTHS = [f"Tháng {(number + 5) % 12 + 1}" for number in range(1, 13)]
DATED_MONTHS = [f"T{(n + 5) % 12 + 1}/{2022 + (n > 6)}" for n in range(1, 13)]
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
    (10**6, "triệu ðồng"), (10**3, "x 1.000 đồng"),
]  # fmt: skip
FORMS: list[Literal["NFC", "NFD"]] = ["NFC", "NFD"]
UNIT_PLACES = ["line", "title", "header", "row", "foot", "sheet", "unit_word", "odd_brackets"]
SUBCOLUMNS: dict[Kind, list[tuple[str, ...]]] = {
    "disbursements": [("Trong kỳ", "Lũy kế"), ("Thực chi", "Kế hoạch"), ("Tổng", "Plan", "Khác")],
    "plan": [("Kế hoạch", "Thực hiện"), ("KH", "TH"), ("Tổng tiền", "SL")],
    "trainings": [()],
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
    format: str  # of the cells with money
    spelling: tuple[str, str]  # what is written instead of what
    language: bool  # a second row of headings in another language
    months: tuple[str, ...]  # of a plan, instead of its quarters
    blanks: bool  # a blank row behind each
    groups: bool  # a heading before each activity, and its subtotal behind
    total_first: bool
    unnamed: bool  # the total has no words
    again: bool  # the header stands once more in the middle, as on a second page
    shared: bool  # what is the same as above is merged with it
    beside: str  # a column that is no field, with figures
    hidden_column: bool


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
        "topic": st.sampled_from(["Kỹ năng bán hàng", "Tổ chức cộng đồng"]),
        "start": st.dates(date(2022, 7, 1), date(2023, 6, 30)),
        "male": st.integers(0, 400),
        "female": st.integers(1, 1500),
    }
    return st.fixed_dictionaries({name: fields[name] for name in FIELDS[kind]})


@st.composite
def layouts(draw: st.DrawFn, kind: Kind) -> Layout:
    quarters = draw(st.sampled_from(QUARTERS))
    words = {n: draw(st.sampled_from(WORDS[n])) for n in FIELDS[kind] if n in WORDS}
    if kind == "trainings":
        words["title"] = draw(st.sampled_from(WORDS["class"]))
    words |= dict(zip(("q1", "q2", "q3", "q4"), quarters, strict=True))
    money = [n for n in FIELDS[kind] if n == "amount" or n.startswith("q") or n in PEOPLE]
    rarely = st.integers(0, 7).map(lambda number: number == 7)
    months = draw(st.sampled_from([(), (), (), tuple(MONTHS), tuple(DATED_MONTHS)]))
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
        money=draw(st.sampled_from(["int", "int", "text", "scaled", "int"])),
        format=draw(st.sampled_from(FORMATS)) if draw(rarely) else "General",
        spelling=draw(st.sampled_from(SPELLINGS)),
        language=draw(rarely),
        months=months if kind == "plan" else (),
        blanks=draw(rarely),
        groups=draw(rarely) and kind != "trainings",
        total_first=draw(rarely),
        unnamed=draw(rarely),
        again=draw(rarely),
        shared=draw(rarely),
        beside=draw(
            st.sampled_from(["", "", "Số người", "Trong đó: đối ứng", "Cùng kỳ năm trước"])
        ),
        hidden_column=draw(rarely),
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
        self.say_unit_above()
        self.header()
        if layout.total and layout.total_first:
            self.total(self.rows)
        records = [self.record(number, row) for number, row in enumerate(self.rows)]
        if layout.total and not layout.total_first:
            self.total(self.rows)
        if layout.shared and records[-1] - records[0] == len(records) - 1:
            self.share(records)
        if self.says_unit("foot"):
            self.line({})
            self.line({1: f"Ghi chú: ĐVT: {layout.unit[1]}"})
        if layout.hidden_column:
            first = next(column for name, column, _w in self.places() if self.is_money(name))
            self.sheet.column_dimensions[get_column_letter(first)].hidden = True
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    # --- around the rows

    def says_unit(self, place: str) -> bool:
        return self.kind != "trainings" and self.layout.unit_place == place

    def say_unit_above(self) -> None:
        layout, unit = self.layout, self.layout.unit[1]
        for text in ("TỔ CHỨC PLAN", "VÙNG DỰ ÁN", "Kính gửi: Ban Điều hành", "GIẢI NGÂN")[
            : layout.letterhead
        ]:
            self.line({1: text})
        if self.says_unit("line"):
            self.line({2: f"Đơn vị tính: {unit}"})
        if self.says_unit("unit_word"):
            self.line({2: f"Đơn vị {unit}"})
        if self.says_unit("title"):
            self.line({1: f"SỐ LIỆU NĂM TÀI CHÍNH 2023 ({unit})"})
        if self.says_unit("sheet"):
            self.sheet.title = f"Bảng ({unit})"

    def line(self, cells: dict[int, Any], *, spelt: bool = True) -> None:
        self.at += 1
        for column, value in cells.items():
            if isinstance(value, str):
                value = (
                    value.replace(*self.layout.spelling)
                    if spelt and any(self.layout.spelling)
                    else value
                )
                value = unicodedata.normalize(self.layout.form, value)
            self.sheet.cell(self.at, column, value)

    def places(self) -> list[tuple[str, int, int]]:
        """(field, its first column, how many columns)."""
        column, places = 2 if self.layout.ordinals else 1, []
        for name in self.names():
            width = max(len(self.subcolumns()), 1) if self.is_money(name) else 1
            places.append((name, column, width))
            column += width
        return places

    def names(self) -> list[str]:
        """The fields in their order; of a plan by months these instead of its quarters."""
        if not self.layout.months:
            return self.layout.order
        at = self.layout.order.index("q1")
        rest = [name for name in self.layout.order if not self.is_money(name)]
        return [*rest[:at], *(f"m{number}" for number in range(12)), *rest[at:]]

    def subcolumns(self) -> tuple[str, ...]:
        return () if self.layout.months else self.layout.subcolumns

    def is_money(self, name: str) -> bool:
        """Money, or people."""
        return name == "amount" or name in PEOPLE or (name[0] in "qm" and name[1:].isdigit())

    def header(self) -> None:
        layout, places = self.layout, self.places()
        money = [place for place in places if self.is_money(place[0])]
        last = places[-1][1] + places[-1][2] - 1
        if layout.group:
            self.line({1: "STT"} if layout.ordinals else {})
            first, end = money[0][1], money[-1][1] + money[-1][2] - 1
            self.sheet.cell(self.at, first, layout.group)
            if layout.merged:
                self.sheet.merge_cells(None, self.at, first, self.at, end)
            for name, column, _width in places:
                if not self.is_money(name):
                    self.sheet.cell(self.at, column, self.word(name))
        cells: dict[int, Any] = {1: "STT"} if layout.ordinals and not layout.group else {}
        for name, column, _width in places:
            if self.is_money(name) or not layout.group:
                cells[column] = self.word(name)
        self.line(cells | ({last + 1: layout.beside} if layout.beside else {}))
        if self.subcolumns():
            for _name, column, width in money:
                if layout.merged:
                    self.sheet.merge_cells(None, self.at, column, self.at, column + width - 1)
            self.line({c + i: t for _n, c, _w in money for i, t in enumerate(self.subcolumns())})
        elif layout.language and not layout.group and not layout.months:
            self.line({column: AGAIN[name] for name, column, _width in places})
        if self.says_unit("row"):
            self.line({column: f"({layout.unit[1]})" for _n, column, _w in money})
        if layout.numbering:
            self.line({column: f"({column})" for column in range(1, last + 1)})

    def word(self, name: str) -> str:
        layout = self.layout
        word = layout.months[int(name[1:])] if name[0] == "m" and name[1:].isdigit() else ""
        word = word or layout.words[name]
        if self.is_money(name) and self.says_unit("header"):
            word = f"{word} ({layout.unit[1]})"
        if self.is_money(name) and self.says_unit("odd_brackets"):
            word = f"{word}（{layout.unit[1]}）"
        return word.upper() if layout.upper else word

    # --- the rows

    def value_of(self, name: str, row: dict[str, Any]) -> int:
        """What a column says of a row; of a plan by months a quarter is its first month's."""
        if name[0] != "m" or name == "male":
            return row[name]
        quarter, month = divmod(int(name[1:]), 3)
        return row[f"q{quarter + 1}"] if month == 0 else 0

    def put_amount(self, column: int, value: int) -> None:
        """A cell with money or people, in the table's unit."""
        layout = self.layout
        scale = 1 if self.kind == "trainings" else layout.unit[0]
        divisor = 1000 ** layout.format.removesuffix('"').rstrip().count(
            ",", layout.format.rfind("0")
        )
        cell = self.sheet.cell(self.at, column)
        cell.number_format = layout.format
        if layout.money == "text":
            unit = " người" if self.kind == "trainings" else " đ"
            cell.value = f"{value:,}".replace(",", ".") + unit if value else "-"
        elif scale == 1000 and layout.money == "scaled":
            cell.value, cell.number_format = value, "#,##0,"
        else:
            cell.value = value if divisor == scale else value // scale

    def record(self, number: int, row: dict[str, Any]) -> int:
        """One row of the ledger, and what stands around it; the number of its row."""
        layout, begins = self.layout, self.begins(number)
        if layout.again and number == len(self.rows) - 1 > 0:
            self.header()
        if layout.groups and begins:
            self.line({1: f"{number + 1}. Chương trình {row['activity'][:3]}"})
        cells: dict[int, Any] = {1: number + 1} if layout.ordinals else {}
        places = self.places()
        cells |= {c: row[name] for name, c, _w in places if not self.is_money(name)}
        if layout.beside:
            cells[places[-1][1] + places[-1][2]] = 7_000_000 + number
        self.line(cells, spelt=False)
        at = self.at
        for name, column, width in places:
            if self.is_money(name):
                self.put_amount(column, self.value_of(name, row))
                for other in range(1, width):
                    self.sheet.cell(self.at, column + other, 7_000_000 + number)
        if layout.hidden and number % 2:
            self.sheet.row_dimensions[at].hidden = True
        if layout.groups and (number + 1 == len(self.rows) or self.begins(number + 1)):
            start = max(n for n in range(number + 1) if self.begins(n))
            self.total(self.rows[start : number + 1], "Cộng")
        if layout.blanks:
            self.line({})
        return at

    def begins(self, number: int) -> bool:
        """Is it the first row of its activity?"""
        if number == 0 or "activity" not in self.rows[0]:
            return number == 0
        return self.rows[number]["activity"] != self.rows[number - 1]["activity"]

    def total(self, rows: list[dict[str, Any]], words: str = "TỔNG CỘNG") -> None:
        places = self.places()
        label = next(column for name, column, _w in places if not self.is_money(name))
        is_unnamed = self.layout.unnamed and words != "Cộng"
        self.line({} if is_unnamed else {label: words})
        for name, column, _width in places:
            if self.is_money(name):
                self.put_amount(column, sum(self.value_of(name, row) for row in rows))

    def share(self, records: list[int]) -> None:
        """Merge downwards what is the same in the rows one after another."""
        for name, column, _width in self.places():
            if self.is_money(name):
                continue
            start = 0
            for number in range(1, len(self.rows) + 1):
                if number < len(self.rows) and self.rows[number][name] == self.rows[start][name]:
                    continue
                if number - start > 1:
                    self.sheet.merge_cells(
                        None, records[start], column, records[number - 1], column
                    )
                start = number


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


@settings(max_examples=80)
@given(layouts("trainings"), st.lists(row_of("trainings"), min_size=1, max_size=4))
def test_training_classes_in_any_layout(layout, rows):
    check("trainings", layout, rows)
