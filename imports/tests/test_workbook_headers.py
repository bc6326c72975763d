"""Columns are found by their words, and what is missing is named."""

import io
from datetime import date

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from imports.workbook import WorkbookError, read_workbook
from imports.workbook.model import Kind

from .make_workbooks import HEADERS, OTHER_HEADERS, PLAN, book, one, put, table

DAY, AMOUNT = 0, 4


def errors(data: bytes, kind: Kind) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.sheet) for issue in read_workbook(data, kind).errors]


@pytest.mark.parametrize(
    ("header", "amount"),
    [("Số tiền (triệu đồng)", 12_500_000), ("Số tiền (1.000 đ)", 12_500), ("Số tiền VNĐ", None)],
)
def test_a_unit_in_the_header_counts(header, amount):
    cells = put(put(table("disbursements"), 0, AMOUNT, header), 1, AMOUNT, "12,5")
    reading = read_workbook(one(cells), "disbursements")
    if amount is None:
        assert [issue.code for issue in reading.errors] == ["fraction"]
    else:
        assert reading.rows[0].values["amount"] == amount


def test_the_unit_in_the_header_wins_over_the_line_above():
    cells = [["ĐVT: triệu đồng"], *put(table("disbursements"), 0, AMOUNT, "Số tiền (đồng)")]
    assert read_workbook(one(cells), "disbursements").rows[0].values["amount"] == 30_967_000


NAMED, QUARTERS = HEADERS["plan"][:3], HEADERS["plan"][3:]
MILLIONS, THOUSANDS = ["Kế hoạch (triệu đồng)"], ["Kế hoạch (nghìn đồng)"]
BELOW = [None] * 3


@pytest.mark.parametrize(
    ("rows", "amount"),
    [
        ([[*NAMED, *MILLIONS], BELOW + QUARTERS], 12_000_000),
        ([[*NAMED, *MILLIONS], [*BELOW, "Quý I (nghìn đồng)", *QUARTERS[1:]]], 12_000),
        ([HEADERS["plan"], BELOW + ["(nghìn đồng)"] * 4], 12_000),
        ([["ĐVT: triệu đồng"], HEADERS["plan"], BELOW + ["(nghìn đồng)"] * 4], 12_000),
        ([["ĐVT: triệu đồng"], ["(ĐVT: nghìn đồng)"], HEADERS["plan"]], 12_000),
        ([["ĐVT: triệu đồng"], [*NAMED, *THOUSANDS], BELOW + QUARTERS], 12_000),
    ],
)
def test_the_unit_nearest_the_amounts_counts(rows, amount):
    record = ["GBV-01", "Nâng cao", "Nậm Xe", 12, 12, 12, 12]
    reading = read_workbook(one([*rows, record]), "plan")
    assert [row.values["q1"] for row in reading.rows] == [amount]


@pytest.mark.parametrize("order", [1, -1])
def test_a_doubtful_day_gives_way_to_the_vouchers_own(order):
    heads, days = ["Thời gian", "Ngày chứng từ"][::order], ["05/09/2022", "01/07/2022"][::order]
    cells = [[*(heads if n == 0 else days), *row[1:]]
             for n, row in enumerate(table("disbursements"))]  # fmt: skip
    values = read_workbook(one(cells), "disbursements").rows[0].values
    assert (values["date"].isoformat(), values["voucher_date"]) == ("2022-07-01", None)


def test_each_sheet_has_its_own_unit():
    thousands = put(table("disbursements"), 0, AMOUNT, "Số tiền (nghìn đồng)")
    reading = read_workbook(book(("a", table("disbursements")), ("b", thousands)), "disbursements")
    assert [row.values["amount"] for row in reading.rows][::3] == [30_967_000, 30_967_000_000]


def test_amounts_in_dollars_are_refused():
    assert errors(one([["ĐVT: USD"], *table("plan")]), "plan") == [("unknown_unit", "Bảng")]


def test_the_day_of_the_voucher_is_the_day_where_there_is_no_other():
    cells = put(table("disbursements"), 0, DAY, "Ngày chứng từ")
    row = read_workbook(one(cells), "disbursements").rows[0]
    assert row.values["date"].isoformat() == "2022-07-06" and row.columns["date"] == "Ngày chứng từ"


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    for row in table("disbursements"):
        made.active.append([date(2022, 7, 6) if n == DAY and row[DAY] != "Ngày" else value
                            for n, value in enumerate(row)])  # fmt: skip
    out = io.BytesIO()
    made.save(out)
    row = read_workbook(out.getvalue(), "disbursements").rows[0]
    assert row.values["date"] == date(2022, 7, 6)


