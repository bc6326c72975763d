"""Every figure of a document is read back from the file and found in the summary API."""

import io
import re

import pypdf
import pytest
from openpyxl import load_workbook

from reports.tests import samples
from tests import factories

pytestmark = pytest.mark.any_database  # files print what the API answers, which both are asked
TO_DATE = {"fiscal_year": "2023", "as_of": "2023-06-30"}


def download(person, address, **query):
    answer = factories.api(person).get(f"/api/v1/reports/{address}", {**TO_DATE, **query})
    assert answer.status_code == 200, answer.content
    return answer.content


def summary(person, by):
    return factories.api(person).get("/api/v1/summary/", {**TO_DATE, "by": by}).json()


def pdf_text(content):
    """The words of a PDF in one line."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def vnd(number):
    return f"{abs(number):,}".replace(",", ".")


def test_word_tables_hold_the_rows_of_the_api_in_million(sample_year):
    tables = samples.word_tables(download(sample_year.bdh, "annual.docx"))

    for number, by in ((1, "program"), (2, "commune"), (3, "quarter")):
        table = next(t for caption, t in tables.items() if caption.startswith(f"Bảng {number}."))
        rows = summary(sample_year.bdh, by)["rows"]
        assert len(table) == len(rows) + 2
        for read, row in zip(table[1:], rows, strict=False):
            for text, field in zip(read[1:4], ("planned", "disbursed", "balance"), strict=True):
                assert abs(samples.amount(text) - row[field] / 10**6) <= 1.5
            assert read[4].rstrip("%").replace(",", ".") == row["rate"].removesuffix(".0")


def test_rows_rounded_to_million_add_up_to_the_total_in_every_direction(sample_year):
    tables = samples.word_tables(download(sample_year.bdh, "annual.docx"))

    for number in (1, 2, 3):
        table = next(t for caption, t in tables.items() if caption.startswith(f"Bảng {number}."))
        figures = [[samples.amount(text) for text in row[1:4]] for row in table[1:]]
        *rows, total = figures
        assert [sum(column) for column in zip(*rows, strict=True)] == total
        assert all(planned - spent == rest for planned, spent, rest in figures)
        if number < 3:
            shares = [float(row[5].rstrip("%").replace(",", ".")) for row in table[1:-1]]
            assert round(sum(shares), 1) == 100.0
            assert table[-1][5] == "100,0%"


def test_every_training_count_of_the_word_file_is_in_the_api(sample_year):
    tables = samples.word_tables(download(sample_year.bdh, "annual.docx"))
    client = factories.api(sample_year.bdh)

    for number, by in ((4, "topic"), (5, "commune")):
        table = next(t for caption, t in tables.items() if caption.startswith(f"Bảng {number}."))
        answer = client.get("/api/v1/trainings/summary/", {**TO_DATE, "by": by}).json()
        fields = (
            "trainings participants female under_16 age_16_24 ethnic_minority disability "
            "poor_household"
        ).split()
        expected = [[row[field] for field in fields] for row in [*answer["rows"], answer["total"]]]
        assert [[samples.amount(text) for text in row[1:]] for row in table[1:]] == expected


def test_the_pdf_says_what_the_api_says(sample_year):
    text = pdf_text(download(sample_year.bdh, "annual.pdf"))

    for row in summary(sample_year.bdh, "program,commune")["rows"]:
        line = f"{row['commune_name']} {vnd(row['planned'])} {vnd(row['disbursed'])}"
        balance = vnd(row["balance"])
        assert f"{line} {'vượt' if row['balance'] < 0 else 'còn'} {balance}" in text
    assert "4 chương trình đã giải ngân hơn 8,9 tỷ đồng, đạt 120% kế hoạch." in text


def test_the_pdf_is_a4_and_numbers_its_pages_from_the_second(sample_year):
    reader = pypdf.PdfReader(io.BytesIO(download(sample_year.bdh, "annual.pdf")))

    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (210, 297)
    assert len(reader.pages) > 1
    for number, page in enumerate(reader.pages, start=1):
        last_or_first = {page.extract_text().split()[0], page.extract_text().split()[-1]}
        assert (str(number) in last_or_first) == (number > 1)


def test_the_workbook_holds_the_rows_of_the_api(sample_year):
    book = load_workbook(io.BytesIO(download(sample_year.bdh, "workbook.xlsx")), data_only=True)
    cuts = {
        "Chương trình": "program",
        "Xã": "commune",
        "Chương trình - Xã": "program,commune",
        "Hoạt động": "program,activity",
        "Nguồn vốn": "fund",
        "Quý": "quarter",
    }
    for title, by in cuts.items():
        answer = summary(sample_year.bdh, by)
        rows = [*answer["rows"], answer["total"]]
        read = [row[-5:] for row in book[title].iter_rows(min_row=5, values_only=True)]
        expected = [
            (r["planned"], r["disbursed"], r["pending"], r["balance"], float(r["rate"]) / 100)
            for r in rows
        ]
        assert [(*row[:4], round(row[4], 6)) for row in read] == [
            (*row[:4], round(row[4], 6)) for row in expected
        ]


def test_the_ledger_and_the_classes_of_the_workbook_add_up(sample_year):
    content = download(sample_year.bdh, "workbook.xlsx")
    book = load_workbook(io.BytesIO(content), data_only=True)
    ledger = list(book["Sổ giải ngân"].iter_rows(min_row=5, values_only=True))
    classes = list(book["Lớp tập huấn"].iter_rows(min_row=5, values_only=True))

    assert len(ledger) == 497 + 1
    assert sum(row[-1] for row in ledger[:-1]) == ledger[-1][-1] == 8_904_000_000
    assert len(classes) == 202 + 1
    assert sum(row[6] for row in classes[:-1]) == classes[-1][6] == 5859


def calculated(sheet, formula):
    """What a spreadsheet makes of the three kinds of formulas the workbook has."""
    if found := re.fullmatch(r"=SUM\((\w+):(\w+)\)", formula):
        cells = [cell for row in sheet[f"{found[1]}:{found[2]}"] for cell in row]
        return sum(value(sheet, cell) for cell in cells)
    if found := re.fullmatch(r"=([A-Z]+[0-9]+)-([A-Z]+[0-9]+)", formula):
        return value(sheet, sheet[found[1]]) - value(sheet, sheet[found[2]])
    whole, part, again = re.fullmatch(r'=IF\((\w+)=0,"",ROUND\((\w+)/(\w+),3\)\)', formula).groups()
    assert whole == again
    below = value(sheet, sheet[whole])
    return round(value(sheet, sheet[part]) / below + 1e-12, 3) if below else ""


def value(sheet, cell):
    content = cell.value
    if isinstance(content, str) and content.startswith("="):
        return calculated(sheet, content)
    return content or 0


def test_formulas_of_the_workbook_recalculate_to_the_stored_numbers(sample_year):
    content = download(sample_year.bdh, "workbook.xlsx")
    formulas = load_workbook(io.BytesIO(content))
    stored = load_workbook(io.BytesIO(content), data_only=True)

    checked = 0
    for sheet in formulas:
        assert sheet.page_setup.paperSize == 9
        assert sheet.freeze_panes == "A5"
        assert sheet.print_title_rows == "$4:$4"
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    kept = stored[sheet.title][cell.coordinate].value
                    assert calculated(sheet, cell.value) == pytest.approx(kept, abs=1e-9)
                    checked += 1
    assert checked > 150


def test_a_workbook_shows_its_readers_scope_only(sample_year):
    book = load_workbook(
        io.BytesIO(download(sample_year.xa_banlang, "workbook.xlsx")), data_only=True
    )
    assert {row[0] for row in book["Xã"].iter_rows(min_row=6, max_row=6, values_only=True)} == {
        "03577"
    }
    communes = {row[7] for row in book["Sổ giải ngân"].iter_rows(min_row=6, values_only=True)}
    assert communes - {None} == {"Bản Lang"}
