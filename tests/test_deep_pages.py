"""A page far down a list holds the rows that stand there, and asks for no more than those."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from core.lists import view
from core.services import deep_pages
from disbursements.ledger import lists as ledger_lists
from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.django_db
ROWS = 9
whole = ledger_lists.listing


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    monkeypatch.setattr(deep_pages, "DEEP", 4)
    for number in range(ROWS):
        commune = make.COMMUNES[number % 3]
        make.draft(1 + number % 4, commune=commune, voucher_no=f"PC {number}")


@pytest.mark.parametrize("order", ["-date", "amount", "-commune__sort_key", "count"])
def test_it_is_the_page_that_skipping_gives(cast, order):
    seen = Disbursement.objects.visible_to(cast.dieuphoi_gbv).select_related("commune", "fund")
    ordered = seen.annotate(count=Count("reversals")).order_by(order, "pk")
    for size in (2, 4):
        plain, deep = Paginator(ordered, size), deep_pages.DeepPaginator(ordered, size)
        for number in plain.page_range:
            assert list(deep.page(number)) == list(plain.page(number))


def test_columns_are_asked_of_the_rows_of_the_page_alone():
    joined = Disbursement.objects.select_related("commune", "fund").order_by("-date", "-pk")
    pages = deep_pages.DeepPaginator(joined, 2)
    pages.count  # noqa: B018 - is asked once
    with CaptureQueriesContext(connection) as asked:
        list(pages.page(1))
        list(pages.page(4))
    skips = [query["sql"] for query in asked if "OFFSET" in query["sql"]]
    assert len(asked) == 3
    assert len(skips) == 1
    assert "JOIN" not in skips[0]


def test_values_and_lists_are_cut_as_ever():
    for rows in (list(range(9)), Disbursement.objects.order_by("pk").values("amount")):
        plain, deep = Paginator(rows, 2), deep_pages.DeepPaginator(rows, 2)
        assert [*deep.page(4)] == [*plain.page(4)]


def pages_of(client, query):
    first = client.get(f"/disbursements/?{query}").context["list"]
    numbers = first["page"].paginator.page_range
    return [
        [
            line["row"].pk
            for line in client.get(f"/disbursements/?{query}&page={n}").context["list"]["lines"]
        ]
        for n in numbers
    ]


@pytest.mark.parametrize(
    "query",
    ["", "sort=date", "fiscal_year=2023&status=posted", "program=GBV&sort=date", "sort=-amount"],
)
def test_the_ledger_skips_whole_months_and_counts_the_end_from_the_end(
    cast, client, monkeypatch, query
):
    for month in (7, 8, 10, 12):
        for amount in (3, 5):
            make.posted(amount, date=date(2022, month, 12))
        make.submitted(4, date=date(2022, month, 9))
    monkeypatch.setattr(ledger_lists, "listing", lambda user: replace(whole(user), per_page=2))
    client.force_login(cast.dieuphoi)
    with CaptureQueriesContext(connection) as asked:
        deep = pages_of(client, query)
    if "sort=-amount" not in query:
        offsets = [int(n) for each in asked for n in re.findall(r"OFFSET (\d+)", each["sql"])]
        assert max(offsets) < 12  # rows of one month, or before the deep pages begin
    monkeypatch.setattr(deep_pages, "DEEP", 10_000)
    assert pages_of(client, query) == deep


def test_a_long_list_offers_the_orders_that_an_index_has(cast, client, monkeypatch):
    client.force_login(cast.dieuphoi)
    few = client.get("/disbursements/?sort=status").context["list"]
    monkeypatch.setattr(view, "LONG", ROWS)
    many = client.get("/disbursements/?sort=status").context["list"]
    usual = client.get("/disbursements/").context["list"]
    linked = {each["column"].name for each in many["head"] if each["href"]}
    assert {each["column"].name for each in few["head"] if each["href"]} > linked
    assert linked == {"date", "voucher", "amount"}
    assert {option["value"].strip("-") for option in many["sort_options"]} == linked
    assert many["sort"] == "-date"
    assert [line["row"].pk for line in many["lines"]] == [each["row"].pk for each in usual["lines"]]
    said = client.get("/disbursements/?sort=-status").content.decode()
    assert "không sắp xếp theo “Trạng thái” được" in said  # in its usual order, not without a word
    assert (few["unsorted"], usual["unsorted"]) == ("", "")


def test_page_and_api_show_it(cast, client):
    client.force_login(cast.quanly)
    everywhere = make.api(cast.quanly).get("/api/v1/disbursements/?page_size=500").json()
    ids = [row["id"] for row in everywhere["results"]]
    last = make.api(cast.quanly).get("/api/v1/disbursements/?page_size=2&page=4").json()
    assert [row["id"] for row in last["results"]] == ids[6:8]
    assert make.api(cast.quanly).get("/api/v1/disbursements/?page_size=2&page=6").status_code == 404