def test_beside_a_day_of_its_own_the_voucher_keeps_its_day():
    cells = [[*row, "Ngày chứng từ" if n == 0 else "01/07/2022"]
             for n, row in enumerate(table("disbursements"))]  # fmt: skip
    values = read_workbook(one(cells), "disbursements").rows[0].values
    assert values["date"].isoformat() == "2022-07-06"
    assert values["voucher_date"].isoformat() == "2022-07-01"


def test_actuals_beside_the_plan_are_not_the_plan():
    top = ["Mã hoạt động", "Tên hoạt động", "Xã", "Kế hoạch", None, None, None]
    top += ["Thực hiện", None, None, None]
    low = [None, None, None, *HEADERS["plan"][3:], *HEADERS["plan"][3:]]
    cells = [top, low, *([*record, 1, 2, 3, 4] for record in PLAN)]
    assert read_workbook(one(cells), "plan").rows[0].values["q1"] == 25_800_000


def test_a_column_of_the_year_called_nam_is_not_men():
    cells = [[*row, "Năm" if n == 0 else 2023] for n, row in enumerate(table("trainings"))]
    assert read_workbook(one(cells), "trainings").rows[0].values["male"] == 5


def test_women_among_the_minority_are_not_the_women():
    cells = table("trainings")
    at = HEADERS["trainings"].index("DTTS")
    top = [*cells[0][:at], "DTTS", None, *cells[0][at + 1 :]]
    low = [*[None] * at, "Tổng", "Nữ"]
    wide = [[*row[: at + 1], 3, *row[at + 1 :]] for row in cells[1:]]
    row = read_workbook(one([top, low, *wide]), "trainings").rows[0]
    assert (row.values["female"], row.values["ethnic_minority"]) == (21, 22)


def test_a_group_heading_gives_meaning_to_short_words_below_it_merged_or_not():
    cells = table("trainings")
    top, low = list(cells[0]), [None] * len(cells[0])
    top[3:7], low[3:7] = ["Thời gian", None, "Số người", None], ["Từ", "Đến", "Nam", "Nữ"]
    for merges in ((), ("D1:E1", "F1:G1")):
        data = book(("Bảng", [top, low, *cells[1:]]), merges=merges)
        values = read_workbook(data, "trainings").rows[0].values
        assert values["end"].isoformat() == "2022-07-07" and values["female"] == 21


def test_a_plan_of_the_year_alone_leaves_the_quarters_open():
    cells = [["Mã hoạt động", "Hoạt động", "Xã", "Cả năm"], ["GBV-01", "Nâng cao", "Nậm Xe", 500]]
    values = read_workbook(one(cells), "plan").rows[0].values
    assert [values[name] for name in ("q1", "q2", "q3", "q4", "year")] == [None] * 4 + [500]


def test_three_quarters_are_not_enough():
    cells = [row[:6] for row in table("plan")]
    [issue] = read_workbook(one(cells), "plan").errors
    assert issue.code == "missing_column" and "“" in issue.message


def test_a_missing_column_is_one_error_that_names_what_was_found():
    cells = [row[:2] + row[3:] for row in table("plan")]
    [issue] = read_workbook(one(cells), "plan").errors
    assert (issue.code, issue.sheet, issue.row) == ("missing_column", "Bảng", 1)
    assert "Mã hoạt động" in issue.message and "Quý IV" in issue.message


def test_each_sheet_with_a_bad_header_says_so():
    bad = [row[:2] + row[3:] for row in table("plan")]
    data = book(("a", bad), ("b", table("plan")), ("c", bad))
    assert errors(data, "plan") == [("missing_column", "a"), ("missing_column", "c")]


def test_two_columns_for_one_field_are_named_by_their_letters():
    cells = [[*row, "Địa bàn" if n == 0 else "Nậm Xe"] for n, row in enumerate(table("plan"))]
    [issue] = read_workbook(one(cells), "plan").errors
    assert issue.code == "double_column" and "C, H" in issue.message


def test_a_workbook_of_another_kind_says_what_it_looks_like():
    with pytest.raises(WorkbookError) as refusal:
        read_workbook(one(table("trainings", OTHER_HEADERS)), "plan")
    assert refusal.value.code == "wrong_kind"


def test_a_sheet_of_another_kind_beside_a_good_one_is_left_out_with_a_warning():
    data = book(("a", table("plan")), ("b", table("trainings")))
    reading = read_workbook(data, "plan")
    assert len(reading.rows) == 3 and not reading.errors
    assert [(w.code, w.sheet) for w in reading.warnings] == [("sheet_left_out", "b")]
