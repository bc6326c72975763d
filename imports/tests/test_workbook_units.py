"""A unit is one only where a unit can stand; there it is understood, or quoted in an error."""

import pytest

from core.values.text import fold
from imports.workbook import read_workbook
from imports.workbook.unit_words import unit_of

from .make_workbooks import book, one, put, table

AMOUNT = 4
NOT_UNDERSTOOD = 0

UNITS = {
    "đồng": 1,
    "VNĐ": 1,
    "đồng Việt Nam": 1,
    "nghìn đồng": 10**3,
    "ngàn đồng": 10**3,
    "1.000đ": 10**3,
    "1000 đ": 10**3,
    "1 000 đồng": 10**3,
    "1,000 VND": 10**3,
    "000đ": 10**3,
    "x1.000đ": 10**3,
    "x 1000 đồng": 10**3,
    "1.000 (đồng)": 10**3,
    "VND '000": 10**3,
    "VND thousand": 10**3,
    "in thousands of VND": 10**3,
    "nghìn VNĐ": 10**3,
    "kVND": 10**3,
    "ngđ": 10**3,
    "10³ đồng": 10**3,
    "10.000 đồng": 10**4,
    "triệu đồng": 10**6,
    "Triệu đồng Việt Nam": 10**6,
    "Triệu đồng (VNĐ)": 10**6,
    "triệu đồng (M₫)": 10**6,
    "TRIỆU ĐỒNG": 10**6,
    "Tr.đ": 10**6,
    "tr. đồng": 10**6,
    "trđ": 10**6,
    "mVND": 10**6,
    "mil. VND": 10**6,
    "VND million": 10**6,
    "10^6 đồng": 10**6,
    "10⁶ đồng": 10**6,
    "1.000.000 đồng": 10**6,
    "000.000đ": 10**6,
    "triệu đồng; lớp; người": 10**6,
    "triệu đồng, người": 10**6,
    "trăm triệu đồng": 10**8,
    "tỷ đồng": 10**9,
    "USD": NOT_UNDERSTOOD,
    "nghìn USD": NOT_UNDERSTOOD,
    "euro": NOT_UNDERSTOOD,
    "500 đồng": NOT_UNDERSTOOD,
    "đồng bạc": NOT_UNDERSTOOD,
    "lạng đồng": NOT_UNDERSTOOD,
}


def amounts(cells: list, **kwargs) -> list[int] | str:
    """The first amount read, or the text that an error about the unit quotes."""
    reading = read_workbook(book(("Bảng", cells), **kwargs), "disbursements")
    if reading.errors:
        [issue] = reading.errors
        assert issue.code in ("unknown_unit", "unit_of_some")
        return issue.message
    return reading.rows[0].values["amount"]


def of_twelve(*above: list, header: str = "Số tiền", below: tuple = ()) -> list:
    """A ledger whose first amount is 12, with these lines around it."""
    cells = put(put(table("disbursements"), 1, AMOUNT, 12), 0, AMOUNT, header)
    return [*above, *cells[:2], *below]


PLACES = {
    "after ĐVT": lambda unit: of_twelve([f"ĐVT: {unit}"]),
    "after Đơn vị tính": lambda unit: of_twelve([None, f"Đơn vị tính {unit}"]),
    "after Tiền tệ": lambda unit: of_twelve([f"Tiền tệ: {unit}"]),
    "after Currency": lambda unit: of_twelve([f"Currency: {unit}"]),
    "beside ĐVT": lambda unit: of_twelve([None, "ĐVT:", unit]),
    "after an office and ĐVT": lambda unit: of_twelve([f"Đơn vị: Ban Điều hành - ĐVT: {unit}"]),
    "in brackets of the header": lambda unit: of_twelve(header=f"Số tiền ({unit})"),
    "in a line of the header": lambda unit: of_twelve(header=f"Số tiền\nĐVT: {unit}"),
    "after a comma of the header": lambda unit: of_twelve(header=f"Số tiền, ĐVT: {unit}"),
    "in a row under the header": lambda unit: [
        (rows := of_twelve())[0], [None] * AMOUNT + [f"({unit})"], *rows[1:],
    ],
    "below the table": lambda unit: of_twelve(below=([], [f"Ghi chú: Đơn vị tính: {unit}"])),
}  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_in_a_place_for_one_is_understood_or_quoted(unit):
    found, scale = {place: amounts(cells(unit)) for place, cells in PLACES.items()}, UNITS[unit]
    if scale == NOT_UNDERSTOOD:
        assert {each for each in found.values() if fold(unit).split()[0] not in fold(each)} == set()
    else:
        assert found == dict.fromkeys(PLACES, 12 * scale)


