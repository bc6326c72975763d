"""Workbooks for tests: the same records in the many dresses offices give them.

`variants(kind)` yields (name, bytes): every one must read as `records(kind)`. Files that must be
refused are in make_malformed.py.
"""

import io
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import openpyxl

Cells = list[list[Any]]

PLAN = [
    ("ECCD-01", "Tập huấn dinh dưỡng", "Bản Lang", 25_800_000, 0, 24_700_000, 5_100_000),
    ("ECCD-02", "Chăm sóc 1.000 ngày đầu", "Nậm Xe", 9_700_000, 29_500_000, 19_200_000, 6_100_000),
    (
        "GBV-01",
        "Năng lực thành viên CLB",
        "Dào San",
        16_400_000,
        24_300_000,
        16_100_000,
        15_200_000,
    ),
]
DISBURSEMENTS = [
    (date(2022, 7, 6), "PC23-0001", "ECCD-01", "Bản Lang", 30_967_000, "Chi đợt 1", "Trạm Y tế xã"),
    (date(2022, 7, 6), "PC23-0001", "ECCD-02", "Nậm Xe", 8_084_000, "Chi đợt 1", "Trạm Y tế xã"),
    (date(2022, 12, 5), "PC23-0002", "GBV-01", "Dào San", 16_143_000, "Chi đợt 2", "Huyện đoàn"),
]
_SELLING, _FOOD = "Kỹ năng bán hàng", "Cải thiện dinh dưỡng cho trẻ em"
TRAININGS = [
    (
        _SELLING,
        "Bán hàng, lớp 1",
        "Bản Lang",
        date(2022, 7, 6),
        date(2022, 7, 7),
        *(5, 21, 0, 1, 25, 22, 0, 12),
    ),
    (
        _FOOD,
        "Dinh dưỡng, lớp 2",
        "Nậm Xe",
        date(2022, 9, 5),
        date(2022, 9, 5),
        *(17, 8, 7, 6, 12, 23, 1, 3),
    ),
    (
        _SELLING,
        "Bán hàng, lớp 3",
        "Dào San",
        date(2023, 6, 11),
        date(2023, 6, 12),
        *(10, 10, 0, 12, 8, 20, 0, 4),
    ),
]

FIELDS = {
    "plan": ["activity", "title", "commune", "q1", "q2", "q3", "q4"],
    "disbursements": [
        "date", "voucher_no", "activity", "commune", "amount", "description", "payee",
    ],
    "trainings": [
        "topic", "title", "commune", "start", "end", "male", "female", "under_16", "age_16_24",
        "over_24", "ethnic_minority", "disability", "poor_household",
    ],
}  # fmt: skip
HEADERS = {
    "plan": ["Mã hoạt động", "Tên hoạt động", "Xã", "Quý I", "Quý II", "Quý III", "Quý IV"],
    "disbursements": [
        "Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Nội dung chi", "Đơn vị nhận",
    ],
    "trainings": [
        "Chủ đề", "Tên lớp tập huấn", "Xã", "Từ ngày", "Đến ngày", "Nam", "Nữ", "Dưới 16", "16-24",
        "Trên 24", "DTTS", "Khuyết tật", "Hộ nghèo",
    ],
}  # fmt: skip
OTHER_HEADERS = {
    "plan": [
        "MÃ HĐ", "Nội dung hoạt động", "Địa bàn", "Q1", "Quý 2", "Dự toán Quý III", "Quý IV/2023",
    ],
    "disbursements": [
        "Ngày CT", "Số CT", "Mã HĐ", "Địa bàn", "Thực chi", "Diễn giải", "Người nhận",
    ],
    "trainings": [
        "Chuyên đề", "Tên lớp", "Địa bàn", "Thời gian bắt đầu", "Thời gian kết thúc", "Số nam",
        "Số nữ", "Trẻ em (<16)", "Từ 16 đến 24 tuổi", "> 24", "Dân tộc thiểu số", "NKT",
        "Thuộc hộ nghèo",
    ],
}  # fmt: skip
ENGLISH = {
    "plan": ["Activity code", "Activity", "Commune", "Q1", "Q2", "Q3", "Q4"],
    "disbursements": [
        "Date", "Voucher no.", "Activity code", "Commune", "Amount (VND)", "Description", "Payee",
    ],
    "trainings": [
        "Topic", "Training class", "Commune", "Start date", "End date", "Men", "Women", "Under 16",
        "16–24", "Over 24", "Ethnic minority", "People with disabilities", "Poor households",
    ],
}  # fmt: skip
_RECORDS: dict[str, list[Any]] = {
    "plan": PLAN,
    "disbursements": DISBURSEMENTS,
    "trainings": TRAININGS,
}
_LETTERHEAD: Cells = [
    ["TỔ CHỨC PLAN INTERNATIONAL VIỆT NAM"],
    ["VÙNG DỰ ÁN LAI CHÂU"],
    [],
    ["KẾ HOẠCH, GIẢI NGÂN VÀ TẬP HUẤN NĂM TÀI CHÍNH 2023"],
]


