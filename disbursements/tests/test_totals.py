"""Totals beside the ledger: written by the database as it posts, never served when in doubt."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from disbursements import against_plan as against_plan_module
from disbursements import guards
from disbursements.against_plan import CUTS, against_plan
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, LedgerTotal, LedgerYear, TotalsSeal
from disbursements.proof import prove
from disbursements.totals import keeping, reading
from programs.models import FiscalYear
from programs.summary_query import SummaryQuery
from tests import factories as make
from tests.work_off import work_off

pytestmark = pytest.mark.django_db
DAYS = [None, date(2022, 8, 31), date(2022, 9, 14), date(2022, 10, 1), date(2023, 6, 30)]


def everybody():
    person = User(username="everybody")
    person._grants = [(None, None)]
    return person


def answers(query):
    """All figures of a question, in no order."""
    answer = against_plan(query, everybody())
    rows = {tuple(row.key.items()): (row.disbursed, row.pending) for row in answer.rows}
    return answer.total.disbursed, rows


@contextmanager
def from_rows(monkeypatch):
    """Within it every question is answered from the rows of the ledger."""
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "trusted", lambda *_: {})
        patched.setattr(reading.tasks, "add_up_soon", lambda: None)
        yield


def questions(year):
    for by in ((), *((cut,) for cut in CUTS), CUTS):
        for day in DAYS:
            yield SummaryQuery.of_year(year, day, by=by)
        yield SummaryQuery(years=(year,), days=(date(2022, 8, 20), date(2022, 10, 5)), by=by)


def assert_like_the_rows(year, monkeypatch):
    for query in questions(year):
        kept = answers(query)
        with from_rows(monkeypatch):
            assert kept == answers(query), query.to_query()
    assert prove()["totals"] == []


@pytest.fixture
def year(cast):
    """Rows of three months, programmes and communes, one reversed in part in another month."""
    make.plan(make.line("GBV-01", amounts=90), make.line("ECCD-01", amounts=40))
    rows = [make.posted(amount, date=date(2022, 8, 10 + amount)) for amount in (1, 12, 21)]
    rows.append(make.posted(7, date=date(2022, 9, 14)))
    rows.append(make.posted(9, activity="ECCD-01", commune=make.NAM_XE, date=date(2022, 10, 3)))
    ledger.reverse(
        actor=cast.quanly, disbursement=rows[1], reason="hoàn", amount=5, date=date(2022, 10, 4)
    )
    make.submitted(3)
    return make.year()


def test_every_question_is_answered_as_from_the_rows(year, monkeypatch):
    assert_like_the_rows(year, monkeypatch)
    assert answers(SummaryQuery.of_year(year))[0] == 45


def test_what_was_known_at_a_moment_is_answered_as_from_the_rows(year, monkeypatch):
    moments = sorted(set(Disbursement.history.values_list("history_date", flat=True)))
    far = timedelta(days=-1)  # nothing is recent: all is counted from the rows
    assert len(moments) > 15
    for moment in [moments[0] - timedelta(days=1), *moments]:
        for by in ((), ("program",), ("month",), CUTS):
            query = SummaryQuery.of_year(year, by=by, known_at=moment)
            kept = answers(query)
            with from_rows(monkeypatch), monkeypatch.context() as patched:
                patched.setattr(against_plan_module, "RECENT", far)
                assert kept == answers(query), moment
            assert kept[0] + sum(waiting for _, waiting in kept[1].values()) == _plain(moment)


def _plain(moment):
    """Money posted and waiting at a moment, from the trail in plain Python."""
    newest = {}
    for line in Disbursement.history.filter(history_date__lte=moment).order_by(
        "history_date", "history_id"
    ):
        newest[line.id] = line
    there = [line for line in newest.values() if line.history_type != "-"]
    return sum(line.amount for line in there if line.status in ("posted", "submitted"))


def test_only_a_month_that_is_cut_is_read_from_its_rows(year):
    months = reading.kept_months(SummaryQuery.of_year(year, date(2022, 8, 31)))
    assert months.split == []
    assert reading.kept_months(SummaryQuery.of_year(year, date(2022, 9, 14))).split == [
        date(2022, 9, 1)
    ]
    assert reading.kept_months(SummaryQuery.of_year(year, date(2022, 10, 4))).split == []


def test_drafts_and_what_waits_are_in_no_total(year):
    assert LedgerYear.objects.get().rows == 6
    assert sum(LedgerTotal.objects.values_list("rows", flat=True)) == 6


def _a_total(year):
    LedgerTotal.objects.filter(pk=LedgerTotal.objects.first().pk).update(amount=F("amount") + 1)


def _no_totals(year):
    LedgerTotal.objects.all().delete()


def _nothing_at_all(year):
    for model in (LedgerTotal, LedgerYear, TotalsSeal):
        model.objects.all().delete()


def _a_years_sum(year):
    LedgerYear.objects.update(amount=F("amount") + 1)


def _a_row_without_guards(year):
    guards.remove(connection)
    row = Disbursement.objects.posted().order_by("-number").first()
    row.pk, row.number, row.amount, row.reversed_amount = None, row.number + 1, 1000, 0
    row.reverses = None
    row.save_base(raw=True, force_insert=True)
    with connection.cursor() as cursor:
        for statement in guards.statements(connection.vendor):
            cursor.execute(statement)


def _another_amount_without_guards(year):
    guards.remove(connection)
    Disbursement.objects.posted().filter(reverses=None).update(amount=F("amount") + 100)
    with connection.cursor() as cursor:
        for statement in guards.statements(connection.vendor):
            cursor.execute(statement)


DOUBTS = [
    _a_total,
    _no_totals,
    _nothing_at_all,
    _a_years_sum,
    _a_row_without_guards,
    _another_amount_without_guards,
]


@pytest.mark.parametrize("break_it", DOUBTS)
def test_totals_in_doubt_are_never_served_and_added_up_anew(year, monkeypatch, break_it):
    break_it(year)
    query = SummaryQuery.of_year(year, by=CUTS)
    with from_rows(monkeypatch):
        right = answers(query)
    assert year.pk not in keeping.trusted(connection)
    assert answers(query) == right
    work_off()
    assert keeping.trusted(connection)[year.pk].latest == max(
        Disbursement.objects.posted().values_list("date", flat=True)
    )
    assert answers(query) == right
    assert prove()["totals"] == []


def test_they_are_added_up_by_one_task_however_often_somebody_asks(year):
    LedgerTotal.objects.all().delete()
    for _ in range(3):
        answers(SummaryQuery.of_year(year))
    assert DBTaskResult.objects.count() == 1


def test_guards_that_are_there_are_left_alone_with_the_totals(year):
    before = TotalsSeal.objects.get().mark
    guards.install(connection)
    assert TotalsSeal.objects.get().mark == before


def test_guards_that_were_missing_bring_the_totals_up_to_date(year):
    guards.remove(connection)
    LedgerTotal.objects.all().delete()
    guards.install(connection)
    assert keeping.whole(connection)


def test_a_total_that_is_not_its_rows_is_named_by_check_ledger(year):
    _a_total(year)
    (said,) = prove()["totals"]
    assert "its rows come to" in said


def test_a_year_without_rows_has_nothing_and_is_trusted(reference):
    assert keeping.trusted(connection)[FiscalYear.objects.first().pk] == keeping.Year(
        date.min, False, 0
    )
    assert answers(SummaryQuery.of_year(make.year()))[0] == 0
