"""Which rows are data, what the cells must hold, what the totals say."""

import re

import pytest

from imports.workbook import Reading, read_workbook
from imports.workbook.model import MAX_ISSUES

from .make_workbooks import FIELDS, book, one, put, table

WIDTH = len(FIELDS["plan"])


def plan(*rows: list) -> Reading:
    return read_workbook(one([table("plan")[0], *rows]), "plan")


def codes(reading: Reading) -> list[tuple[str, int | None]]:
    return [(issue.code, issue.row) for issue in reading.errors]


def warned(reading: Reading) -> list[tuple[str, int | None]]:
    return [(issue.code, issue.row) for issue in reading.warnings]


LINE = ["GBV-01", "Nâng cao năng lực", "Nậm Xe", 100, 200, 300, 400]


@pytest.mark.parametrize(
    "row",
    [
        [None, *LINE[1:]],
        [None, None, "Nậm Xe", 100, 200, 300, 400],
        [None, "Cộng đồng tham gia", None, 100, 200, 300, 400],
        [None, "Tổng kết năm", "Nậm Xe", 100, None, None, None],
        [None, "Kế toán thôn bản", "Nậm Xe", 100, None, None, None],
        [None, None, None, 100, None, None, None],
        [None, "II. Mua sắm", None, 100, None, None, None],
        ["GBV", *LINE[1:2], None, 100, None, None, None],
        ["GBV-01", None, None, None, None, None, None],
        [None, "Nâng cao năng lực", "Nậm Xe", None, None, None, None],
    ],
)
def test_a_row_with_part_of_a_line_is_an_error_and_never_passed_over(row):
    reading = plan(LINE, row)
    assert ("required", 3) in codes(reading)
    assert len(reading.rows) == 1


@pytest.mark.parametrize(
    "label",
    ["Cộng", "CỘNG:", "Tổng", "Tổng cộng", "TỔNG CỘNG", "Tổng số", "Cộng quý I", "Cộng GBV",
     "Cộng Chương trình bảo trợ", "Total", "Lũy kế", "Tổng cộng (I + II)"],
)  # fmt: skip
def test_a_total_under_any_name_is_no_line(label):
    for column in (0, 1, 2):
        row = [None] * 3 + [100, 200, 300, 400]
        row[column] = label
        reading = plan(LINE, row)
        assert (codes(reading), warned(reading), len(reading.rows)) == ([], [], 1)


def test_a_subtotal_that_differs_is_a_warning_with_both_numbers():
    reading = plan(LINE, ["Cộng", None, None, 100, 200, 300, 401])
    assert warned(reading) == [("subtotal_differs", 3)]
    assert "401" in reading.warnings[0].message and "400" in reading.warnings[0].message
    assert reading.warnings[0].column == "Quý IV"


@pytest.mark.parametrize(
    ("label", "said"), [("Cộng", "400"), ("Tổng cộng", "800"), ("Lũy kế", "800")]
)
def test_a_subtotal_is_shown_beside_what_it_speaks_of(label, said):
    rows = [LINE, ["Cộng", None, None, 100, 200, 300, 400], LINE]
    reading = plan(*rows, [label, None, None, 100, 200, 300, 999])
    message = next(w.message for w in reading.warnings if w.column == "Quý IV")
    assert message.count("999") == 1 and re.findall(r"\d+", message)[1] == said


@pytest.mark.parametrize("dash", ["-", "–", "—", " - "])
def test_a_dash_is_nobody_and_nothing(dash):
    people = put(table("trainings"), 1, FIELDS["trainings"].index("disability"), dash)
    people = put(people, 1, FIELDS["trainings"].index("under_16"), dash)
    values = read_workbook(one(people), "trainings").rows[0].values
    assert (values["disability"], values["under_16"]) == (0, 0)
    reading = plan([*LINE[:3], dash, 200, 300, 400])
    assert reading.rows[0].values["q1"] == 0 and not reading.errors


def test_subtotals_count_from_the_last_one_and_a_grand_total_counts_all():
    part, whole = [None, 100, 200, 300, 400], [None, 200, 400, 600, 800]
    reading = plan(LINE, ["Cộng", None, *part], LINE, ["Cộng", None, *part], ["Tổng", None, *whole])
    assert warned(reading) == []
    reading = plan(LINE, ["Cộng", None, *part], LINE, ["Cộng", None, *part], ["Tổng", None, *part])
    assert set(warned(reading)) == {("subtotal_differs", 6)}
    reading = plan(LINE, LINE, ["Tổng cộng", None, *part])
    assert {code for code, _row in warned(reading)} == {"subtotal_differs"}


def test_a_subtotal_over_an_unreadable_amount_is_not_judged():
    reading = plan(LINE, put([LINE], 0, 3, "nhiều")[0], ["Cộng", None, None, 5, 400, 600, 800])
    assert codes(reading) == [("not_a_number", 3)]
    assert warned(reading) == []


def test_a_subtotal_that_is_a_formula_without_a_value_is_not_judged():
    assert warned(plan(LINE, ["Cộng", None, None, "=SUM(D2:D2)"])) == []


def test_headings_give_their_text_to_the_rows_below():
    name = "II. Phòng, chống bạo lực trên cơ sở giới"
    for heading in ([name], [None, name], [None, None, name]):
        reading = plan(LINE, heading, LINE)
        assert [row.heading for row in reading.rows] == [None, name]
        assert not reading.errors


def test_a_heading_may_carry_the_total_of_its_rows():
    heading = [None, "I. Bạo lực giới", None, 200, 400, 600, 800]
    assert plan(heading, LINE, LINE).warnings == []
    assert {w for w, _row in warned(plan(heading, LINE))} == {"subtotal_differs"}


