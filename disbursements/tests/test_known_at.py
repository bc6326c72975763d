"""What was known at a moment: to the row, as the trail tells it, from a few rows of an index."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from disbursements import against_plan as against_plan_module
from disbursements.against_plan import CUTS, against_plan
from disbursements.drafts import services as drafts
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from programs.summary_query import SummaryQuery
from tests import factories as make
from tests.plans import asked, planned

pytestmark = pytest.mark.django_db


def everybody():
    person = User(username="everybody")
    person._grants = [(None, None)]
    return person


@pytest.fixture
def two_years(cast):
    """Rows that went every way there is; the last three say something else now than when they
    waited, or nothing any more."""
    by = cast.dieuphoi
    rows = [make.submitted(2**n, by=by, date=date(2022, 8, 1 + n)) for n in range(7)]
    ledger.post(actor=cast.quanly, disbursement=rows[0])
    ledger.post(actor=cast.quanly, disbursement=rows[1])
    ledger.reverse(
        actor=cast.quanly, disbursement=rows[1], reason="hoàn", amount=1, date=date(2022, 9, 1)
    )
    ledger.return_(actor=cast.quanly, disbursement=rows[2], reason="sai")
    ledger.submit(actor=by, disbursement=rows[2])
    ledger.return_(actor=cast.quanly, disbursement=rows[3], reason="sai")
    for row, day, place in (
        (rows[4], date(2023, 8, 1), make.BAN_LANG),
        (rows[5], date(2022, 8, 9), make.NAM_XE),
    ):
        ledger.withdraw(actor=by, disbursement=row)
        row = ledger.update(
            actor=by,
            disbursement=row,
            version=row.version,
            date=day,
            amount=row.amount + 1000,
            commune=make.commune(place),
        )
        row = ledger.submit(actor=by, disbursement=row)
        ledger.post(actor=cast.quanly, disbursement=row)
    ledger.return_(actor=cast.quanly, disbursement=rows[6], reason="sai")
    drafts.disbursements(actor=by, rows=[rows[6]], why="hai lần")
    make.draft(7000)
    return make.year("2023"), make.year("2024")


def as_the_trail_says(year, moment):
    """`{(day of the month's first, commune): [posted, waiting]}` in plain Python."""
    newest, found = {}, {}
    for line in Disbursement.history.filter(history_date__lte=moment).order_by("history_id"):
        newest[line.id] = line
    for line in newest.values():
        is_there = line.history_type != "-" and line.status in ("posted", "submitted")
        if is_there and line.fiscal_year_id == year.pk:
            key = line.date.replace(day=1), line.commune_id
            found.setdefault(key, [0, 0])[line.status == "submitted"] += line.amount
    return found


def answered(year, moment):
    query = SummaryQuery.of_year(year, by=("month", "commune"), known_at=moment)
    rows = against_plan(query, everybody()).rows
    return {(row.key["month"], row.key["commune"]): [row.disbursed, row.pending] for row in rows}


@pytest.mark.parametrize("recent", [timedelta(days=31), timedelta(days=-1)])
@pytest.mark.parametrize("is_over", [True, False])
def test_every_moment_is_answered_as_its_trail_says(two_years, recent, is_over, monkeypatch):
    """By the totals less what came since, or by all that was posted until then."""
    monkeypatch.setattr(against_plan_module, "RECENT", recent)
    moments = sorted(set(Disbursement.history.values_list("history_date", flat=True)))
    assert len(moments) > 25
    for year in two_years:
        year.end = year.end if is_over else date(2999, 12, 31)
        for moment in [moments[0] - timedelta(days=1), *moments]:
            assert answered(year, moment) == as_the_trail_says(year, moment), moment


def test_it_is_read_from_indexes_of_the_year_and_the_moment(two_years, cast):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL decides by the size of the table")
    year = two_years[0]
    for ago in (1, 2000):
        moment = timezone.now() - timedelta(days=ago)
        query = SummaryQuery.of_year(year, by=tuple(CUTS), known_at=moment)
        with asked() as seen:
            against_plan(query, cast.bdh)
        plans = [
            line.partition("USING ")[2].partition("_id=? AND ")[0]
            for sql, params in seen
            if "posted_at" in sql
            for line in planned(sql, params).splitlines()
            if "disbursements_" in line
        ]
        assert plans == [
            "COVERING INDEX disbursement_posted_at (fiscal_year",  # by then, or since
            "INDEX disbursement_waiting (fiscal_year_id=?)",
            "COVERING INDEX disbursement_posted_at (fiscal_year",
            "INDEX disbursement_went_back (fiscal_year",
        ], plans
