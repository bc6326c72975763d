"""The user gets their own workbook back with the wrong cells red and explained."""

import io

import openpyxl
import pytest

from imports.workbook import Issue, WorkbookError, mark_errors, read_workbook

from .make_workbooks import book, one, put, table


def marked(data: bytes, issues: list[Issue]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(mark_errors(data, issues)))


def red(sheet) -> dict[str, str]:
    return {
        cell.coordinate: cell.comment.text if cell.comment else ""
        for cells in sheet.iter_rows()
        for cell in cells
        if cell.fill.fill_type == "solid"
    }


def test_wrong_cells_are_red_and_commented_and_the_rest_is_untouched():
    data = one(put(put(table("disbursements"), 1, 4, "x"), 2, 3, None))
    issues = read_workbook(data, "disbursements").errors
    sheet = marked(data, issues).active
    assert red(sheet) == {"E2": issues[0].message, "D3": issues[1].message}
    assert sheet["A2"].value.year == 2022 and sheet["E2"].value == "x"


def test_a_cell_wrong_in_two_ways_says_both():
    issues = [Issue("Bảng", 2, "Xã", "a", "Sai thứ nhất."), Issue("Bảng", 2, "Xã", "b", "Sai nữa.")]
    assert red(marked(one(table("plan")), issues).active) == {"C2": "Sai thứ nhất.\nSai nữa."}


def test_a_column_is_found_by_header_or_letter_and_a_row_by_its_first_cell():
    issues = [Issue("Bảng", 2, "Quý I", "a", "x"), Issue("Bảng", 3, "F", "a", "y")]
    issues += [Issue("Bảng", 4, None, "a", "z"), Issue(None, None, None, "a", "w")]
    issues += [Issue("Khác", 4, None, "a", "v")]
    assert red(marked(one(table("plan")), issues).active) == {"D2": "x", "F3": "y", "A4": "z"}


def test_formulas_stay_formulas():
    data = one([*table("plan"), ["Cộng", None, None, "=SUM(D2:D4)"]])
    assert marked(data, []).active["D5"].value == "=SUM(D2:D4)"


def test_a_merged_cell_is_marked_where_it_shows():
    data = book(("Bảng", table("plan")), merges=("C3:C4",))
    issue = Issue("Bảng", 4, "Xã", "a", "x")
    assert list(red(marked(data, [issue]).active)) == ["C3"]


def test_what_is_no_workbook_is_refused_before_it_is_opened():
    with pytest.raises(WorkbookError):
        mark_errors(b"PK\x03\x04", [])


def test_a_marked_workbook_can_be_mended_and_sent_again():
    data = one(put(table("plan"), 1, 2, None))
    back = marked(data, read_workbook(data, "plan").errors)
    back.active["C2"] = "Bản Lang"
    out = io.BytesIO()
    back.save(out)
    assert read_workbook(out.getvalue(), "plan").errors == []
