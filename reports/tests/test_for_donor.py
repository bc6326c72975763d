"""For a donor: a fund's statement, and reports in both languages and in a currency beside đồng."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from core.values.dates import today
from reports.models import IssuedReport
from reports.tests import samples
from reports.tests.test_issuing import issued, review, steering
from tests import factories
from tests.test_document_language import WRONG

pytestmark = pytest.mark.any_database

RATE = {
    "currency": "EUR",
    "rate": "26.500",
    "rate_source": "Vietcombank",
    "rate_day": "2023-06-30",
}
YEAR = {"fiscal_year": "2023"}
PAGE = "/reports/for-donor/"


def answer(person, address, **query):
    return factories.api(person).get(f"/api/v1/reports/{address}", {**YEAR, **query})


def text_of(person, address, **query):
    got = answer(person, address, **query)
    assert got.status_code == 200, got.content
    return samples.word_text(got.content)


@pytest.fixture
def funds(cast):
    """Two funds that pay the same programme, another activity each; classes of both."""
    factories.fund("BI", name="Plan Bỉ")
    factories.fund("NHAT", name="Plan Nhật Bản")
    factories.plan(
        factories.line("GBV-01", amounts=53_000_000, fund_code="BI"),
        factories.line("GBV-02", amounts=10_000_000, fund_code="NHAT"),
    )
    factories.posted(79_500_000, fund="BI")
    factories.posted(4_000_000, activity="GBV-02", fund="NHAT")
    factories.training(12, 3, activity=factories.activity("GBV-01"), title="Của Bỉ")
    factories.training(30, 30, activity=factories.activity("GBV-02"), title="Của Nhật")
    return cast


def statement(person, form="docx", **query):
    return answer(person, f"statement.{form}", fund="BI", quarter=1, **query)


def test_a_statement_says_what_a_fund_planned_spent_and_has_left(funds):
    text = samples.word_text(statement(funds.bdh).content)
    assert "BÁO CÁO NGUỒN VỐN" in text
    assert "Nguồn vốn Plan Bỉ, quý I năm tài chính 2023" in text
    assert "kế hoạch 53.000.000 đồng" in text
    assert "vượt 26.500.000 đồng so với kế hoạch" in text
    assert "GBV-01" in text and "GBV-02" not in text  # the other fund's
    assert "Chưa giải trình." in text  # 150 % lies beyond the limits
    assert "Đã tổ chức 1 lớp tập huấn" in text


def test_its_figures_are_those_of_the_summary_of_that_fund(funds):
    told = statement(funds.bdh, "json").json()
    asked = factories.api(funds.bdh).get(
        "/api/v1/summary/",
        {"from": "2022-07-01", "to": "2022-09-30", "fund": "BI", "as_of": told["as_of"]},
    )
    assert told["tables"]["by_program"]["total"] == asked.json()["total"]
    for table in told["tables"].values():
        again = factories.api(funds.bdh).get(table["query"])
        assert again.status_code == 200, table["query"]
    classes = told["tables"]["trainings_by_topic"]
    assert factories.api(funds.bdh).get(classes["query"]).json()["total"] == classes["total"]


def test_small_head_counts_are_hidden_unless_they_are_asked_for(funds):
    inside = {"outside": "0"}
    hidden = samples.word_text(statement(funds.bdh).content)
    whole = samples.word_text(statement(funds.bdh, **inside).content)
    assert "dưới 5 người" in hidden
    assert "dưới 5 người" not in whole


def test_its_workbook_has_the_figures_in_dong_whole_and_says_what_is_converted(funds):
    book = load_workbook(io.BytesIO(statement(funds.bdh, "xlsx", **RATE).content), data_only=True)
    rows = [row for row in book["Chương trình"].iter_rows(values_only=True) if row[0] == "GBV"]
    assert rows[0][2:5] == (53_000_000, 79_500_000, -26_500_000)
    assert rows[0][6:8] == (2_000, 3_000)
    said = [row[0] for row in book["Chương trình"].iter_rows(max_row=6, values_only=True)]
    assert any("1 EUR = 26.500 đồng (Vietcombank, ngày 30/06/2023)" in str(text) for text in said)


def test_who_reads_part_gets_a_statement_of_that_part(funds):
    assert statement(funds.xa_banlang).status_code == 200
    other = factories.user("xa-nam-xe", "commune", communes=[factories.NAM_XE])
    assert statement(other, "json").json()["tables"]["by_program"]["rows"] == []


def test_a_fund_without_money_has_an_empty_statement(funds):
    factories.fund("KHONG", name="Quỹ chưa dùng")
    told = answer(funds.bdh, "statement.json", fund="KHONG", quarter=1).json()
    assert told["tables"]["trainings_by_topic"]["total"]["trainings"] == 0
    assert answer(funds.bdh, "statement.docx", fund="KHONG", quarter=1).status_code == 200


@pytest.mark.parametrize("kind", ["annual", "quarterly"])
def test_a_report_in_english_has_the_same_figures_and_no_vietnamese_words(funds, kind):
    query = {} if kind == "annual" else {"quarter": 1}
    ours = answer(funds.bdh, f"{kind}.docx", **query).content
    english = samples.open_word(answer(funds.bdh, f"{kind}.docx", language="en", **query).content)
    paragraphs = {p.text for p in english.paragraphs if p.text}
    left = {text for text in paragraphs if WRONG["en"](text)}
    assert left == {text for text in left if "Ban Điều hành" in text or "CLB" in text}
    vietnamese = samples.word_text(ours)
    assert "83.500.000 đồng" in vietnamese
    assert any("83,500,000 đồng" in text for text in paragraphs)
    assert any("SOCIALIST REPUBLIC" in c.text for t in english.tables for c in t._cells)


def test_a_currency_stands_beside_dong_with_its_rate_source_and_day(funds):
    plain, both = (text_of(funds.bdh, "annual.docx", **query) for query in ({}, RATE))
    said = "Quy đổi theo tỷ giá 1 EUR = 26.500 đồng (Vietcombank, ngày 30/06/2023)"
    assert said in both and "EUR" not in plain
    assert "83.500.000 đồng" in both  # whole as before
    assert "Tổng cộng | 2.377 | 3.151 | vượt 774" in both


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({**RATE, "rate": ""}, "rate"),
        ({**RATE, "rate": "0"}, "rate"),
        ({**RATE, "rate": "-5"}, "rate"),
        ({**RATE, "rate": "nhiều"}, "rate"),
        ({**RATE, "rate": "99.000.000"}, "rate"),
        ({**RATE, "currency": "VND"}, "currency"),
        ({**RATE, "currency": "euro"}, "currency"),
        ({**RATE, "rate_source": ""}, "rate_source"),
        ({**RATE, "rate_day": "30/06"}, "rate_day"),
        ({**RATE, "rate_day": str(today() + timedelta(days=2))}, "rate_day"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_bad_rate_is_refused_in_words_beside_its_field(cast, client, wrong, field):
    refused = answer(cast.bdh, "annual.docx", **wrong)
    assert (refused.status_code, set(refused.json())) == (400, {field})
    client.force_login(cast.bdh)
    page = client.get(PAGE, {"kind": "annual", **YEAR, **wrong})
    assert (page.status_code, set(page.context["form"].errors)) == (400, {field})


@pytest.mark.parametrize(
    ("address", "query", "field"),
    [
        ("statement.docx", {}, "fund"),
        ("statement.docx", {"fund": "X"}, "fund"),
        ("minutes.docx", {"language": "en"}, "language"),
        ("minutes.docx", RATE, "currency"),
    ],
)
def test_what_means_nothing_for_a_document_is_refused(cast, address, query, field):
    refused = answer(cast.bdh, address, **query)
    assert (refused.status_code, field in refused.json()) == (400, True)


def test_on_the_page_it_is_chosen_seen_and_taken_as_a_file(funds, client):
    client.force_login(funds.khach)
    chosen = {"kind": "statement", "fund": "BI", "quarter": "1", "language": "en", **YEAR, **RATE}
    chosen["rate_day"] = "30/06/2023"
    page = client.get(PAGE, chosen)
    assert page.status_code == 200
    assert "STATEMENT OF A FUND" in page.content.decode()
    files = {file["name"]: file["href"] for file in page.context["files"]}
    assert set(files) == {"docx", "pdf", "xlsx"}
    assert client.get(PAGE + files["pdf"]).content.startswith(b"%PDF")
    assert [value for value, _name in page.context["form"].fields["kind"].choices] == ["statement"]


def test_a_report_is_for_who_issues_reports(funds, client):
    client.force_login(funds.khach)
    assert client.get(PAGE, {"kind": "annual", **YEAR}).status_code == 400  # no such choice
    assert answer(funds.khach, "annual.docx", language="en").status_code == 403


def test_another_edition_of_an_issued_report_prints_its_frozen_figures(funds, client):
    report = issued(funds.bdh, steering())
    factories.posted(1_000_000, fund="BI")
    client.force_login(funds.bdh)
    at = f"/reports/issued/{report.pk}/edition/"
    page = client.get(at, {"language": "en", **RATE, "rate_day": "30/06/2023"})
    text = page.content.decode()
    assert "Another edition of document 01/BC-BĐH" in text
    assert "83,500,000 đồng" in text and "84,500,000" not in text
    assert "Converted at 1 EUR = 26,500 đồng" in text
    file = client.get(at, {"language": "en", "format": "docx"})
    assert "No.: 01/BC-BĐH" in samples.word_text(file.content)
    assert IssuedReport.objects.count() == 1
    bad = client.get(at, {"language": "en", **RATE, "rate": "x"})
    assert (bad.status_code, set(bad.context["form"].errors)) == (400, {"rate"})


def test_minutes_have_no_other_edition(cast, client):
    review(cast)
    report = issued(cast.bdh, steering(), kind="minutes")
    client.force_login(cast.bdh)
    assert client.get(f"/reports/issued/{report.pk}/edition/").status_code == 404
