"""A page far down a list holds the rows that stand there, and asks for no more than those."""

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from core.services import deep_pages
from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.django_db
ROWS = 9


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


def test_page_and_api_show_it(cast, client):
    client.force_login(cast.quanly)
    everywhere = make.api(cast.quanly).get("/api/v1/disbursements/?page_size=500").json()
    ids = [row["id"] for row in everywhere["results"]]
    last = make.api(cast.quanly).get("/api/v1/disbursements/?page_size=2&page=4").json()
    assert [row["id"] for row in last["results"]] == ids[6:8]
    assert make.api(cast.quanly).get("/api/v1/disbursements/?page_size=2&page=6").status_code == 404
