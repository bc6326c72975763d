"""The page of a month: its steps, all drafts submitted at once, one programme alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disbursements.models import Disbursement
from tests import factories as make


@pytest.fixture
def september(cast):
    return make.period()


def address(month, what="", query=""):
    return f"/periods/{month.pk}/{what}{query}"


def test_all_drafts_of_a_month_are_submitted_with_one_button(cast, client, september):
    make.draft(1_000)
    make.draft(2_000, activity="YEE-01")
    client.force_login(cast.dieuphoi)
    seen = client.get(address(september)).context["seen"]
    page = client.post(address(september, "submit/"), {"seen": seen}, follow=True)
    assert page.status_code == 200
    assert {row.status for row in Disbursement.objects.all()} == {"submitted"}


def test_drafts_that_changed_meanwhile_are_looked_at_again(cast, client, september):
    make.draft(1_000)
    client.force_login(cast.dieuphoi)
    seen = client.get(address(september)).context["seen"]
    make.draft(9_000)
    assert client.post(address(september, "submit/"), {"seen": seen}).status_code == 409
    assert {row.status for row in Disbursement.objects.all()} == {"draft"}


def test_in_a_closed_month_nothing_is_submitted_and_it_is_said_why(cast, client, september):
    make.draft(1_000)
    make.close(september)
    client.force_login(cast.dieuphoi)
    page = client.post(address(september, "submit/"))
    assert page.status_code == 409
    assert "09/2022" in str(next(iter(page.context["messages"])))


def test_only_who_enters_submits(cast, client, september):
    make.draft(1_000)
    client.force_login(cast.quanly)
    assert "period-submit" not in client.get(address(september)).content.decode()
    assert client.post(address(september, "submit/")).status_code == 403


def test_a_programme_has_the_month_to_itself(cast, client, september):
    make.draft(1_000)
    make.draft(2_000, activity="YEE-01")
    client.force_login(cast.quanly)
    page = client.get(address(september, query="?program=YEE"))
    assert [row["row"].amount for row in page.context["caught"]] == [2_000]
    client.force_login(cast.dieuphoi_gbv)
    assert client.get(address(september, query="?program=YEE")).status_code == 404


def test_more_rows_are_not_more_queries(cast, client, september):
    make.plan(*(make.line(f"GBV-{n:02}", amounts={1: 5_000}) for n in range(9)))
    client.force_login(cast.dieuphoi)

    def asked():
        client.get(address(september))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(september)).status_code == 200
        return len(queries)

    def add(first, last):
        for n in range(first, last):
            make.draft(9_000 + n, activity=f"GBV-{n:02}")
            make.submitted(8_000 + n, activity=f"GBV-{n:02}", by=cast.dieuphoi_gbv)

    add(0, 2)
    few = asked()
    add(2, 9)
    assert asked() <= few
    assert few < 45
