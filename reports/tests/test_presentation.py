"""The presentation: one message to a page, the same figures as the dashboard."""

import io
import re
from datetime import date

import pypdf
import pytest
from lxml import html

from monitoring.models import Difficulty
from reports.slide_pages import Slide, over_pages
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def year(cast):
    factories.plan(
        factories.line("GBV-01", factories.BAN_LANG, {1: 6_000_000}),
        factories.line("YEE-01", factories.NAM_XE, {3: 8_000_000}),
    )
    factories.posted(12_000_000)
    factories.posted(2_000_000, activity="YEE-01", commune=factories.NAM_XE, date=date(2023, 2, 1))
    factories.training()
    return cast


def messages(client, address):
    return [slide.message for slide in client.get(address).context["slides"]]


def test_each_page_has_one_message(client, year):
    client.force_login(year.bdh)
    assert messages(client, "/present/?fiscal_year=2023&slide=communes") == [
        "Nậm Xe đạt thấp nhất: 25% kế hoạch."
    ]
    assert messages(client, "/present/?fiscal_year=2023&slide=trainings") == [
        "1 lớp, 20 lượt người tham gia, 60% là nữ."
    ]


def test_all_pages_at_once_are_for_printing(client, year):
    client.force_login(year.bdh)
    assert len(messages(client, "/present/?fiscal_year=2023&slide=all")) == 8


def test_it_walks_from_the_first_page_to_the_last(client, year):
    client.force_login(year.bdh)
    address, seen = "/present/?fiscal_year=2023", []
    while address:
        context = client.get(address).context
        seen.append(context["slides"][0].key)
        address = context["next"]
    assert seen == [
        "year",
        "course",
        "programs",
        "communes",
        "heat",
        "late",
        "due",
        "trainings",
    ]


def test_an_empty_year_can_be_presented_too(client, cast):
    client.force_login(cast.bdh)
    assert len(messages(client, "/present/?fiscal_year=2025&slide=all")) == 8


def pdf_pages(client, address):
    """The words of each page of the PDF, each in one line."""
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


@pytest.mark.parametrize("narrowed", ["2023", "2023&program=GBV", "2025"])
def test_the_pdf_has_a_page_for_each_slide_with_its_message(client, year, narrowed):
    address = f"?fiscal_year={narrowed}"
    client.force_login(year.bdh)
    expected = messages(client, f"/present/{address}&slide=all")
    pages = pdf_pages(client, f"/present/slides.pdf{address}")
    assert len(pages) == len(expected)
    for page, message in zip(pages, expected, strict=True):
        assert message in page


def test_the_numbers_of_the_slides_are_the_dashboards(client, year):
    client.force_login(year.bdh)
    board = client.get("/?fiscal_year=2023").context
    slides = {
        s.key: s for s in client.get("/present/?fiscal_year=2023&slide=all").context["slides"]
    }
    assert slides["year"].message == board["headline"]
    assert slides["year"].parts[0]["figures"] == board["figures"]
    assert slides["course"].parts[0]["chart"] == board["course"]["chart"]
    bars = {one.role: one.values for one in slides["programs"].parts[0]["series"]}
    assert bars["actual"] == tuple(line.disbursed_amount for line in board["programs"])
    assert bars["plan"] == tuple(line.planned_amount for line in board["programs"])
    assert slides["communes"].parts[0]["tiles"] == board["tiles"]
    assert [texts(row)[0] for row in slides["heat"].parts[0]["rows"]] == [
        row["name"] for row in board["heat"]["rows"]
    ]
    heat = [cell for row in board["heat"]["rows"] for cell in row["cells"] if cell]
    shown = [text for row in slides["heat"].parts[0]["rows"] for text in texts(row)[1:-1]]
    assert [text for text in shown if text != "–"] == [cell.rate for cell in heat]
    late = [texts(row) for row in slides["late"].parts[0]["rows"]]
    assert [row[:3] for row in late] == [[c.name, c.rate, c.short] for c in board["late"]]
    total = texts(slides["trainings"].parts[0]["rows"][-1])
    row = board["trainings"]["total"]
    assert total[1:] == [
        row["trainings"],
        row["participants"],
        row["female_share"],
        row["ethnic_minority"],
    ]