@pytest.mark.parametrize(
    "title",
    [
        "BẢNG KÊ GIẢI NGÂN (triệu đồng)",
        "Bảng kê giải ngân, triệu đồng",
        "Bảng kê giải ngân - triệu đồng",
        "BẢNG KÊ – ĐVT triệu đồng",
        "Số liệu tính theo triệu đồng",
        "(Số liệu tính bằng triệu đồng)",
        "triệu đồng",
        "(triệu đồng)",
        "Đv: triệu đồng",
        "Đơn vị tính (triệu đồng)",
        "Unit (VND million)",
        "Đơn vị tính: triệu đồng (số liệu làm tròn)",
        "Đơn vị tính: triệu đồng; tỷ giá 1 USD = 23.500 VND",
    ],
)
def test_a_title_names_the_unit(title):
    assert amounts(of_twelve([title])) == 12_000_000


@pytest.mark.parametrize(
    "title",
    [
        "GIẢI NGÂN HOẠT ĐỘNG",
        "Báo cáo của công ty",
        "Đơn vị: Ban Điều hành huyện",
        "Đơn vị thực hiện: Hội đồng nhân dân xã",
        "(Kèm theo Quyết định số 12/QĐ-BĐH ngày 05/07/2022)",
        "(Tỷ giá quy đổi: 1 USD = 23.500 VND)",
        "Tỷ giá: 1 USD = 23.500 đồng",
        "(theo Hợp đồng số 05)",
        "(Hội đồng thẩm định)",
        "Dự án phòng chống tảo hôn - hoạt động",
        "Tổng kinh phí: 100 triệu đồng",
        "(tổng kinh phí 1.000 triệu đồng)",
        "Kinh phí được giao (triệu đồng): 7.420",
        "Cộng đồng",
    ],
)
def test_other_words_above_the_table_are_no_unit(title):
    assert amounts(of_twelve([title])) == 12


@pytest.mark.parametrize(
    "header",
    ["Giải ngân", "Số tiền giải ngân", "Số giải ngân", "Số tiền VNĐ", "Số tiền (1)",
     "Số tiền (đã chi)", "SỐ TIỀN", "Số tiền (theo hợp đồng)"],
)  # fmt: skip
def test_the_last_word_of_a_heading_is_no_unit(header):
    assert amounts(of_twelve(header=header)) == 12


@pytest.mark.parametrize(
    "header",
    ["Số tiền, triệu đồng", "Số tiền - triệu đồng", "Số tiền [triệu đồng]", "Số tiền (ĐVT: Tr.đ)",
     "Amount in million VND", "Số tiền\n(triệu đồng)", "Số tiền\ntriệu đồng"],
)  # fmt: skip
def test_a_header_names_the_unit(header):
    assert amounts(of_twelve(header=header)) == 12_000_000


def test_a_unit_at_the_end_of_a_heading_is_asked():
    assert "Số tiền triệu đồng" in amounts(of_twelve(header="Số tiền triệu đồng"))


@pytest.mark.parametrize(
    "line", [["Ngân sách năm (triệu đồng)", 7420], ["Tỷ giá (VND/USD)", 23500]]
)
def test_a_unit_beside_a_figure_is_of_that_figure_alone(line):
    assert amounts(of_twelve(line)) == 12


def test_a_unit_named_among_the_rows_must_be_that_of_the_table():
    rows = of_twelve(["ĐVT: đồng"])
    said = amounts([*rows, ["ĐVT: nghìn đồng"], rows[-1]])
    assert "nghìn đồng" in said


def test_two_units_in_one_line_are_both_quoted():
    said = amounts(of_twelve(["Đơn vị tính: triệu đồng", "ĐVT: nghìn đồng"]))
    assert "triệu đồng" in said and "nghìn đồng" in said


def test_of_two_lines_above_the_nearest_counts():
    assert amounts(of_twelve(["ĐVT: triệu đồng"], ["ĐVT: nghìn đồng"])) == 12_000


def test_a_unit_of_people_is_no_unit_of_money():
    assert "người" in amounts(of_twelve(["ĐVT: người"]))


def test_a_unit_in_one_column_of_money_alone_is_asked():
    cells = [[*row, "Cả năm (triệu đồng)" if n == 0 else 1] for n, row in enumerate(table("plan"))]
    [issue] = read_workbook(one(cells), "plan").errors
    assert issue.code == "unit_of_some"


def test_a_unit_over_the_quarters_holds_for_them_all():
    cells = table("plan")
    top = [*cells[0][:3], "Kế hoạch (triệu đồng)", None, None, None]
    low = [None, None, None, *cells[0][3:]]
    rows = [[*row[:3], 1, 2, 3, 4] for row in cells[1:]]
    reading = read_workbook(one([top, low, *rows]), "plan")
    assert [reading.rows[0].values[q] for q in ("q1", "q4")] == [1_000_000, 4_000_000]


@pytest.mark.parametrize(
    "text", ["hoạt động", "công ty", "giải ngân", "chưa VAT", "1", "2023", "m"]
)
def test_words_that_are_no_unit(text):
    assert unit_of(text) is None
