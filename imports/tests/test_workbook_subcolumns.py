"""Quarters and sub-columns go by what they say; what can be meant twice is asked, never chosen."""

from datetime import datetime

import pytest

from imports.workbook import Reading, read_workbook

from .make_workbooks import one

MILLION = 10**6
LINE = ["GBV-01", "Câu lạc bộ", "Bản Lang"]
LINE_HEAD = ["Mã hoạt động", "Tên hoạt động", "Xã"]
SPENT = [datetime(2022, 7, 6), "PC-1", "GBV-01", "Bản Lang"]
SPENT_HEAD = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã"]
COURSE = ["Kỹ năng bán hàng", "Bản Lang", datetime(2022, 7, 6)]
COURSE_HEAD = ["Chủ đề", "Xã", "Ngày"]
PLAIN = ["Quý I", "Quý II", "Quý III", "Quý IV"]
CALENDAR = ["Quý III", "Quý IV", "Quý I", "Quý II"]


def plan(*heads: list, values: list | None = None) -> Reading:
    """A plan of one line whose columns of money hold 1, 2, 3 … million."""
    width = max(len(head) for head in heads) - len(LINE)
    values = values or [number * MILLION for number in range(1, width + 1)]
    first, *others = heads
    table = [[*LINE_HEAD, *first[3:]], *([None] * 3 + head[3:] for head in others)]
    return read_workbook(one([*table, [*LINE, *values]]), "plan")


def quarters(reading: Reading) -> list[int] | set[str]:
    """The quarters in millions, or the codes of the errors."""
    if reading.errors:
        return {issue.code for issue in reading.errors}
    return [(reading.rows[0].values[name] or 0) // MILLION for name in ("q1", "q2", "q3", "q4")]


def under(*words: str | None) -> list:
    return [None, None, None, *words]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (PLAIN, [1, 2, 3, 4]),
        (["Quý 1", "Quý 2", "Quý 3", "Quý 4"], [1, 2, 3, 4]),
        (["Q1 FY23", "Q2 FY23", "Q3 FY23", "Q4 FY23"], [1, 2, 3, 4]),
        ([f"{quarter}/2023" for quarter in PLAIN], [1, 2, 3, 4]),
        (["Quý III/2022", "Quý IV/2022", "Quý I/2023", "Quý II/2023"], [1, 2, 3, 4]),
        (["Quý I/2023", "Quý II/2023", "Quý III/2022", "Quý IV/2022"], [3, 4, 1, 2]),
        (["Quý III năm 2022", "Quý IV năm 2022", "Q1 năm 2023", "Q2 năm 2023"], [1, 2, 3, 4]),
        (["Quý I/2022", "Quý II/2022", "Quý III/2023", "Quý IV/2023"], [1, 2, 3, 4]),
        (["Quý I (1-3/2023)", "Quý II (4-6/2023)", "Quý III (7-9/2022)", "Quý IV (10-12/2022)"],
         [3, 4, 1, 2]),
        (["Quý I (7–9/2022)", "Quý II (10–12/2022)", "Quý III (1–3/2023)", "Quý IV (4–6/2023)"],
         [1, 2, 3, 4]),
        (["Quý III (T7-T9)", "Quý IV", "Quý I", "Quý II"], [1, 2, 3, 4]),
        (["Quý I (tháng 7, 8, 9)", "Quý II", "Quý III", "Quý IV"], [1, 2, 3, 4]),
        (CALENDAR, {"quarters_unclear"}),
        (["Quý III/2022", "Quý IV/2022", "Quý I", "Quý II"], {"quarters_unclear"}),
        (["Quý III/2022", "Quý IV", "Quý I/2023", "Quý II"], {"quarters_unclear"}),
        (["Quý I (8-10)", "Quý II (11-1)", "Quý III (2-4)", "Quý IV (5-7)"], {"quarters_unclear"}),
        (["Quý I (7-9)", "Quý II (1-3)", "Quý III", "Quý IV"], {"quarters_unclear"}),
    ],
)  # fmt: skip
def test_a_quarter_is_what_its_words_and_months_say(words, found):
    assert quarters(plan(under(*words))) == found