def records(kind: str) -> list[dict[str, Any]]:
    """What every variant holds, by field."""
    return [dict(zip(FIELDS[kind], record, strict=True)) for record in _RECORDS[kind]]


def table(kind: str, headers: dict[str, list[str]] | None = None) -> Cells:
    """The header and the rows, as plain cells."""
    return [list((headers or HEADERS)[kind]), *(list(r) for r in _RECORDS[kind])]


def book(
    *sheets: tuple[str, Cells], merges: tuple[str, ...] = (), hidden: tuple[str, ...] = ()
) -> bytes:
    """An .xlsx of these sheets; `merges` are ranges of the first one."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, cells in sheets:
        sheet = made.create_sheet(name)
        for number, row in enumerate(cells, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(number, column, value)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    for merge in merges:
        made.worksheets[0].merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def one(cells: Cells, name: str = "Bảng") -> bytes:
    return book((name, cells))


def change(cells: Cells, how: Callable[[Any], Any], columns: set[int] | None = None) -> Cells:
    """A copy with `how` done to every cell below the header (of these columns, from 0)."""
    return [cells[0]] + [
        [how(v) if columns is None or i in columns else v for i, v in enumerate(row)]
        for row in cells[1:]
    ]


def put(cells: Cells, row: int, column: int, value: Any) -> Cells:
    """A copy with one cell changed; row 0 is the header."""
    copy = [list(r) for r in cells]
    copy[row][column] = value
    return copy


def numbers_of(kind: str) -> set[int]:
    names = {"plan": ("q1", "q2", "q3", "q4"), "disbursements": ("amount",), "trainings": ()}
    return {FIELDS[kind].index(name) for name in names[kind]}


def dates_of(kind: str) -> set[int]:
    names = {"plan": (), "disbursements": ("date",), "trainings": ("start", "end")}
    return {FIELDS[kind].index(name) for name in names[kind]}


def dotted(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _everywhere(cells: Cells, how: Callable[[str], str]) -> Cells:
    return [[how(v) if isinstance(v, str) else v for v in row] for row in cells]


def variants(kind: str) -> Iterator[tuple[str, bytes]]:
    """The records in every dress an office may give them."""
    plain = table(kind)
    yield "plain", one(plain)
    yield "other words", one(table(kind, OTHER_HEADERS))
    yield "English", one(table(kind, ENGLISH))
    yield "upper-case headers", one([[h.upper() for h in plain[0]], *plain[1:]])
    yield "headers without accents", one([[_bare(h) for h in plain[0]], *plain[1:]])
    yield "NFD", one(_everywhere(plain, lambda s: unicodedata.normalize("NFD", s)))
    yield "stray spaces", one(_everywhere(plain, lambda s: f"  {s}\u00a0\n".replace(" ", "  ")))
    yield "columns reversed", one([row[::-1] for row in plain])
    yield "units in headers", one([[f"{h}\n(đơn vị)" for h in plain[0]], *plain[1:]])
    yield "letterhead", one([*_LETTERHEAD, ["Đơn vị tính: đồng"], [], *plain])
    yield "header in row 30", one([*([[]] * 25), *_LETTERHEAD, *plain])
    yield "money with dots", one(change(plain, dotted, numbers_of(kind)))
    yield "money with đ", one(change(plain, lambda v: f"{dotted(v)} đ", numbers_of(kind)))
    yield "none as a dash", one(change(plain, lambda v: v or "-", numbers_of(kind)))
    yield "millions", one(_in_units(kind, plain, 10**6, "ĐVT: triệu đồng"))
    yield "thousands", one(_in_units(kind, plain, 10**3, "(Đơn vị tính: 1.000 đồng)"))
    yield "days as text", one(change(plain, lambda d: f"{d:%d/%m/%Y}", dates_of(kind)))
    yield (
        "days with dashes",
        one(change(plain, lambda d: f"{d.day}-{d.month}-{d.year}", dates_of(kind))),
    )
    yield (
        "days as numbers",
        one(change(plain, lambda d: (d - date(1899, 12, 30)).days, dates_of(kind))),
    )
    yield (
        "a sheet of notes",
        book(("Ghi chú", [["Gửi anh Tuấn"], ["Số liệu đã rà soát"]]), ("x", plain)),
    )
    yield "a hidden sheet", book(("Nháp", plain), ("x", plain), hidden=("Nháp",))
    yield (
        "a sheet for each row",
        book(*((f"Tờ {i}", [plain[0], row]) for i, row in enumerate(plain[1:]))),
    )
    yield "numbered, ruled, signed", one(_as_printed(kind, plain))
    yield "header again on page 2", one([*plain[:2], plain[0], *plain[2:]])
    yield "a cell far away", _with_far_cell(plain)
    yield from _grouped(kind, plain)


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def _in_units(kind: str, cells: Cells, unit: int, line: str) -> Cells:
    def scaled(value: int) -> Any:
        whole, rest = divmod(value, unit)
        return value / unit if rest else whole

    return [[line], *change(cells, scaled, numbers_of(kind))]


def _as_printed(kind: str, plain: Cells) -> Cells:
    """STT, numbering row, heading, blank lines, a right subtotal, a total, signatures."""
    width = len(plain[0])
    total = [
        sum(row[i] for row in plain[1:]) if i in numbers_of(kind) else None for i in range(width)
    ]
    return [
        ["STT", *plain[0], "Ghi chú"],
        [f"({i})" for i in range(1, width + 3)],
        [None, "I. Phòng, chống bạo lực trên cơ sở giới"],
        *([i, *row] for i, row in enumerate(plain[1:], 1)),
        [],
        _labelled("Cộng", total),
        _labelled("TỔNG CỘNG", total),
        [],
        [None, None, None, "Phong Thổ, ngày 05 tháng 7 năm 2023"],
        [None, "Người lập biểu", None, "Kế toán", None, "Thủ trưởng đơn vị"],
        [None, "(Ký, ghi rõ họ tên)"],
        [None, "Lò Thị Mai", None, "Vàng A Páo", None, "Nguyễn Văn An"],
    ]


def _labelled(label: str, numbers: list[Any]) -> list[Any]:
    """A total's row, with the label in the first column that has no number."""
    at = numbers.index(None)
    return [None, *numbers[:at], label, *numbers[at + 1 :]]


