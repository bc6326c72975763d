"""Money of a whole area is booked on a district, which is no commune and became no other unit."""

import re
from datetime import date

import pytest
from django.utils import translation
from lxml import html

from communes.models import Board
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from reports.documents import figures, kinds, wording
from reports.documents.letterhead import of_board
from reports.documents.make import draft_letterhead
from tests import factories

pytestmark = pytest.mark.django_db
DISTRICT = "109"


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.fixture
def area_wide(cast):
    """12 triệu in Bản Lang, 5 triệu in the whole district; a plan for both, and a class."""
    factories.plan(
        factories.line(amounts=10_000_000), factories.line("GBV-02", DISTRICT, 4_000_000)
    )
    factories.posted(12_000_000)
    factories.posted(5_000_000, activity="GBV-02", commune=DISTRICT)
    factories.training(commune=DISTRICT)
    return cast


def test_the_district_leads_to_its_rows_among_the_new_units_too(client, area_wide):
    client.force_login(area_wide.bdh)
    page = client.get("/?fiscal_year=2023&units=new")
    line = next(one for one in page.context["communes"] if one.name == "Phong Thổ")
    behind = client.get(line.disbursed.href)
    assert behind.status_code == 200
    assert [row["row"].amount for row in behind.context["list"]["lines"]] == [5_000_000]
    hrefs = html.fromstring(page.content.decode()).xpath("//main//a[@class='num']/@href")
    assert {client.get(href).status_code for href in set(hrefs)} == {200}


@pytest.mark.parametrize("path", ["summary", "trainings/summary"])
def test_the_api_knows_the_district_among_the_new_units(client, area_wide, path):
    client.force_login(area_wide.bdh)
    address = f"/api/v1/{path}/?fiscal_year=2023&units=new&by=commune&commune="
    assert [row["commune"] for row in client.get(address + DISTRICT).json()["rows"]] == [DISTRICT]


def test_a_commune_that_was_merged_is_not_one_of_the_new_units(client, area_wide):
    client.force_login(area_wide.bdh)
    merged = client.get(f"/?fiscal_year=2023&units=new&commune={factories.BAN_LANG}")
    assert (merged.status_code, merged.context["filter"].communes) == (400, ())
    summary = client.get(
        f"/api/v1/summary/?fiscal_year=2023&units=new&by=commune&commune={factories.BAN_LANG}"
    )
    assert summary.status_code == 400
    assert "03583" in summary.json()["commune"][0]  # its successor is named


def test_the_district_is_not_known_after_its_end(client, area_wide):
    client.force_login(area_wide.bdh)
    assert factories.commune(DISTRICT).valid_to < date(2025, 7, 1)
    assert client.get(f"/?fiscal_year=2026&units=new&commune={DISTRICT}").status_code == 400


def headlines(client, person):
    """What the dashboard and a report say of the year first."""
    client.force_login(person)
    gathered = kinds.gather("annual", figures.query_of(factories.year()), person)
    return client.get("/?fiscal_year=2023").context["headline"], wording.headline(gathered)


def test_the_district_is_not_counted_as_a_commune(client, area_wide):
    factories.posted(1_000_000, commune=factories.NAM_XE)
    for said in headlines(client, area_wide.bdh):
        assert said.startswith("Năm tài chính 2023, trên địa bàn 2 xã, 1 chương trình đã giải ngân")


def test_with_money_of_the_whole_area_alone_the_area_is_named(client, cast):
    factories.posted(5_000_000, commune=DISTRICT)
    for said in headlines(client, cast.bdh):
        assert said.startswith("Năm tài chính 2023, trên địa bàn huyện Phong Thổ, 1 chương trình")


PROVINCE = "12"  # after the districts ended: money of the whole area


@pytest.fixture
def after_the_merger(cast, client):
    """5 triệu for the whole area, entered on the page as the area's, in January 2026."""
    factories.activity("GBV-02")
    client.force_login(cast.dieuphoi)
    page = client.get("/disbursements/new/").content.decode()
    unit = factories.commune(PROVINCE)
    assert re.search(f'<option value="{unit.pk}"[^>]*>Vùng dự án Phong Thổ</option>', page)
    form = {
        "date": "15/01/2026",
        "activity": "GBV-02",
        "commune": unit.pk,
        "amount": "5.000.000",
        "confirmed": "5.000.000",
        "submit": "1",
    }
    assert client.post("/disbursements/new/", form).status_code == 302
    row = Disbursement.objects.get()
    ledger.post(actor=cast.quanly, disbursement=row)
    return cast


def test_after_the_merger_a_page_enters_it_under_the_areas_name(client, after_the_merger):
    client.force_login(after_the_merger.bdh)
    row = Disbursement.objects.get()
    month, code = row.period, row.fiscal_year.code
    pages = (
        f"/disbursements/{row.pk}/",
        f"/periods/{month.pk}/",
        f"/periods/?fiscal_year={code}",
        f"/?fiscal_year={code}",
    )
    for page in pages:
        said = client.get(page)
        assert said.status_code == 200, page
        assert "ng dự án Phong Thổ" in said.content.decode(), page
        assert "Tỉnh Lai Châu" not in said.content.decode(), page
        assert "tỉnh Lai Châu" not in said.content.decode(), page


def test_its_letterhead_is_the_areas(cast):
    head = draft_letterhead(factories.year("2026"))
    assert (head.superior, head.area) == ("VÙNG DỰ ÁN PHONG THỔ", "Phong Thổ")
    assert head.issuer_and_area.endswith("vùng dự án Phong Thổ")
    board = Board(kind="steering", name="Ban Điều hành", commune=factories.commune(PROVINCE))
    of_board_then = of_board(board, None, date(2026, 8, 1))
    assert (of_board_then.superior, of_board_then.area) == ("VÙNG DỰ ÁN PHONG THỔ", "Phong Thổ")
    before = draft_letterhead(factories.year("2023"))
    assert before.superior == "ỦY BAN NHÂN DÂN HUYỆN PHONG THỔ"
