"""The conference report as a Word document: its layout by Nghị định 30, its figures by the API."""

import re
from datetime import date

import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn

from reports.documents.letterhead import Letterhead, long_date
from reports.documents.make import make, read_request
from reports.tests import samples
from tests import factories

# Of a document; test_summary.py asks each database for its figures.
pytestmark = pytest.mark.any_database

SENTENCE = (
    "Năm tài chính 2023, trên địa bàn 5 xã, 4 chương trình đã giải ngân hơn 8,9 tỷ đồng, "
    "đạt 120% kế hoạch."
)


def report(actor, kind="annual", **values):
    asked = read_request({"kind": kind, "format": "docx", "fiscal_year": "2023", **values})
    return make(asked, actor).content


def paragraph(file, start):
    return next(p for p in file.paragraphs if p.text.startswith(start))


def test_the_page_is_a4_with_the_margins_of_the_decree(sample_year):
    section = samples.open_word(report(sample_year.bdh)).sections[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20


def test_the_page_number_stands_top_centre_from_page_two(sample_year):
    section = samples.open_word(report(sample_year.bdh)).sections[0]

    header = section.header.paragraphs[0]
    assert header.alignment == ALIGN.CENTER
    assert [e.text for e in header._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert section.different_first_page_header_footer
    assert not list(section.first_page_header._element.iter(qn("w:instrText")))


def test_everything_is_set_in_times_new_roman(sample_year):
    file = samples.open_word(report(sample_year.bdh))

    for name in ("Normal", "Heading 1", "Heading 2"):
        style = file.styles[name]
        assert style.font.name == "Times New Roman"
        assert 13 <= style.font.size.pt <= 14
        fonts = style.element.rPr.rFonts
        assert not [key for key in fonts.attrib if key.endswith("Theme")]
    sizes = {r.font.size.pt for p in file.paragraphs for r in p.runs if r.text and r.font.size}
    assert sizes <= {13, 14}


def test_the_letterhead_names_issuer_nation_number_place_and_day(sample_year, monkeypatch):
    monkeypatch.setattr("reports.documents.make.today", lambda: date(2023, 7, 5))
    letterhead = samples.open_word(report(sample_year.bdh)).tables[0]
    (left, right), (number, place) = (row.cells for row in letterhead.rows)

    assert [p.text for p in left.paragraphs][:2] == [
        "ỦY BAN NHÂN DÂN HUYỆN PHONG THỔ",
        "BAN ĐIỀU HÀNH CHƯƠNG TRÌNH PLAN",
    ]
    assert [p.text for p in right.paragraphs][:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert all(p.runs[0].bold for p in right.paragraphs[:2])
    assert re.fullmatch(r"Số:\s+/BC-BĐH", number.text)
    assert place.text == "Phong Thổ, ngày 05 tháng 7 năm 2023"
    assert place.paragraphs[0].runs[0].italic


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2024, 2, 9), "ngày 09 tháng 02 năm 2024"),
        (date(2024, 1, 31), "ngày 31 tháng 01 năm 2024"),
        (date(2024, 3, 10), "ngày 10 tháng 3 năm 2024"),
        (date(2024, 12, 1), "ngày 01 tháng 12 năm 2024"),
    ],
)
def test_days_below_ten_and_the_months_one_and_two_have_a_zero(day, text):
    assert long_date(day) == text


def test_a_number_below_ten_has_a_zero():
    letterhead = Letterhead("Phong Thổ", "Huyện Phong Thổ", number=5)
    assert letterhead.number_line("annual") == "Số: 05/BC-BĐH"


def test_title_body_end_and_signature(sample_year):
    file = samples.open_word(report(sample_year.bdh))

    title = paragraph(file, "BÁO CÁO")
    assert title.alignment == ALIGN.CENTER
    assert title.runs[0].bold
    closing = paragraph(file, "Trên đây")
    assert closing.text.endswith("./.")
    assert closing.alignment == ALIGN.JUSTIFY
    recipients, signature = file.tables[-2].rows[0].cells
    assert recipients.paragraphs[0].text == "Nơi nhận:"
    assert [p.text for p in signature.paragraphs][:2] == ["TM. BAN ĐIỀU HÀNH", "TRƯỞNG BAN"]


def test_the_reviews_own_sentence_comes_from_the_ledger(sample_year):
    text = samples.word_text(report(sample_year.bdh))

    assert SENTENCE in text
    assert "8.904.000.000 đồng (Bằng chữ: Tám tỷ chín trăm lẻ bốn triệu đồng)" in text
    assert "vượt 1.484.000.000 đồng so với kế hoạch" in text
    assert "năm tài chính 2024 được phê duyệt là hơn 7,2 tỷ đồng" in text


def test_every_amount_of_the_appendix_is_in_the_summary_api(sample_year):
    client = factories.api(sample_year.bdh)
    query = {"fiscal_year": "2023", "as_of": "2023-06-30", "by": "program,commune"}
    rows = client.get("/api/v1/summary/", query).json()["rows"]
    expected = [(row["planned"], row["disbursed"], row["balance"]) for row in rows]

    tables = samples.word_tables(report(sample_year.bdh))
    table = next(table for caption, table in tables.items() if "chương trình và xã" in caption)
    names = {row["commune_name"] for row in rows}
    read = [tuple(map(samples.amount, row[1:4])) for row in table if row[0] in names]
    assert read == expected


def test_the_report_of_a_quarter_has_its_own_figures_and_the_year_to_date(sample_year):
    text = samples.word_text(report(sample_year.bdh, "quarterly", quarter="1"))

    assert "Quý I năm tài chính 2023, trên địa bàn 5 xã" in text
    assert "2.772.116.654 đồng" in text
    assert "từ ngày 01/07/2022 đến ngày 30/09/2022" in text
    assert "so với kế hoạch cả năm (hơn 7,4 tỷ đồng) đạt 37,4%" in text