def _with_far_cell(cells: Cells) -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(one(cells)))
    made.active["XFD1048576"] = " "
    made.active["XFD3"].number_format = "0.00"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _grouped(kind: str, plain: Cells) -> Iterator[tuple[str, bytes]]:
    """Headers of two levels, merged and not."""
    groups = {
        "plan": {3: "Kế hoạch (đồng)"},
        "disbursements": {0: "Chứng từ"},
        "trainings": {3: "Thời gian", 5: "Người tham gia", 7: "Độ tuổi", 10: "Trong đó"},
    }[kind]
    ends = {3: 6, 0: 1, 5: 6, 7: 9, 10: 12} | ({3: 4} if kind == "trainings" else {})
    below = {"disbursements": {0: "Ngày", 1: "Số"}, "trainings": {3: "Từ ngày", 4: "Đến ngày"}}
    top: list[Any] = list(plain[0])
    low: list[Any] = [None] * len(top)
    merges = []
    for first, name in groups.items():
        for column in range(first, ends[first] + 1):
            low[column] = below.get(kind, {}).get(column, top[column])
            top[column] = name if column == first else None
        letters = [openpyxl.utils.get_column_letter(c + 1) for c in (first, ends[first])]
        merges.append(f"{letters[0]}5:{letters[1]}5")
    cells = [*_LETTERHEAD, top, low, *plain[1:]]
    yield "two levels, not merged", one(cells)
    yield "two levels, merged", book(("Bảng", cells), merges=tuple(merges))


def large(rows: int) -> bytes:
    """A list of disbursements with this many rows."""
    cells: Cells = [[*HEADERS["disbursements"]]]
    for i in range(rows):
        day = datetime(2022, 7 + i % 6, 1 + i % 28)
        cells.append([day, f"PC-{i}", "ECCD-01", "Bản Lang", 1000 + i, f"Chi {i}", "Trạm Y tế xã"])
    return one(cells)