def texts(row):
    return [cell["text"] for _head, cell in row]


def test_every_number_of_the_pdf_is_on_the_page(client, year):
    client.force_login(year.bdh)
    page = html.fromstring(client.get("/present/?fiscal_year=2023&slide=all").content.decode())
    seen = set(re.findall(r"\d[\d.,]*%?", " ".join(page.xpath("//main")[0].itertext())))
    words = " ".join(pdf_pages(client, "/present/slides.pdf?fiscal_year=2023"))
    words = re.sub(r"\b\d+ / \d+\b", "", words)  # the number of the page
    assert {n.rstrip(".,") for n in re.findall(r"\d[\d.,]*%?", words)} <= {
        n.rstrip(".,") for n in seen
    }


def test_the_presentation_keeps_what_the_dashboard_was_narrowed_to(client, year):
    client.force_login(year.bdh)
    context = client.get("/present/?fiscal_year=2023&program=GBV&as_of=2023-01-31").context
    for name in ("next", "last", "all", "pdf", "leave"):
        assert "program=GBV" in context[name]
        assert "as_of=2023-01-31" in context[name]
    assert "Phòng, chống bạo lực trên cơ sở giới" in context["subject"]
    assert "31/01/2023" in context["subject"]


def test_a_commune_board_presents_its_own_figures_only(client, year):
    client.force_login(year.xa_banlang)
    shown = client.get("/present/?fiscal_year=2023&slide=communes").context["slides"][0]
    assert [tile["name"] for tile in shown.parts[0]["tiles"]["tiles"]] == ["Bản Lang"]
    assert not any(
        "Nậm Xe" in page for page in pdf_pages(client, "/present/slides.pdf?fiscal_year=2023")
    )


def test_difficulties_and_the_plan_of_the_year_after_are_among_the_slides(client, year):
    gbv, commune = factories.program("GBV"), factories.commune()
    common = {"program": gbv, "commune": commune, "raised_on": date(2023, 1, 5)}
    Difficulty.objects.create(title="Đường sạt lở", owner="Ban Dự án xã", **common)
    done = {"state": "resolved", "resolved_on": date(2023, 2, 1), "result": "Đã sửa"}
    Difficulty.objects.create(title="Đã xong", **done, **common)
    elsewhere = factories.commune(factories.NAM_XE)
    Difficulty.objects.create(title="Ở Nậm Xe", **{**common, "commune": elsewhere})
    factories.plan(factories.line("GBV-01", amounts={1: 9_000_000}), fiscal_year="2024")
    client.force_login(year.xa_banlang)
    found = client.get("/present/?fiscal_year=2023&slide=all").context["slides"]
    slides = {slide.key: slide for slide in found}
    assert slides["difficulties"].message.startswith("2 khó khăn, vướng mắc, trong đó 1")
    rows = slides["difficulties"].parts[0]["rows"]
    assert [texts(row)[0] for row in rows] == ["Đường sạt lở", "Đã xong"]  # theirs alone
    assert texts(slides["next-plan"].parts[0]["rows"][0])[1:] == ["9 triệu", "6 triệu"]


def test_a_long_table_goes_on_on_the_next_slide():
    columns = [{"title": "Việc", "number": False}, {"title": "Ai", "number": False}]
    words = ["Một việc dài " * 12, "Ban Dự án"]
    rows = [[(head, {"text": t}) for head, t in zip(columns, words, strict=True)]] * 9
    part = {"kind": "table", "columns": columns, "rows": rows, "wide": 0}
    pages = over_pages(Slide("why", "Vì sao", "9 việc", (part,)))
    assert len(pages) > 1
    assert [page.key for page in pages][:2] == ["why", "why-2"]
    assert pages[0].title == f"Vì sao (1/{len(pages)})"
    assert sum(len(page.parts[0]["rows"]) for page in pages) == 9
