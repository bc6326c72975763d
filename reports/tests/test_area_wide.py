"""Money of a whole area is booked on a district, which is no commune and became no other unit."""

from datetime import date

import pytest
from django.utils import translation
from lxml import html

from reports.documents import figures, wording
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
    assert summary.json()["rows"] == []


def test_the_district_is_not_known_after_its_end(client, area_wide):
    client.force_login(area_wide.bdh)
    assert factories.commune(DISTRICT).valid_to < date(2025, 7, 1)
    assert client.get(f"/?fiscal_year=2026&units=new&commune={DISTRICT}").status_code == 400


def headlines(client, person):
    """What the dashboard and a report say of the year first."""
    client.force_login(person)
    gathered = figures.gather("annual", figures.query_of(factories.year()), person)
    return client.get("/?fiscal_year=2023").context["headline"], wording.headline(gathered)


def test_the_district_is_not_counted_as_a_commune(client, area_wide):
    factories.posted(1_000_000, commune=factories.NAM_XE)
    for said in headlines(client, area_wide.bdh):
        assert said.startswith("Năm tài chính 2023, trên địa bàn 2 xã, 1 chương trình đã giải ngân")


def test_with_money_of_the_whole_area_alone_the_area_is_named(client, cast):
    factories.posted(5_000_000, commune=DISTRICT)
    for said in headlines(client, cast.bdh):
        assert said.startswith("Năm tài chính 2023, trên địa bàn huyện Phong Thổ, 1 chương trình")
