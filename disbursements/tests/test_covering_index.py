"""A year's sums stay cheap when the ledger has grown: the database adds up, from one index."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Sum

from disbursements.against_plan import CUTS, _money, against_plan, kept_rows
from disbursements.models import Disbursement
from programs.summary_query import SummaryQuery
from programs.years import lists as months
from tests import factories

pytestmark = pytest.mark.django_db


def question(*by: str) -> SummaryQuery:
    return SummaryQuery.of_year(factories.year("2023"), date(2023, 6, 30), by=by)


def test_a_total_without_cuts_comes_as_one_record_not_as_every_row(cast):
    for amount in (1_000_000, 2_000_000, 3_000_000):
        factories.posted(amount)
    factories.submitted(500_000)
    assert sorted(record["amount"] for record in _money(question(), cast.bdh)) == [
        500_000,
        6_000_000,
    ]
    total = against_plan(question(), cast.bdh).total
    assert (total.disbursed, total.pending) == (6_000_000, 500_000)


def test_a_total_of_nothing_is_no_record(cast):
    assert list(_money(question(), cast.bdh)) == []


@pytest.mark.parametrize("cuts", [(), ("program", "commune", "quarter"), tuple(CUTS)])
def test_sqlite_answers_from_the_index_alone(cuts, cast):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL decides by the size of the table")
    plain = [cut for cut in cuts if cut != "month"]
    rows = kept_rows(question(*cuts), Disbursement.objects.posted())
    grouped = rows.values(*plain).annotate(total=Sum("amount")) if plain else rows.values("amount")
    assert "COVERING INDEX disbursement_posted" in grouped.explain()


def test_the_months_page_counts_what_is_not_posted_without_reading_the_ledger(cast):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL decides by the size of the table")
    for person in (cast.quanly, cast.dieuphoi_gbv):
        plan = months.in_scope(person).explain()
        assert plan.count("INDEX disbursement_not_posted (period_id=?") == 2
        assert "SCAN U0" not in plan


def test_the_months_page_counts_in_scope_what_waits_and_what_was_not_sent(cast):
    factories.posted(1)
    factories.submitted(2), factories.draft(3), factories.draft(4, activity="YEE-01")
    factories.submitted(5, date=date(2022, 8, 1))
    counted = {
        person: {
            (month.start.month, month.waiting, month.unsent)
            for month in months.in_scope(person)
            if month.waiting or month.unsent
        }
        for person in (cast.quanly, cast.dieuphoi_gbv)
    }
    assert counted == {
        cast.quanly: {(9, 1, 2), (8, 1, 0)},
        cast.dieuphoi_gbv: {(9, 1, 1), (8, 1, 0)},
    }