def test_a_code_with_its_programme_name_is_a_heading_too():
    reading = plan(["GBV", "Phòng, chống bạo lực"], LINE)
    assert reading.rows[0].heading == "GBV Phòng, chống bạo lực" and not reading.errors


def test_signatures_end_the_table_but_do_not_hide_a_line():
    signature = [None, "Người lập biểu", None, "Kế toán"]
    reading = plan(LINE, [], signature, [None, "Lò Thị Mai", None, "Vàng A Páo"], LINE)
    assert len(reading.rows) == 2 and not reading.errors


def test_formulas_copied_down_over_empty_rows_are_empty_rows():
    header = [*table("plan")[0], "Cả năm"]
    cells = [header, [*LINE, "=SUM(D2:G2)"], [None] * 7 + ["=SUM(D3:G3)"]]
    reading = read_workbook(one(cells), "plan")
    assert len(reading.rows) == 1 and not reading.errors


def test_a_year_that_is_not_its_quarters_is_a_warning_with_both():
    header = [*table("plan")[0], "Cả năm"]
    reading = read_workbook(one([header, [*LINE, 1001]]), "plan")
    assert warned(reading) == [("total_differs", 2)]
    assert "1.001" in reading.warnings[0].message and "1.000" in reading.warnings[0].message
    assert reading.rows[0].values["year"] == 1000


def test_a_line_without_any_amount_counts_as_nothing_and_says_so():
    reading = plan([*LINE[:3], "-", "-", "-", "-"])
    assert reading.rows[0].values["year"] == 0
    assert warned(reading) == [("no_amount", 2)]


def test_a_year_formula_without_parts_or_value_is_an_error():
    cells = [["Mã hoạt động", "Hoạt động", "Xã", "Cả năm"], ["GBV-01", "Nâng cao", "Nậm Xe", "=1"]]
    assert codes(read_workbook(one(cells), "plan")) == [("formula_without_value", 2)]


def test_a_disbursement_of_nothing_is_refused():
    reading = read_workbook(one(put(table("disbursements"), 1, 4, 0)), "disbursements")
    assert codes(reading) == [("not_positive", 2)]


def test_a_text_of_two_thousand_characters_is_read_and_no_longer_one():
    assert codes(plan(["GBV-01", "x" * 2000, *LINE[2:]])) == []
    assert codes(plan(["GBV-01", "x" * 2001, *LINE[2:]])) == [("too_long", 2)]


@pytest.mark.parametrize(("people", "wrong"), [(100_000, False), (100_001, True)])
def test_a_class_of_a_hundred_thousand_is_read_and_no_larger_one(people, wrong):
    cells = put(table("trainings"), 1, FIELDS["trainings"].index("male"), people)
    found = {issue.code for issue in read_workbook(one(cells), "trainings").errors}
    assert ("too_large" in found) is wrong


def test_every_wrong_cell_is_reported_with_its_place():
    cells = put(put(table("disbursements"), 1, 0, "32/07/2022"), 1, 4, "x")
    cells = put(cells, 3, 3, None)
    issues = read_workbook(one(cells), "disbursements").errors
    assert [(i.row, i.column, i.letter, i.code) for i in issues] == [
        (2, "Ngày", "A", "impossible_date"),
        (2, "Số tiền", "E", "not_a_number"),
        (4, "Xã", "D", "required"),
    ]
    assert issues[0].sheet == "Bảng"


def test_errors_stop_at_a_thousand_with_a_note():
    rows = [[None, "Tên", "Nậm Xe", "x", "x", "x", "x"]] * 400
    errors = plan(*rows).errors
    assert len(errors) == MAX_ISSUES + 1 and errors[-1].code == "too_many"


def trainings(**changes: object) -> Reading:
    cells = table("trainings")
    for name, value in changes.items():
        if name == "total":
            cells[0].append("Tổng số")
            cells[1].append(value)
        else:
            cells = put(cells, 1, FIELDS["trainings"].index(name), value)
    return read_workbook(one(cells[:2]), "trainings")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": 27}, "sum_mismatch"),
        ({"male": 6}, "sum_mismatch"),
        ({"over_24": 24}, "sum_mismatch"),
        ({"over_24": None}, "sum_mismatch"),
        ({"over_24": 27}, "part_exceeds_total"),
        ({"ethnic_minority": 27}, "part_exceeds_total"),
        ({"end": "05/07/2022"}, "end_before_start"),
        ({"male": None}, "required"),
        ({"male": -1}, "negative"),
        ({"male": 5.5}, "not_a_count"),
        ({"male": "năm"}, "not_a_count"),
        ({"topic": None, "title": None}, "required"),
        ({"start": None}, "required"),
        ({"total": "=1"}, None),
        ({"total": None}, None),
        ({"total": "26 người"}, None),
        ({"end": None}, None),
        ({"topic": None}, None),
        ({"under_16": "-", "disability": "-"}, None),
        ({"under_16": None, "age_16_24": None, "over_24": None}, None),
    ],
)
def test_head_counts_must_agree_with_each_other(changes, code):
    reading = trainings(**changes)
    assert {issue.code for issue in reading.errors} == ({code} if code else set())
    if not code:
        assert reading.rows[0].values["total"] == 26


def test_sheets_of_one_workbook_are_read_in_order():
    data = book(("Quý II", table("plan")), ("Quý I", table("plan")))
    assert [row.sheet for row in read_workbook(data, "plan").rows][::3] == ["Quý II", "Quý I"]
