"""Large, strange and hostile workbooks cost neither time nor memory."""

import io
import time
import tracemalloc
import zipfile

import pytest

from imports.workbook import WorkbookError, guard, mark_errors, read_workbook, sheets

from .make_malformed import parts, replaced
from .make_workbooks import large, one, table

SHEET = "xl/worksheets/sheet1.xml"


def with_rows(xml: str) -> bytes:
    """A good plan with this XML after its last row."""
    data = one(table("plan"))
    sheet = parts(data)[SHEET].decode().replace("</sheetData>", xml + "</sheetData>")
    return replaced(data, SHEET, sheet.encode())


@pytest.fixture(scope="module")
def ten_thousand() -> bytes:
    return large(10_000)


def test_ten_thousand_rows_are_read_in_seconds(ten_thousand):
    start = time.monotonic()
    reading = read_workbook(ten_thousand, "disbursements")
    seconds = time.monotonic() - start
    assert len(reading.rows) == 10_000 and not reading.errors
    assert seconds < 15  # about 2 on an idle machine


def test_memory_stays_small_for_ten_thousand_rows():
    """A quarter of them: what is traced takes five times as long."""
    quarter = large(2_500)
    tracemalloc.start()
    try:
        read_workbook(quarter, "disbursements")
        assert tracemalloc.get_traced_memory()[1] < 150 * 2**20 / 4
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>',
        "".join(f'<row r="{n}" ht="15"/>' for n in range(10, 200_000)),
        '<row r="9">' + "".join('<c s="1"/>' for _n in range(16_000)) + "</row>",
        '<row r="9"><c r="A99999999"/><c r="ZZZZ9"/><c r="??"/></row>',
        '<row r="9"><c r="A9" t="n"><v/></c><c r="B9" t="str"><v></v></c></row>',
    ],
    ids=["far cell", "empty rows", "empty cells", "nonsense places", "empty values"],
)
def test_emptiness_is_passed_over(xml):
    start = time.monotonic()
    reading = read_workbook(with_rows(xml), "plan")
    assert len(reading.rows) == 3
    assert time.monotonic() - start < 10


def test_a_text_far_to_the_right_is_left_out_with_a_warning():
    cell = '<row r="9"><c r="XFD9" t="inlineStr"><is><t>x</t></is></c></row>'
    assert [w.code for w in read_workbook(with_rows(cell), "plan").warnings] == ["far_cells"]


def test_too_many_filled_cells_are_refused():
    row = "<row>" + "<c><v>1</v></c>" * 250 + "</row>"
    with pytest.raises(WorkbookError) as refusal:
        read_workbook(with_rows(row * 4100), "plan")
    assert refusal.value.code in ("too_many_cells", "zip_bomb")


def test_a_merge_over_the_whole_sheet_is_read_but_not_marked():
    data = one(table("plan"))
    merge = '</sheetData><mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>'
    sheet = parts(data)[SHEET].decode().replace("</sheetData>", merge)
    merged = replaced(data, SHEET, sheet.encode())
    assert len(read_workbook(merged, "plan").rows) == 3
    with pytest.raises(WorkbookError) as refusal:
        mark_errors(merged, [])
    assert refusal.value.code == "too_heavy_to_mark"


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path):
    for path, code in ((tmp_path, "not_a_file"), (tmp_path / "x.xlsx", "file_not_found")):
        with pytest.raises(WorkbookError) as refusal:
            read_workbook(path, "plan")
        assert refusal.value.code == code


def test_a_number_keeps_the_digits_excel_shows():
    cell = '<row r="5"><c r="A5" t="inlineStr"><is><t>GBV-02</t></is></c>{}</row>'
    texts = '<c t="inlineStr"><is><t>x</t></is></c>' * 2
    data = with_rows(cell.format(texts + "<c><v>1.25E7</v></c><c><v>31700000.000000004</v></c>"))
    values = read_workbook(data, "plan").rows[-1].values
    assert (values["q1"], values["q2"]) == (12_500_000, 31_700_000)


def test_a_formula_with_its_stored_value_is_that_value():
    texts = "".join(f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in ("GBV-02", "x", "Nậm Xe"))
    data = with_rows(f'<row r="5">{texts}<c><f>6*7</f><v>42</v></c></row>')
    assert read_workbook(data, "plan").rows[-1].values["q1"] == 42


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_ENTRIES", "MAX_UNPACKED"])
def test_a_limit_is_the_last_that_is_taken(monkeypatch, limit):
    data = one(table("plan"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = [entry.file_size for entry in archive.infolist()]
    most = {"MAX_BYTES": len(data), "MAX_ENTRIES": len(sizes), "MAX_UNPACKED": sum(sizes)}[limit]
    monkeypatch.setattr(guard, limit, most)
    assert len(read_workbook(data, "plan").rows) == 3
    monkeypatch.setattr(guard, limit, most - 1)
    with pytest.raises(WorkbookError):
        read_workbook(data, "plan")


def test_so_many_cells_are_read_and_not_one_more(monkeypatch):
    cells = sum(len(row) for row in table("plan"))
    monkeypatch.setattr(sheets, "MAX_CELLS", cells)
    assert len(read_workbook(one(table("plan")), "plan").rows) == 3
    monkeypatch.setattr(sheets, "MAX_CELLS", cells - 1)
    with pytest.raises(WorkbookError):
        read_workbook(one(table("plan")), "plan")
