"""A whole list is posted in a handful of statements, with the same rows, trail and refusals as row
by row."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.delegation import delegate
from accounts.roles import Role
from core.services.errors import Conflict
from core.values.dates import today
from disbursements.approval import services as approval
from disbursements.ledger import bulk
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, Status
from tests import factories as make

MOMENTS = ("posted_at", "history_date", "history_id")


def waiting(count: int, **values) -> list[Disbursement]:
    return [make.submitted(n + 1, voucher_no=f"PC {n}", **values) for n in range(count)]


def seen(rows: list[Disbursement]) -> dict[int, int]:
    return {row.pk: row.version for row in rows}


def written(rows: list[Disbursement]) -> list[dict]:
    """Some rows and their trail, column by column, but for the moments."""
    keys = [row.pk for row in rows]
    there = [*Disbursement.objects.filter(pk__in=keys).order_by("pk").values()]
    trail = Disbursement.history.filter(id__in=keys).order_by("id", "history_id")
    return [
        {name: row[name] for name in row if name not in MOMENTS}
        for row in [*there, *trail.values()]
    ]


def posted_one_by_one(actor, rows):
    """What row by row comes to; taken back."""
    with transaction.atomic():
        for row in sorted(rows, key=lambda row: (row.date, row.pk)):
            ledger.post(actor=actor, disbursement=Disbursement.objects.get(pk=row.pk))
        found = written(rows)
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_a_list_posted_at_once_is_the_one_posted_row_by_row(cast):
    rows = waiting(3) + waiting(2, date=date(2022, 9, 2), activity="YEE-01")
    changed = make.draft(7)
    changed = ledger.update(
        actor=make.user("sua"), disbursement=changed, version=changed.version, amount=8
    )
    rows.append(ledger.submit(actor=changed.created_by, disbursement=changed))
    expected = posted_one_by_one(cast.quanly, rows)
    posted = approval.approve(actor=cast.quanly, period=rows[0].period, chosen=seen(rows))
    assert written(rows) == expected
    assert [row.number for row in posted] == [1, 2, 3, 4, 5, 6]
    assert [row.date.day for row in posted] == [2, 2, 15, 15, 15, 15]
    assert {row.status for row in posted} == {Status.POSTED}


@pytest.mark.django_db
def test_who_posts_for_somebody_away_leaves_that_name_on_each_row(cast):
    other = make.user("giao", Role.MANAGER)
    why = {"start": today(), "end": today(), "reason": "đi công tác"}
    delegate(actor=other, receiver=cast.dieuphoi, **why)
    rows = waiting(2) + waiting(2, activity="YEE-01")
    expected = posted_one_by_one(cast.dieuphoi, rows)
    approval.approve(actor=cast.dieuphoi, period=rows[0].period, chosen=seen(rows))
    assert written(rows) == expected
    assert "giao" in rows[0].history.latest().history_change_reason


@pytest.mark.django_db
def test_posting_many_asks_no_more_than_posting_few(cast):
    def queries(count: int) -> int:
        rows = waiting(count, payee=f"Đoàn {count}")
        with CaptureQueriesContext(connection) as asked:
            approval.approve(actor=cast.quanly, period=rows[0].period, chosen=seen(rows))
        return len(asked)

    queries(1)  # fixes the go-live day
    assert queries(2) == queries(30) <= 25


@pytest.mark.django_db
def test_the_row_that_cannot_be_posted_is_named_and_none_is_posted(cast):
    rows = waiting(4)
    stale = seen(rows) | {rows[2].pk: rows[2].version + 1}
    with pytest.raises(Conflict) as refused:
        approval.approve(actor=cast.quanly, period=rows[0].period, chosen=stale)
    assert refused.value.code == "stale"
    assert str(refused.value.message).startswith("PC 2 ")
    ledger.return_(actor=cast.quanly, disbursement=rows[1], reason="sai")
    with pytest.raises(Conflict) as refused:
        approval.approve(actor=cast.quanly, period=rows[0].period, chosen=seen(rows))
    assert str(refused.value.message).startswith("PC 1 ")
    assert not Disbursement.objects.posted().exists()


@pytest.mark.django_db
def test_a_row_one_had_a_hand_in_or_has_no_say_over_is_not_posted_with_the_others(cast):
    rows = waiting(2)
    own = make.submitted(9, by=cast.dieuphoi)
    for person in (own.created_by, make.user("canbo", Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            approval.approve(actor=person, period=own.period, chosen=seen([*rows, own]))
    assert not Disbursement.objects.posted().exists()


@pytest.mark.django_db
def test_the_update_itself_passes_over_a_row_one_has_had_a_hand_in_since(cast, monkeypatch):
    rows = waiting(2)
    monkeypatch.setattr(ledger, "check_four_eyes", lambda actor, row: None)
    rows[0].makers.add(cast.quanly)
    assert bulk.post_many(actor=cast.quanly, rows=rows, versions=seen(rows)) is False
    assert not Disbursement.objects.posted().exists()


@pytest.mark.django_db
def test_a_closed_month_posts_none(cast):
    rows = waiting(3)
    make.close(rows[0].period)
    with pytest.raises(Conflict) as refused:
        approval.approve(actor=cast.quanly, period=rows[0].period, chosen=seen(rows))
    assert refused.value.code == "period_closed"
    assert not Disbursement.objects.posted().exists()


@pytest.mark.django_db
def test_rows_of_several_months_are_posted_at_once_and_answered_by_few_queries(cast):
    """By the API; numbers follow the days, over all months."""
    client = make.api(cast.quanly)

    def post(count: int) -> tuple[int, list[int]]:
        days = [date(2022, 7 + n % 5, 12 - n % 3) for n in range(count)]
        rows = [make.submitted(n + 1, date=day) for n, day in enumerate(days)]
        with CaptureQueriesContext(connection) as asked:
            body = {"ids": [row.pk for row in rows]}
            answer = client.post("/api/v1/disbursements/post/", body, format="json")
        assert answer.status_code == 200, answer.content
        given = sorted((row["number"], row["date"]) for row in answer.json()["rows"])
        assert [day for _, day in given] == sorted(day for _, day in given)
        return len(asked), [number for number, _ in given]

    post(5)  # fixes the go-live day
    few, numbers = post(10)
    assert numbers == [*range(6, 16)]
    many, numbers = post(25)
    assert numbers == [*range(16, 41)]
    assert few == many <= 27  # with the transaction's begin and end


@pytest.mark.django_db
def test_one_is_posted_in_seven_statements_and_says_what_was_written(cast):
    make.posted(1)  # fixes the go-live day
    row = Disbursement.objects.select_related("fiscal_year").get(pk=make.submitted(2).pk)
    with CaptureQueriesContext(connection) as asked:
        posted = ledger.post(actor=cast.quanly, disbursement=row)
    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) <= 7, asked.captured_queries
    there = Disbursement.objects.get(pk=row.pk)
    names = [field.attname for field in Disbursement._meta.concrete_fields]
    assert [getattr(posted, name) for name in names] == [getattr(there, name) for name in names]
    assert type(posted.status) is str
    assert posted.posted_by == cast.quanly
