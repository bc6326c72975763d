"""A voucher is saved at the first post, unless something in it deserves a second look."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disbursements.models import Disbursement, Status
from tests import factories as make

pytestmark = pytest.mark.any_database

NEW = "/disbursements/new/"
WORDS = "mười hai triệu năm trăm nghìn đồng"


def typed(**changes):
    """What a browser without scripts sends: nobody has seen the amount in words."""
    return {
        "date": "2022-09-15",
        "activity": make.activity().code,
        "commune": str(make.commune().pk),
        "amount": "12.500.000",
        "payee": "Hội Phụ nữ xã",
        "voucher_no": "PC-01",
        "note": "Theo tờ trình 12",
        **changes,
    }


def shown(page):
    """What the form on a page would send."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


def form_key(client):
    return re.search(r'name="form_key" value="([^"]+)"', client.get(NEW).content.decode())[1]


@pytest.fixture
def usual(cast, client):
    """Five posted rows of 100 đồng, and who enters the next."""
    for day in range(1, 6):
        make.posted(100, date=date(2022, 9, day))
    client.force_login(cast.dieuphoi_gbv)


def entered():
    return Disbursement.objects.exclude(amount=100)


@pytest.mark.parametrize("amount", ["12500000", "12.500.000", " 12.500.000 "])
def test_plain_figures_are_saved_at_the_first_post(cast, client, amount):
    client.force_login(cast.dieuphoi_gbv)
    answer = client.post(NEW, typed(amount=amount), follow=True)
    assert Disbursement.objects.get().amount == 12_500_000
    assert WORDS in answer.content.decode()


@pytest.mark.parametrize("amount", ["12,5 triệu", "12,500,000", "12.500 nghìn"])
def test_what_the_portal_had_to_read_is_asked_back_in_words(cast, client, amount):
    client.force_login(cast.dieuphoi_gbv)
    asked = client.post(NEW, typed(amount=amount))
    assert (asked.status_code, WORDS in asked.content.decode().lower()) == (200, True)
    assert not Disbursement.objects.exists()
    client.post(NEW, shown(asked))
    row = Disbursement.objects.get()
    assert (row.amount, row.payee, row.note) == (12_500_000, "Hội Phụ nữ xã", "Theo tờ trình 12")


def test_an_amount_far_above_the_usual_is_asked_about_once(usual, client):
    asked = client.post(NEW, typed(amount="900", confirmed="900"))
    assert asked.context["remarks"] == ["gấp 9 lần mức thường của hoạt động này (100 đồng)"]
    assert not entered().exists()
    assert client.post(NEW, shown(asked)).status_code == 302
    assert entered().get().amount == 900


def test_the_same_twice_is_asked_about_once(usual, client):
    client.post(NEW, typed(amount="120"))
    asked = client.post(NEW, typed(amount="120", voucher_no="PC-02"))
    assert asked.context["remarks"] == ["trùng hoạt động, xã, ngày và số tiền với khoản khác"]
    assert client.post(NEW, shown(asked)).status_code == 302
    assert entered().count() == 2


def test_another_amount_than_was_looked_at_is_asked_about_anew(usual, client):
    asked = client.post(NEW, typed(amount="900"))
    again = client.post(NEW, {**shown(asked), "amount": "1200", "confirmed": "1200"})
    assert again.context["remarks"] == ["gấp 12 lần mức thường của hoạt động này (100 đồng)"]
    assert client.post(NEW, {**shown(again), "amount": "120"}).status_code == 302
    assert entered().get().amount == 120


def test_a_row_that_was_looked_at_is_not_asked_about_again(usual, client):
    client.post(NEW, shown(client.post(NEW, typed(amount="900"))))
    row = entered().get()
    address = reverse("disbursement-edit", args=[row.pk])
    changed = {**shown(client.get(address)), "note": "đã đối chiếu"}
    changed |= {"activity": "GBV-01", "amount": "900", "date": "2022-09-15", "voucher_date": ""}
    changed |= {"commune": str(row.commune_id), "fund": ""}
    assert client.post(address, changed).status_code == 302
    row.refresh_from_db()
    assert row.note == "đã đối chiếu"


def test_what_would_be_refused_is_said_before_anything_is_asked(usual, client):
    answer = client.post(NEW, typed(amount="1,5 triệu", date="2999-01-01"))
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"date"})
    assert "remarks" not in answer.context


@pytest.mark.parametrize("button", ["save", "submit"])
@pytest.mark.parametrize("amount", ["120", "900"])
def test_saving_asks_the_database_at_most_35_times(
    usual, client, django_assert_max_num_queries, button, amount
):
    sent = typed(amount=amount, form_key=form_key(client), **{button: ""})
    if amount == "900":
        sent |= shown(client.post(NEW, sent))
    with django_assert_max_num_queries(35):
        client.post(NEW, sent)
    assert entered().get().status == (Status.SUBMITTED if button == "submit" else Status.DRAFT)


def test_what_is_asked_about_is_never_written(usual, client):
    sent = typed(form_key=form_key(client))
    with CaptureQueriesContext(connection) as asked:
        assert client.post(NEW, sent).status_code == 200
    ledger = [each["sql"] for each in asked if "disbursements_" in each["sql"]]
    assert [sql for sql in ledger if not re.match("SELECT|DECLARE .* CURSOR", sql)] == []
