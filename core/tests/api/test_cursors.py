"""`next` of a list goes on behind the row where its page ended, in every order that it offers."""

from datetime import date, timedelta

import pytest
from django.db import connection

from disbursements.models import Disbursement
from plan_portal.api import router
from tests import factories as make
from tests.factories import api
from tests.one_of_each import one_of_each

pytestmark = pytest.mark.django_db
LEDGER = "/api/v1/disbursements/"
PROBLEM = {"HTTP_ACCEPT": "application/problem+json"}


def followed(client, address, meanwhile=lambda: None):
    """The ids of all pages, something being done after each."""
    ids, pages = [], 0
    while address:
        page = client.get(address)
        assert page.status_code == 200, (address, page.content)
        ids += [row["id"] for row in page.json()["results"]]
        address, pages = page.json()["next"], pages + 1
        meanwhile()
    return ids, pages


@pytest.fixture
def rows(cast):
    """Twelve rows, some alike in all but their numbers."""
    return [make.draft(1 + n // 3, date=date(2022, 9, 1 + n // 4)) for n in range(12)]


@pytest.mark.parametrize("order", ["", "date", "-date", "-amount", "amount,-date", "-number"])
def test_a_row_entered_between_two_pages_is_neither_lost_nor_doubled(cast, rows, order):
    client = api(cast.dieuphoi)
    ordering = f"&ordering={order}" if order else ""
    days = iter(range(30))
    before = {row.pk for row in rows}

    def enter():
        make.draft(2, date=date(2022, 8, 30) + timedelta(days=next(days)))

    ids, pages = followed(client, f"{LEDGER}?page_size=5{ordering}", enter)
    assert pages >= 3
    assert len(ids) == len(set(ids))
    assert before <= set(ids)


def test_pages_by_number_end_where_they_get_dear_and_lead_on_to_after(cast, rows, monkeypatch):
    monkeypatch.setattr("core.api.cursors.DEEPEST", 5)
    client = api(cast.dieuphoi)
    ids, pages = followed(client, f"{LEDGER}?page_size=5&page=1")
    assert (sorted(ids), pages) == (sorted(row.pk for row in rows), 3)
    refused = client.get(f"{LEDGER}?page_size=5&page=2", **PROBLEM)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "too_deep")
    assert client.get(f"{LEDGER}?page_size=5&page=99").status_code == 404
    assert client.get(f"{LEDGER}?page_size=5&page={'9' * 5000}").status_code == 404


def test_control_by_numbers_of_pages_a_row_comes_twice(cast, rows):
    client = api(cast.dieuphoi)
    first = client.get(f"{LEDGER}?page_size=5&page=1").json()
    make.draft(2, date=date(2022, 9, 30))
    second = client.get(first["next"]).json()
    assert {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}


def test_every_list_is_followed_in_every_order(cast):
    """As by numbers of pages: also by what has no value, and by what is summed."""
    one_of_each(cast)
    make.draft(5)
    make.posted(7, activity="YEE-01")
    wrong = []
    for name, view, _base in router.registry:
        who = cast.quanly if cast.who_reads(name) == cast.khach else cast.who_reads(name)
        client = api(who)
        orders = ["", *(s + each for each in view.ordering_fields for s in ("", "-"))]
        for order in orders:
            query = f"?ordering={order}&" if order else "?"
            at = f"/api/v1/{name}/{query}page_size="
            expected = [row["id"] for row in client.get(f"{at}500").json()["results"]]
            size = max(1, len(expected) // 3)
            if followed(client, f"{at}{size}")[0] != expected:
                wrong.append(f"{name} {order}")
    assert wrong == []


@pytest.mark.parametrize("text", ["2", "x:y", "é", "WzFd:1uX:abc"])
def test_what_is_no_cursor_is_400(cast, text):
    answer = api(cast.khach).get(LEDGER, {"after": text}, **PROBLEM)
    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("after", "bad_cursor")]


def test_a_cursor_of_another_order_is_400(cast, rows):
    client = api(cast.khach)
    after = client.get(f"{LEDGER}?page_size=5").json()["next"]
    assert client.get(f"{after}&ordering=amount").status_code == 400
    assert client.get(f"{after}&page=2").status_code == 400
    assert client.get(f"{after}&format=csv").status_code == 400


def test_deep_rows_of_the_ledger_are_found_in_its_index(cast, rows):
    from core.api.cursors import cursor_of, rows_after, terms_of

    ledger = Disbursement.objects.order_by("-date", "-id")
    terms = terms_of(ledger)
    plan = str(rows_after(ledger, terms, cursor_of(ledger, terms, rows[3]))[:5].explain())
    if connection.vendor == "sqlite":
        assert "disbursement_date" in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("order", [("-date", "-id"), ("activity__code", "-id")])
def test_a_row_that_moves_or_goes_while_its_page_is_answered_loses_no_other(cast, rows, order):
    from core.api.cursors import cursor_of, rows_after, terms_of

    ledger = Disbursement.objects.order_by(*order)
    terms, page = terms_of(ledger), list(ledger[:5])
    others = {row.pk for row in rows} - {row.pk for row in page}
    last = Disbursement.objects.filter(pk=page[-1].pk)
    last.update(date=date(2022, 8, 1), activity=make.activity("YEE-01"))
    moved = rows_after(ledger, terms, cursor_of(ledger, terms, page[-1]))
    assert others <= {row.pk for row in moved}
    last.delete()
    gone = rows_after(ledger, terms, cursor_of(ledger, terms, page[-1]))
    assert others == {row.pk for row in gone}
