"""Another year beside this one: its figures are its own, and its column adds up to its foot."""

from datetime import date

import pytest
from django.utils import translation
from lxml import html

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def shown(client, person, query):
    """The dashboard's context; every link of its numbers leads to a page."""
    client.force_login(person)
    page = client.get(f"/?{query}")
    assert page.status_code == 200
    hrefs = set(html.fromstring(page.content.decode()).xpath("//main//table//a/@href"))
    assert {href: client.get(href).status_code for href in hrefs} == dict.fromkeys(hrefs, 200)
    return page.context


def test_a_plans_number_is_not_carried_into_the_other_year(client, cast):
    factories.plan(factories.line(amounts=10_000_000))
    factories.posted(5_000_000)
    for amount in (6_000_000, 8_000_000):
        factories.plan(factories.line(amounts=amount), fiscal_year="2024")
    context = shown(client, cast.bdh, "fiscal_year=2024&plan=2&compare=2023&as_of=2024-06-30")
    before = [figure["before"]["value"] for figure in context["figures"][:3]]
    assert before == ["10 triệu", "5 triệu", "50%"]


def test_the_original_plan_is_held_against_the_original_plan(client, cast):
    for amount in (10_000_000, 20_000_000):
        factories.plan(factories.line(amounts=amount))
    factories.plan(factories.line(amounts=6_000_000), fiscal_year="2024")
    context = shown(client, cast.bdh, "fiscal_year=2024&plan=original&compare=2023")
    assert context["figures"][0]["before"]["value"] == "10 triệu"


def amount(text):
    return int(text.replace(".", ""))


@pytest.fixture
def two_years(cast):
    """YEE in Nậm Xe has money in 2023 alone, GBV in Bản Lang in both, SPON in Dào San none."""
    factories.plan(
        factories.line(amounts=10_000_000),
        factories.line("SPON-01", factories.DAO_SAN, 3_000_000),
    )
    factories.posted(5_000_000)
    factories.posted(2_000_000, activity="YEE-01", commune=factories.NAM_XE)
    factories.plan(factories.line(amounts=6_000_000), fiscal_year="2024")
    factories.posted(1_000_000, date=date(2023, 9, 1))
    return cast


@pytest.mark.parametrize("narrower", ["", "&quarter=1", "&month=2023-09"])
@pytest.mark.parametrize("table", ["programs", "communes"])
def test_the_column_of_the_other_year_adds_up_to_its_foot(client, two_years, table, narrower):
    context = shown(client, two_years.bdh, f"fiscal_year=2024&compare=2023{narrower}")
    assert context["total"].before == "7.000.000"
    assert sum(amount(line.before) for line in context[table]) == 7_000_000


def test_what_had_something_in_the_other_year_alone_says_so(client, two_years):
    context = shown(client, two_years.bdh, "fiscal_year=2024&compare=2023")
    lines = {line.name: line for line in context["communes"]}
    assert list(lines) == ["Bản Lang", "Dào San", "Nậm Xe"]
    gone, planned = lines["Nậm Xe"], lines["Dào San"]
    assert (gone.disbursed, gone.planned, gone.balance) == ("0", "0", "0 đồng")
    assert (gone.rate, gone.tone, gone.before, gone.before_rate) == ("–", "", "2.000.000", "–")
    assert (planned.before, planned.before_rate) == ("0", "0%")
    assert [row["name"] for row in context["heat"]["rows"]] == ["Bản Lang"]


def test_a_month_has_no_plan_for_what_it_has_no_money_of_either(client, two_years):
    context = shown(client, two_years.bdh, "fiscal_year=2024&compare=2023&month=2023-09")
    assert [line.planned for line in context["communes"]] == ["–", "–"]
