"""Files that are no .xlsx: text (.csv), workbooks of old Excel (.xls), of LibreOffice (.ods)."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from django.utils.translation import override

from imports.tests.make_workbooks import records, table
from imports.workbook import WorkbookError, read_workbook

KINDS = ("plan", "disbursements", "trainings")
OLD = Path(__file__).parent / "old_excel"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


def read(data, kind):
    """The values of the rows read, as the records of every dress are."""
    reading = read_workbook(data, kind)
    assert (reading.errors, reading.warnings) == ([], [])
    fields = records(kind)[0]
    return [{name: row.values[name] for name in fields} for row in reading.rows]


def wanted(kind):
    def plain(value):
        return value.date() if hasattr(value, "hour") else value

    return [{name: plain(value) for name, value in row.items()} for row in records(kind)]


def text_of(kind, separator=",", day="%d/%m/%Y", money="{:d}"):
    """The kind's table as text, an amount in `money`, a day in `day`."""

    def written(value):
        if hasattr(value, "strftime"):
            return value.strftime(day)
        return money.format(value) if isinstance(value, int) and value >= 1000 else str(value)

    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    for row in [["NĂM TÀI CHÍNH 2023"], [], *table(kind)]:
        writer.writerow([written(value) for value in row])
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_text_file_is_read_whatever_its_separator_and_encoding(kind, separator, encoding):
    assert read(text_of(kind, separator).encode(encoding), kind) == wanted(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_page_of_vietnamese_windows_is_read(kind):
    assert read(windows_1258(text_of(kind, ";")), kind) == wanted(kind)


def windows_1258(text):
    """As Windows writes it: letters with their circumflex, horn or breve, and tones as marks."""
    import unicodedata

    out = []
    for char in text:
        apart = unicodedata.normalize("NFD", char)
        tone = "".join(c for c in apart if c in "\u0300\u0301\u0303\u0309\u0323")
        rest = "".join(c for c in apart if c not in "\u0300\u0301\u0303\u0309\u0323")
        out.append(unicodedata.normalize("NFC", rest) + tone)
    return "".join(out).encode("cp1258")


@pytest.mark.parametrize("day", ["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"])
@pytest.mark.parametrize("money", ["{:d}", "{:,d}", "{:,d} đ", "{:_d}"])
def test_days_and_amounts_are_read_as_in_text_cells(day, money):
    text = text_of("disbursements", ";", day, money).replace("_", ".")
    assert read(text.encode(), "disbursements") == wanted("disbursements")


def test_text_with_the_separator_in_quotes_and_lines_in_cells():
    text = text_of("disbursements").replace("Chi đợt 1", '"Chi đợt 1, xã"', 1)
    found = read(text.encode(), "disbursements")
    assert found[0]["description"] == "Chi đợt 1, xã"
    assert found[1:] == wanted("disbursements")[1:]


def test_codes_keep_their_leading_zeros():
    text = text_of("disbursements").replace("Bản Lang", "03577")
    assert read(text.encode(), "disbursements")[0]["commune"] == "03577"


def test_a_text_that_is_no_table_is_refused_in_a_sentence():
    for data in ("Kính gửi Ban.\nXin gửi.", "một\nhai\nba", "{}", "<table><tr><td>1;2</td>"):
        with pytest.raises(WorkbookError, match="Excel") as refused:
            read_workbook(data.encode(), "plan")
        assert refused.value.code == "not_a_workbook"
    with pytest.raises(WorkbookError):  # a table, but of something else
        read_workbook(b"a;b\n1;2\n3;4", "plan")


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_of_old_excel_is_read(kind):
    assert read((OLD / f"{kind}.xls").read_bytes(), kind) == wanted(kind)


def test_formats_and_hidden_rows_of_old_excel_are_seen():
    data = (OLD / "thousands_and_a_hidden_row.xls").read_bytes()
    reading = read_workbook(data, "disbursements")
    codes = {issue.code for issue in [*reading.errors, *reading.warnings]}
    assert codes & {"hidden_rows", "number_format", "shown_in_thousands"}, codes


@pytest.mark.parametrize("kind", KINDS)
def test_a_spreadsheet_of_libreoffice_is_read(kind):
    assert read(open_document([["NĂM TÀI CHÍNH 2023"], [], *table(kind)]), kind) == wanted(kind)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("<table:table-row>", '<table:table-row table:visibility="collapse">', "hidden"),
        ('office:value-type="float"', 'office:value-type="percentage"', "percentages"),
        (
            'office:value-type="float"',
            'office:value-type="currency" office:currency="USD"',
            "USD",
        ),
    ],
)
def test_what_libreoffice_hides_is_refused_by_its_name(before, after, word):
    data = open_document(table("disbursements"), (before, after))
    with override("en"), pytest.raises(WorkbookError, match=word) as refused:
        read_workbook(data, "disbursements")
    assert refused.value.code == "save_as_xlsx"


def test_hidden_columns_of_libreoffice_are_read_and_said():
    columns = (
        '<table:table-column table:number-columns-repeated="3"/><table:table-column '
        'table:number-columns-repeated="2" table:visibility="collapse"/><table:table-row>'
    )
    data = open_document(table("disbursements"), ("<table:table-row>", columns))
    with override("en"):
        reading = read_workbook(data, "disbursements")
    [said] = [issue for issue in reading.warnings if issue.code == "hidden_columns"]
    assert (said.letter, "E “Số tiền”" in said.message) == ("D", True)
    assert reading.sheets[0].hidden_columns == ["D", "E"]


def open_document(rows, change=("", "")):
    """An .ods of one sheet."""

    def cell(value):
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, date):
            kind = f'office:value-type="date" office:date-value="{value.isoformat()[:10]}"'
            return f"<table:table-cell {kind}/>"
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        text = f"<text:p>{escape(value)}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    lines = "".join(
        f"<table:table-row>{''.join(map(cell, row)) or cell(None)}</table:table-row>"
        for row in rows
    )
    of = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{of}:office:1.0" xmlns:table="{of}:table:1.0" xmlns:text="{of}:text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="Số liệu">{lines}'
        f"</table:table></office:spreadsheet></office:body></office:document-content>"
    ).replace(*change, 1)
    manifest = f'<manifest:manifest xmlns:manifest="{of}:manifest:1.0"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return out.getvalue()
