"""What a summary is asked: read from an address and printed again, and an answer's coarser cuts."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from disbursements.against_plan import against_plan
from programs.models import FiscalYear
from programs.summary_query import SummaryQuery
from reports import summary
from reports.filters import from_query
from tests import factories
from trainings.counts import count_trainings

# Of addresses; test_summary.py asks each database for what they name.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def busy(cast):
    """A plan, money and classes in three communes, two programmes and three quarters."""
    places = factories.COMMUNES[:3]
    amounts = {1: 4_000_000, 2: 3_000_000, 4: 2_000_000}
    factories.plan(*(factories.line(f"{p}-01", c, amounts) for p in ("GBV", "YEE") for c in places))
    for number, commune in enumerate(places, start=1):
        for month, program in ((8, "GBV"), (11, "YEE"), (12, "GBV")):
            day = date(2022, month, number)
            factories.posted(number * 1_000, activity=f"{program}-01", commune=commune, date=day)
            factories.training(number, commune=commune, topic=f"T-{month % 2}", start=day)
    factories.submitted(2_000, date=date(2023, 3, 3))
    return cast


@pytest.mark.parametrize(
    "address",
    [
        "fiscal_year=2023",
        "fiscal_year=2023&program=GBV&program=YEE&commune=03577&activity=GBV-01&topic=T-1",
        "fiscal_year=2023&quarter=2&plan=original&as_of=2023-02-10&compare=2022",
        "fiscal_year=2023&month=2022-11&units=new",
        "fiscal_year=2023&plan=1",
    ],
)
def test_a_page_prints_the_address_that_was_read(busy, address):
    page = from_query(QueryDict(address), busy.bdh)
    assert page.errors == ()
    assert sorted(page.to_query().split("&")) == sorted(address.split("&"))
    assert from_query(QueryDict(page.to_query()), busy.bdh) == page


@pytest.mark.parametrize(
    "address",
    [
        "fiscal_year=2023&by=program,commune&program=GBV&fund=KXD&as_of=2023-02-10",
        "from=2022-08-01&to=2023-03-31&by=quarter&plan=original&known_at=2023-07-31T17:00",
        "fiscal_year=2023&commune=03583&activity=GBV-01&units=new",
    ],
)
def test_a_summary_prints_an_address_that_asks_the_same(busy, address):
    factories.fund("KXD")
    allowed = summary.PARAMETERS[summary.MONEY]
    query = from_query(QueryDict(address), busy.bdh, allowed, ("program", "commune", "quarter"))
    printed = summary.address(summary.MONEY, query).partition("?")[2]
    assert set(QueryDict(printed)) == set(QueryDict(address))
    cuts = ("program", "commune", "quarter")
    assert from_query(QueryDict(printed), busy.bdh, allowed, cuts) == query


def test_what_a_page_leaves_out_a_summary_refuses(busy):
    address = "fiscal_year=2023&program=X&commune=Y&plan=7&as_of=neverday&units=old"
    page = from_query(QueryDict(address), busy.bdh)
    assert page == from_query(QueryDict("fiscal_year=2023"), busy.bdh)
    assert [value in said for value, said in zip("XY7", page.errors, strict=False)] == [True] * 3
    assert len(page.errors) == 4
    with pytest.raises(ValidationError) as refused:
        from_query(QueryDict(address), busy.bdh, summary.PARAMETERS[summary.MONEY])
    assert set(refused.value.message_dict) == {"program", "commune", "plan", "as_of"}


SPANS: tuple[dict[str, Any], ...] = (
    {},
    {"days": (date(2022, 8, 3), date(2022, 12, 31))},
    {"new_units": True},
)
FINER = ("program", "commune", "quarter")


@pytest.mark.parametrize("cut", [("program",), ("commune",), ("quarter",), ("program", "commune")])
@pytest.mark.parametrize("options", SPANS)
def test_a_coarser_cut_of_an_answer_is_what_would_have_been_asked(busy, cut, options):
    query = SummaryQuery.of_year(factories.year("2023"), date(2023, 6, 30), **options)
    finer, asked = (
        against_plan(query.cut(*FINER), busy.bdh),
        against_plan(query.cut(*cut), busy.bdh),
    )
    assert summary.table(finer.cut(*cut)) == summary.table(asked)
    classes = count_trainings(query.cut("topic", *FINER), busy.bdh)
    assert summary.table(classes.cut(*cut)) == summary.table(
        count_trainings(query.cut(*cut), busy.bdh)
    )


def test_figures_of_merged_communes_are_those_of_the_new_ones(busy):
    query = SummaryQuery.of_year(factories.year("2023"), date(2023, 6, 30)).cut(*FINER)
    moved = against_plan(query, busy.bdh).in_new_units()
    assert summary.table(moved) == summary.table(
        against_plan(query.narrowed(new_units=True), busy.bdh)
    )
    assert len(moved.by("commune")) < len(against_plan(query, busy.bdh).by("commune"))


@pytest.mark.parametrize(
    ("part", "disbursed"), [("quarter=2", 12_000), ("month=2022-11", 6_000), ("month=2022-09", 0)]
)
def test_the_tables_to_download_are_of_the_part_of_the_year_that_is_shown(
    client, busy, part, disbursed
):
    client.force_login(busy.bdh)
    page = client.get(f"/?fiscal_year=2023&{part}")
    by_program = page.context["downloads"][0]["href"].removesuffix("&format=xlsx")
    assert client.get(by_program).json()["total"]["disbursed"] == disbursed
    by_quarter = page.context["downloads"][3]["href"]
    assert client.get(by_quarter).status_code == 200


OF_A_YEAR = (
    *("/", "/plan-against-actual/", "/plan-beside-money/", "/present/", "/activities/"),
    *("/reports/", "/variances/"),
    *("/periods/", "/results/", "/results/list/", "/trainings/summary/"),
)


def year_of(answer):
    context = answer.context
    form = context["list"]["form"] if "list" in context else None
    year = context.get("year")
    return year.code if year else form["fiscal_year"].value()[0]


@pytest.mark.parametrize("address", OF_A_YEAR)
def test_every_page_of_a_year_shows_the_latest_with_postings_in_the_persons_scope(
    client, cast, address
):
    factories.posted(1_000_000, date=date(2022, 9, 1))
    factories.posted(1_000_000, date=date(2023, 9, 1), activity="YEE-01", commune="03580")
    factories.draft(1_000_000, date=date(2024, 9, 1))
    factories.training(start=date(2024, 9, 1))
    for person, code in ((cast.bdh, "2024"), (cast.dieuphoi_gbv, "2023")):
        client.force_login(person)
        assert year_of(client.get(address)) == code, person


PAGES = ("/", "/plan-against-actual/", "/plan-beside-money/", "/present/")  # the others are lists


@pytest.mark.parametrize("address", OF_A_YEAR)
def test_a_year_that_there_is_not_is_no_page_and_a_wrong_filter_of_a_list(client, cast, address):
    client.force_login(cast.bdh)
    assert not FiscalYear.objects.filter(code="1999").exists()
    answer = client.get(address, {"fiscal_year": "1999"})
    assert answer.status_code == (404 if address in PAGES else 400)