def test_the_year_of_a_quarter_may_stand_in_the_heading_above():
    years = under("Năm 2022", None, "Năm 2023", None)
    assert quarters(plan(years, under(*CALENDAR))) == [1, 2, 3, 4]


@pytest.mark.parametrize("year", ["Năm 2022-2023", "Năm tài chính 2023", "FY 2022/2023"])
def test_a_fiscal_year_above_the_quarters_may_name_both_its_years(year):
    reading = plan(under(year, None, None, None), under(*PLAIN))
    assert quarters(reading) == [1, 2, 3, 4]
    assert all(said.fiscal == 2023 for said in reading.years)


def test_the_months_of_a_quarter_may_stand_below_it():
    below = under("7-9/2022", "10-12/2022", "1-3/2023", "4-6/2023")
    assert quarters(plan(under(*CALENDAR), below)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("months", "found"),
    [
        ([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6], [6, 15, 24, 33]),
        (list(range(1, 13)), {"quarters_unclear"}),
        ([7, 8, 9, 10, 11, 12], {"missing_column"}),
    ],
)
def test_twelve_months_make_the_quarters(months, found):
    for name in ("Tháng {}", "T{}"):
        assert quarters(plan(under(*(name.format(month) for month in months)))) == found


def test_months_with_their_years_may_begin_with_january():
    words = [f"T{month}/{2023 if month < 7 else 2022}" for month in range(1, 13)]
    assert quarters(plan(under(*words))) == [24, 33, 6, 15]


def test_months_under_their_quarter_are_added_up():
    heads = [word for quarter in PLAIN for word in (quarter, None, None)]
    months = [f"T{month}" for month in (7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6)]
    assert quarters(plan(under(*heads), under(*months))) == [6, 15, 24, 33]


def test_months_beside_their_quarters_are_left_out_and_named():
    words = [w for n, q in enumerate(PLAIN) for w in (*(f"T{(6 + 3 * n + m) % 12 + 1}"
             for m in range(3)), q)]  # fmt: skip
    reading = plan(under(*words))
    assert quarters(reading) == [4, 8, 12, 16]
    assert [issue.code for issue in reading.warnings] == ["columns_left_out"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["KH", "TH"], [1, 3, 5, 7]),
        (["Thực hiện", "Kế hoạch"], [2, 4, 6, 8]),
        (["SL", "Tổng tiền"], [2, 4, 6, 8]),
        (["Kế hoạch", "Kế hoạch điều chỉnh"], [2, 4, 6, 8]),
        (["Plan", "Đối ứng"], {"double_column"}),
        (["Kế hoạch", "Điều chỉnh"], {"double_column"}),
    ],
)
def test_under_each_quarter_the_plan_is_meant(words, found):
    heads = [word for quarter in PLAIN for word in (quarter, None)]
    reading = plan(under(*heads), under(*(words * 4)))
    assert quarters(reading) == found
    assert len(reading.errors) <= 1


def test_the_total_of_funds_is_meant_and_the_funds_are_named():
    heads = [word for quarter in PLAIN for word in (quarter, None, None)]
    reading = plan(under(*heads), under(*(["Plan", "Đối ứng", "Tổng"] * 4)))
    assert quarters(reading) == [3, 6, 9, 12]
    assert "Quý I > Đối ứng" in reading.warnings[0].message


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["Tổng", "Trong đó > Plan", "Trong đó > Khác"], 1),
        (["Kế hoạch", "Thực hiện", "Tỷ lệ %"], 1),
        (["Số lượng", "Đơn giá", "Thành tiền"], 3),
        (["Kế hoạch", "Tăng", "Giảm", "Kế hoạch sau điều chỉnh"], 4),
        (["6 tháng đầu năm", "6 tháng cuối năm", "Cả năm"], 3),
        (["Năm 2022", "Năm 2023"], {"double_column"}),
        (["Kế hoạch", "Điều chỉnh"], {"double_column"}),
    ],
)
def test_of_a_plan_without_quarters_the_whole_is_meant(words, found):
    top = [word.split(" > ")[0] for word in words]
    low = [word.split(" > ")[1] if " > " in word else None for word in words]
    heads = [under(*top), under(*low)] if any(low) else [under(*top)]
    reading = plan(*heads)
    if isinstance(found, set):
        assert quarters(reading) == found
    else:
        assert reading.rows[0].values["year"] == found * MILLION
        assert reading.warnings, "the other columns are named"


