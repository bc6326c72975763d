"""Another year beside this one: its figures are its own, and its column adds up to its foot."""

from datetime import date

import pytest
from django.utils import translation
from lxml import html

from communes.models import Commune
from programs.models import FiscalYear
from programs.summary_query import SummaryQuery
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


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
def test_the_column_of_the_other_year_adds_up_to_its_foot(client, two_years, narrower):
    context = shown(client, two_years.bdh, f"fiscal_year=2024&compare=2023{narrower}")
    assert context["total"].before == "7.000.000"
    for table in ("programs", "communes"):
        assert sum(amount(line.before) for line in context[table]) == 7_000_000, table


def test_what_had_something_in_the_other_year_alone_says_so(client, two_years):
    context = shown(client, two_years.bdh, "fiscal_year=2024&compare=2023")
    lines = {line.name: line for line in context["communes"]}
    assert list(lines) == ["Bản Lang", "Dào San", "Nậm Xe"]
    gone, planned = lines["Nậm Xe"], lines["Dào San"]
    assert (gone.disbursed, gone.planned, gone.balance) == ("0", "0", "còn 0 đồng")
    assert (gone.rate, gone.tone, gone.before, gone.before_rate) == ("–", "", "2.000.000", "–")
    assert (planned.before, planned.before_rate) == ("0", "0%")
    assert [row["name"] for row in context["heat"]["rows"]] == ["Bản Lang"]


def test_a_month_has_no_plan_for_what_it_has_no_money_of_either(client, two_years):
    context = shown(client, two_years.bdh, "fiscal_year=2024&compare=2023&month=2023-09")
    assert [line.planned for line in context["communes"]] == ["–", "–"]


@pytest.fixture
def two_times(cast):
    """2025 with the old communes and the district; 2026 with the new ones, one of the same code."""
    factories.posted(5_000_000, date=date(2024, 9, 2), commune=factories.KHONG_LAO)
    factories.posted(3_000_000, date=date(2024, 9, 2), commune="109")
    new = factories.commune(factories.KHONG_LAO, valid_from=factories.REFORM)
    factories.posted(4_000_000, date=date(2025, 9, 2), commune=new)
    return cast


def compared(context, table):
    return [(line.name, line.disbursed, line.before, line.before_rate) for line in context[table]]


def test_old_communes_have_nothing_beside_them_in_a_year_of_new_ones(client, two_times):
    context = shown(client, two_times.bdh, "fiscal_year=2025&compare=2026")
    assert compared(context, "communes") == [
        ("Khổng Lào", "5.000.000", "–", ""),
        ("Phong Thổ", "3.000.000", "–", ""),
    ]
    assert [line.before.href for line in context["communes"]] == ["", ""]
    program = context["programs"][0]
    assert (program.disbursed, program.before) == ("8.000.000", "4.000.000")
    assert context["total"].before == "4.000.000"


def test_a_page_of_old_communes_has_no_year_of_new_ones_beside_it(client, two_times):
    chosen = f"fiscal_year=2025&compare=2026&commune={factories.KHONG_LAO}"
    context = shown(client, two_times.bdh, chosen)
    assert context["before"] == ""
    assert ["before" in figure for figure in context["figures"]] == [False] * 5


def test_by_the_new_units_both_years_stand_beside_each_other(client, two_times):
    context = shown(client, two_times.bdh, "fiscal_year=2025&compare=2026&units=new")
    assert compared(context, "communes") == [
        ("Khổng Lào", "5.000.000", "4.000.000", "–"),
        ("Phong Thổ", "3.000.000", "–", ""),
    ]


@pytest.mark.parametrize("units", ["", "&units=new"])
def test_beside_the_new_communes_stands_what_they_were_made_of(client, two_times, units):
    context = shown(client, two_times.bdh, f"fiscal_year=2026&compare=2025{units}")
    assert compared(context, "communes") == [
        ("Khổng Lào", "4.000.000", "5.000.000", "–"),
        ("Phong Thổ", "0", "3.000.000", "–"),
    ]


@pytest.mark.parametrize("new_units", [False, True])
def test_a_unit_is_known_where_its_code_is(reference, new_units):
    units = list(Commune.objects.all())
    for year in FiscalYear.objects.all():
        query = SummaryQuery.of_year(year, new_units=new_units)
        there = set(Commune.objects.valid_in(year.start, year.end))
        today = {unit for unit in units if unit.valid_to is None}
        of_no_other = {unit for unit in there if unit.successor_id is None}
        expected = today | of_no_other if new_units else there
        assert {unit for unit in units if query.knows(unit)} == expected


def test_a_year_without_data_is_no_line_at_nothing(client, cast):
    factories.plan(factories.line(amounts=10_000_000))
    factories.posted(5_000_000)
    context = shown(client, cast.bdh, "fiscal_year=2023&compare=2022")
    assert {str(row["before"]) for row in context["course"]["rows"]} == {"–"}
    bare = shown(client, cast.bdh, "fiscal_year=2022")["course"]
    assert {str(row["cumulative"]) for row in bare["rows"]} == {"–"}


def test_bars_show_the_rate_on_one_scale(client, cast):
    factories.plan(factories.line("GBV-01", amounts=40), factories.line("YEE-01", amounts=1_000))
    factories.posted(30, activity="GBV-01")
    factories.posted(2_000, activity="YEE-01")
    lines = shown(client, cast.bdh, "fiscal_year=2023")["programs"]
    assert [line.bar for line in lines] == [
        {"fill": "50.0", "mark": "66.7", "beyond": ""},
        {"fill": "100.0", "mark": "66.7", "beyond": "beyond"},
    ]
