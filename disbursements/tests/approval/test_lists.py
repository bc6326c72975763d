"""A month with more waiting rows than a page takes: nothing of it is left out without a word."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.delegation import delegate
from accounts.roles import Role
from core.services.errors import Conflict
from core.values.dates import today
from disbursements.approval import services as approval
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from tests import factories as make


@pytest.fixture(autouse=True)
def _two_on_a_page(monkeypatch):
    monkeypatch.setattr(approval, "MAX_ROWS", 2)


def waiting(*amounts, **values):
    """Rows that wait, one for each day from 1 September on."""
    return [
        make.submitted(amount, date=date(2022, 9, day), **values)
        for day, amount in enumerate(amounts, start=1)
    ]


def opened(client, person, row):
    client.force_login(person)
    return client.get(reverse("approval-list", args=[row.period_id]))


def shown(page):
    return [line["row"].amount for line in page.context["lines"]]


def test_the_page_counts_and_adds_up_all_rows_and_says_that_it_shows_the_first(cast, client):
    first, *_others = waiting(1_000, 2_000, 4_000)
    page = opened(client, cast.quanly, first)
    assert shown(page) == [1_000, 2_000]
    assert (page.context["count"], page.context["total"]) == (3, "7.000")
    assert page.context["words"].lower().startswith("bảy nghìn")
    assert "2" in page.context["cut"]
    assert "3" in page.context["cut"]
    assert page.context["cut"] in page.content.decode()


def test_a_list_that_fits_says_nothing_of_the_kind(cast, client):
    first, *_others = waiting(1_000, 2_000)
    assert opened(client, cast.quanly, first).context["cut"] == ""


def test_the_others_come_when_the_first_are_posted(cast, client):
    rows = waiting(1_000, 2_000, 4_000)
    page = opened(client, cast.quanly, rows[0])
    ticked = [f"{line['row'].pk}:{line['row'].version}" for line in page.context["lines"]]
    client.post(reverse("approval-list", args=[rows[0].period_id]), {"row": ticked})
    assert shown(opened(client, cast.quanly, rows[0])) == [4_000]


def lent(giver, receiver):
    until = today() + timedelta(days=1)
    delegate(actor=giver, receiver=receiver, start=today(), end=until, reason="Đi công tác")


def test_rows_of_ones_own_do_not_keep_those_off_the_page_that_one_may_post(cast, client):
    lent(cast.quanly, cast.dieuphoi)
    first, *_others = waiting(1_000, 2_000, 3_000, by=cast.dieuphoi)
    make.submitted(9_000, date=date(2022, 9, 20))
    page = opened(client, cast.dieuphoi, first)
    assert shown(page) == [1_000, 9_000]
    assert [line["may"] for line in page.context["lines"]] == [False, True]


def test_rows_of_the_giver_do_not_keep_those_off_the_page_that_the_receiver_may_post(cast, client):
    giver = make.user("giao", Role.MANAGER, communes=[make.BAN_LANG])
    lent(giver, cast.dieuphoi)
    first, *_others = waiting(1_000, 2_000)
    waiting(3_000, commune=make.NAM_XE)
    Disbursement.objects.update(submitted_by=giver)  # in an office held before
    make.submitted(9_000, date=date(2022, 9, 20))
    page = opened(client, cast.dieuphoi, first)
    assert shown(page) == [1_000, 9_000]
    assert [line["may"] for line in page.context["lines"]] == [False, True]


def test_rows_elsewhere_do_not_keep_those_off_the_page_that_the_receiver_may_post(cast, client):
    lent(make.user("giao", Role.MANAGER, communes=[make.BAN_LANG]), cast.dieuphoi)
    first, *_others = waiting(1_000, 2_000, 3_000, commune=make.NAM_XE)
    make.submitted(9_000, date=date(2022, 9, 20))
    assert shown(opened(client, cast.dieuphoi, first)) == [1_000, 9_000]


def test_the_file_has_every_row(cast, client):
    first, *_others = waiting(1_000, 2_000, 4_000)
    assert [amount for amount, _why in file_of(client, cast.quanly, first)] == [
        *("1000", "2000", "4000"),
    ]


def file_of(client, person, row):
    """(amount, remarks) of the rows of the month's file."""
    client.force_login(person)
    answer = client.get(reverse("approval-list", args=[row.period_id]), {"format": "csv"})
    head, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    amount, remarks = head.index("Số tiền (đồng)"), head.index("Lưu ý")
    return [(each[amount], each[remarks]) for each in rows]


def test_a_file_read_in_stretches_sees_what_is_there_twice(cast, client, monkeypatch):
    monkeypatch.setattr("core.lists.files.CHUNK", 1)
    first, _second = make.submitted(5_000), make.submitted(5_000)
    remarks = [bool(why) for _amount, why in file_of(client, cast.quanly, first)]
    assert remarks == [False, True]


def test_a_row_whose_twin_is_not_on_the_page_is_remarked_on(cast, client):
    lent(cast.quanly, cast.dieuphoi)
    own = make.submitted(5_000, by=cast.dieuphoi)
    make.submitted(5_000)
    make.submitted(7_000)
    page = opened(client, cast.dieuphoi, own)
    assert [(line["row"].amount, bool(line["remarks"])) for line in page.context["lines"]] == [
        (5_000, True),
        (7_000, False),
    ]


def test_a_row_whose_twin_was_posted_from_an_earlier_page_is_remarked_on(cast, client):
    first = make.submitted(5_000)
    waiting(1_000)
    make.submitted(5_000)
    ledger.post(actor=cast.quanly, disbursement=first)
    page = opened(client, cast.quanly, first)
    assert {line["row"].amount: line["ticked"] for line in page.context["lines"]} == {
        1_000: True,
        5_000: False,
    }


def test_a_row_of_another_month_is_not_posted_from_this_months_list(cast):
    here, there = make.submitted(5), make.submitted(7, date=date(2022, 10, 1))
    chosen = {row.pk: row.version for row in (here, there)}
    with pytest.raises(Conflict) as refusal:
        approval.approve(actor=cast.quanly, period=here.period, chosen=chosen)
    assert refusal.value.code == "stale"
    assert not Disbursement.objects.posted().exists()


@pytest.mark.parametrize(
    ("usual", "amount", "remarked"),
    [
        ([10, 10, 10, 10, 10], 50, True),
        ([10, 10, 10, 10, 10], 49, False),
        ([10, 10, 10, 10], 50, False),
        ([1, 10, 10, 10, 100], 50, True),
    ],
)
def test_five_times_the_usual_is_worth_a_second_look(cast, usual, amount, remarked):
    for day, each in enumerate(usual, start=1):
        make.posted(each, date=date(2022, 8, day))
    row = make.submitted(amount)
    assert bool(approval.remarks(cast.quanly, row.period)) is remarked


@pytest.mark.parametrize(
    "other",
    [{"amount": 6}, {"date": date(2022, 9, 16)}, {"commune": make.NAM_XE}, {"activity": "YEE-01"}],
)
def test_what_differs_in_anything_is_not_there_twice(cast, other):
    row = make.submitted(5)
    make.submitted(**{"amount": 5, **other})
    assert approval.remarks(cast.quanly, row.period) == {}


def test_a_row_that_was_reversed_has_no_twin(cast):
    posted = make.posted(5)
    row = make.submitted(5)
    assert set(approval.remarks(cast.quanly, row.period)) == {row.pk}
    ledger.reverse(actor=cast.quanly, disbursement=posted, reason="nhập hai lần")
    assert approval.remarks(cast.quanly, row.period) == {}
