"""What is doubtful about a workbook as a whole is said once, with its rows."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from imports.workbook import Reading, read_workbook, review
from imports.workbook.model import Kind

from .make_workbooks import book

HEAD = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Nội dung chi", "Số tiền"]
PLAN_HEAD = ["Mã hoạt động", "Tên hoạt động", "Xã", "Cả năm"]


@dataclass
class Year:
    code: str
    start: date
    end: date


YEAR = Year("2023", date(2022, 7, 1), date(2023, 6, 30))


def reviewed(*sheets: tuple[str, list], kind: Kind = "disbursements") -> Reading:
    reading = read_workbook(book(*sheets), kind)
    review(reading, YEAR)
    return reading


def spent(*amounts: object, what: str = "Chi", above: tuple = (), below: tuple = ()) -> Reading:
    rows = [
        [datetime(2022, 7, 6), f"PC-{number}", "GBV-01", "Bản Lang", what, amount]
        for number, amount in enumerate(amounts)
    ]
    return reviewed(("Bảng", [*above, HEAD, *rows, *below]))


def warned(reading: Reading) -> list[tuple[str, int | None]]:
    assert reading.errors == []
    return [(issue.code, issue.row) for issue in reading.warnings]


def test_less_than_a_thousand_dong_is_said_once_with_its_rows():
    reading = spent(999, 500, 1000)
    assert warned(reading) == [("small_amount", 2)]
    assert "2, 3" in reading.warnings[0].message


def test_a_thousand_dong_is_an_amount():
    assert warned(spent(1000, 1000)) == []


def test_a_fee_may_be_small():
    assert warned(spent(550, what="Phí chuyển tiền")) == []


def test_small_amounts_of_a_named_unit_whose_total_agrees_are_meant():
    total = ([None] * 4 + ["Tổng cộng", 1400],)
    assert warned(spent(500, 900, above=(["ĐVT: đồng"],), below=total)) == []
    assert warned(spent(500, 900, below=total)) == [("small_amount", 2)]


@pytest.mark.parametrize(
    ("amounts", "row"),
    [
        ((12_500_000, 8_200_000, 12_500_000_000), 4),
        ((12_500_000, 8_200_000, 12_500), 4),
        ((12_500, 8_200_000, 12_500_000), 2),
        ((12_500_000, 8_200_000, 400_000), None),
        ((12_500_000, 300_000_000), None),
        ((12_500_000,), None),
    ],
)
def test_an_amount_a_thousand_times_off_the_others_is_said(amounts, row):
    assert warned(spent(*amounts)) == ([("amount_apart", row)] if row else [])


def test_a_sheet_that_repeats_the_others_is_said_once():
    rows = [[datetime(2022, 7, 6), f"PC-{n}", "GBV-01", "Bản Lang", "Chi", 10**6] for n in range(2)]
    july, august, both = [HEAD, rows[0]], [HEAD, rows[1]], [HEAD, *rows]
    reading = reviewed(("T7", july), ("T8", august), ("Cả năm", both))
    assert [(w.code, w.sheet) for w in reading.warnings] == [("sheet_repeats", "Cả năm")]
    assert warned(reviewed(("T7", july), ("T8", august))) == []


@pytest.mark.parametrize(
    ("title", "is_other"),
    [
        ("KẾ HOẠCH NĂM TÀI CHÍNH 2023", False),
        ("KẾ HOẠCH NĂM 2023", False),
        ("KẾ HOẠCH FY23", False),
        ("Năm tài chính 2022–2023", False),
        ("KẾ HOẠCH NĂM 2022 (01/07/2022 - 30/06/2023)", False),
        ("Phong Thổ, ngày 05 tháng 7 năm 2022", False),
        ("(Kèm theo Quyết định số 12 năm 2021)", False),
        ("KẾ HOẠCH NĂM TÀI CHÍNH 2024", True),
        ("KẾ HOẠCH NĂM 2022", True),
        ("KẾ HOẠCH FY24", True),
        ("KẾ HOẠCH NĂM 2023 (01/01/2023 - 31/12/2023)", True),
    ],
)
def test_a_title_of_another_year_is_said(title, is_other):
    line = ["GBV-01", "Câu lạc bộ", "Bản Lang", 5_000_000]
    reading = reviewed(("Bảng", [[title], PLAN_HEAD, line]), kind="plan")
    assert warned(reading) == ([("other_year", 1)] if is_other else [])


def test_quarters_of_another_year_are_refused():
    head = [*PLAN_HEAD[:3], *(f"Quý {quarter}/2024" for quarter in ("I", "II", "III", "IV"))]
    line = ["GBV-01", "Câu lạc bộ", "Bản Lang", *[10**6] * 4]
    reading = reviewed(("Bảng", [head, line]), kind="plan")
    assert [issue.code for issue in reading.errors] == ["other_year"]


def test_days_that_a_program_may_have_swapped_are_said():
    text = ["25/07/2022", "PC-9", "GBV-01", "Bản Lang", "Chi", 10**6]
    day = [datetime(2022, 9, 7), "PC-8", "GBV-01", "Bản Lang", "Chi", 10**6]
    assert warned(reviewed(("Bảng", [HEAD, text, day]))) == [("days_mixed", 3)]
    text[0] = "09/07/2022"
    assert warned(reviewed(("Bảng", [HEAD, text, day]))) == []
    text[0], day[0] = "25/07/2022", datetime(2022, 7, 13)
    assert warned(reviewed(("Bảng", [HEAD, text, day]))) == []


@pytest.mark.parametrize(("total", "said"), [(3, []), (4, [("subtotal_differs", 2)])])
def test_a_total_above_its_rows_is_compared_with_them(total, said):
    above = [None] * 4 + ["Tổng cộng", total * 10**6]
    rows = [
        [datetime(2022, 7, 6), f"PC-{n}", "GBV-01", "Bản Lang", "Chi", n * 10**6] for n in (1, 2)
    ]
    reading = reviewed(("Bảng", [HEAD, above, *rows]))
    assert warned(reading) == said
    assert all("3.000.000" in issue.message for issue in reading.warnings)