@pytest.mark.parametrize(
    ("group", "words", "found"),
    [
        ("Số tiền", ["Trong kỳ", "Lũy kế"], 1),
        ("Số tiền", ["Lũy kế", "Trong kỳ"], 2),
        ("Giải ngân", ["Kỳ trước", "Kỳ này", "Lũy kế"], 2),
        ("Số tiền", ["Kế hoạch", "Thực chi", "Tỷ lệ"], 2),
        ("Số tiền", ["Plan", "Đối ứng", "Tổng"], 3),
        ("Số tiền", ["USD", "VND"], 2),
        ("Số tiền", ["Nợ", "Có"], {"double_column"}),
        ("Số tiền", ["Plan", "Đối ứng"], {"double_column"}),
        (None, ["Số tiền (USD)", "Tỷ giá", "Quy đổi (VND)"], 3),
        (None, ["Số lượng", "Đơn giá", "Thành tiền"], 3),
        (None, ["Số tiền đề nghị", "Số tiền thực chi"], 2),
        (None, ["Số tiền", "Thực chi"], {"double_column"}),
        (None, ["Lũy kế"], {"missing_column"}),
    ],
)
def test_of_a_ledger_what_was_paid_in_the_period_is_meant(group, words, found):
    head = [*SPENT_HEAD, group, *[None] * (len(words) - 1)] if group else [*SPENT_HEAD, *words]
    low = [[None] * 4 + words] if group else []
    values = [number * MILLION for number in range(1, len(words) + 1)]
    reading = read_workbook(one([head, *low, [*SPENT, *values]]), "disbursements")
    if isinstance(found, set):
        assert {issue.code for issue in reading.errors} == found
    else:
        assert [row.values["amount"] for row in reading.rows] == [found * MILLION]
        assert "columns_left_out" in {issue.code for issue in reading.warnings}


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        (["DTTS (%)"], "DTTS (%)"),
        (["Tỷ lệ DTTS"], "Tỷ lệ DTTS"),
        (["Số lớp"], "Số lớp"),
        (["Số hộ nghèo"], "Số hộ nghèo"),
        (["Hộ nghèo (hộ)"], "Hộ nghèo (hộ)"),
        (["Thái", "Mông"], "Mông"),
    ],
)
def test_figures_about_something_else_than_people_are_named(words, left_out):
    rows = [[*COURSE_HEAD, "Nam", "Nữ", *words], [*COURSE, 10, 15, *[5] * len(words)]]
    reading = read_workbook(one(rows), "trainings")
    values = reading.rows[0].values
    assert (values["total"], values["ethnic_minority"], values["poor_household"]) == (
        25,
        None,
        None,
    )
    [issue] = reading.warnings
    assert issue.code == "columns_left_out" and left_out in issue.message


@pytest.mark.parametrize(
    "head",
    [
        ["Ngày\nDate", "Số chứng từ\nVoucher No.", "Mã hoạt động\nActivity code", "Xã\nCommune",
         "Số tiền\nAmount"],
        ["Ngày/Date", "Số CT/Voucher", "Mã HĐ/Activity code", "Xã/Commune", "Số tiền/Amount (VND)"],
        ["Ngày (Date)", "Số CT (Ref. of voucher)", "Mã HĐ (Activity)", "Xã (Commune)",
         "Số tiền (Amount)"],
        ["grp/ngay", "grp/so_chung_tu", "grp/ma_hoat_dong", "grp/xa", "grp/so_tien"],
        ["ngay", "so_chung_tu", "ma_hoat_dong", "xa", "so_tien"],
        ["Ngµy", "Sè chøng tõ", "M· ho¹t ®éng", "X·", "Sè tiÒn"],
        ["Ngày", "Số chứng từ", "Mã hoạt ðộng", "Xã", "Số tiền"],
    ],
)  # fmt: skip
def test_headings_of_two_languages_a_form_and_an_old_font_are_read(head):
    reading = read_workbook(one([head, [*SPENT, MILLION]]), "disbursements")
    assert [row.values["amount"] for row in reading.rows] == [MILLION]
    assert {issue.code for issue in reading.warnings} <= {"old_font"}
