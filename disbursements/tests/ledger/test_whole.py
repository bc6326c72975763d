"""What the list says of all its rows is what adding them up says, from whichever source."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.api import cursors
from disbursements.ledger import lists, services
from disbursements.models import LedgerTotal
from tests import factories as make

pytestmark = pytest.mark.django_db
ASKED = [
    *("", "fiscal_year=2023", "program=GBV&commune=03577", "month=2022-09", "status=submitted"),
    *("status=posted&quarter=1", "status=draft&status=posted", "activity=ECCD-01", "fund=NGUON"),
    *("reversal=false", "reversal=true", "amount_max=0", "number=0", "twice=false"),
    *("search=doan", "amount_min=6", "date_to=2022-09-15", "cols=date,reversed,amount"),
]


@pytest.fixture
def ledger(cast):
    make.posted(5)
    make.posted(7, activity="ECCD-01", commune=make.NAM_XE, fund="NGUON")
    make.submitted(11)
    make.draft(13, activity="ECCD-01")
    services.reverse(actor=cast.quanly, disbursement=make.posted(17), reason="nhầm")
    return cast


@pytest.mark.parametrize("who", ["dieuphoi", "dieuphoi_gbv"])
def test_the_sums_of_the_list_are_those_of_its_rows(ledger, client, monkeypatch, who):
    client.force_login(getattr(ledger, who))

    def said(query):
        shown = client.get(f"/disbursements/?{query}").context["list"]
        return shown["count"], shown["sums"], shown["figures"], shown["ticks"]

    known = {query: said(query) for query in ASKED}
    monkeypatch.setattr(lists, "whole", lambda *_: None)
    assert known == {query: said(query) for query in ASKED}
    assert known[""][0] == ("6" if who == "dieuphoi" else "4")


@pytest.mark.parametrize("who", ["dieuphoi", "dieuphoi_gbv"])
def test_a_long_list_of_the_api_is_as_long_as_its_rows_are(ledger, client, monkeypatch, who):
    client.force_login(getattr(ledger, who))

    def counts():
        asked = [*(query for query in ASKED if "cols" not in query), "updated_since=2100-01-01"]
        return {q: client.get(f"/api/v1/disbursements/?{q}").json()["count"] for q in asked}

    counted = counts()
    monkeypatch.setattr(cursors, "LONG", 1)
    assert counts() == counted


def test_no_page_adds_the_ledger_up_unless_its_totals_are_in_doubt(ledger, client):
    client.force_login(ledger.dieuphoi)

    def sums_of_all_rows():
        with CaptureQueriesContext(connection) as seen:
            client.get("/disbursements/?fiscal_year=2023")
        of_rows = [q["sql"] for q in seen if "SUM(" in q["sql"] and "ledgertotal" not in q["sql"]]
        return [sql for sql in of_rows if "NOT (" not in sql]

    assert sums_of_all_rows() == []
    LedgerTotal.objects.update(amount=1)
    assert sums_of_all_rows()
