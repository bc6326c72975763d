"""A value changed in its row of the list: the same rules; without scripts a link to the form."""

import pytest

from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.any_database

LIST = "/disbursements/"
BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def row(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    return make.draft(5_000, by=cast.dieuphoi_gbv, payee="Trạm Y tế", voucher_no="PC-9")


def address(row, name):
    return f"/disbursements/{row.pk}/edit/?cell={name}"


def put(client, row, name, text, **more):
    sent = {name: text, "version": row.version, **more}
    return client.post(address(row, name), sent, headers=BY_SCRIPT)


def test_cells_of_drafts_and_returned_rows_lead_to_their_form(row, cast, client):
    posted = make.posted(7_000)
    waiting = make.submitted(8_000)
    returned = ledger.return_(actor=cast.quanly, disbursement=waiting, reason="Thiếu hóa đơn")
    page = client.get(LIST).content.decode()
    for each, can in ((row, True), (returned, True), (posted, False)):
        assert (f'href="{address(each, "amount")}"' in page) is can
    client.force_login(cast.khach)
    assert "?cell=" not in client.get(LIST).content.decode()


def test_without_scripts_the_link_leads_to_the_whole_form(row, client):
    page = client.get(address(row, "amount"))
    assert page.templates[0].name == "disbursements/form.html"


def test_the_field_of_one_value_is_shown_as_it_is_now(row, client):
    page = client.get(address(row, "amount"), headers=BY_SCRIPT)
    assert page.templates[0].name == "disbursements/cell.html"
    text = page.content.decode()
    assert 'value="5.000"' in text
    assert 'name="payee"' not in text


@pytest.mark.parametrize(
    ("name", "text", "now"),
    [
        ("amount", "6.000", 6_000),
        ("payee", "Hội Phụ nữ", "Hội Phụ nữ"),
        ("voucher_no", "PC-10", "PC-10"),
        ("note", "Sửa", "Sửa"),
    ],
)
def test_one_value_is_saved_and_the_others_stay(row, client, name, text, now):
    before = Disbursement.objects.filter(pk=row.pk).values().get()
    answer = put(client, row, name, text)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "row-changed")
    after = Disbursement.objects.filter(pk=row.pk).values().get()
    assert after[name] == now
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {name, "version", "sort_key", "search_key", "updated_at", "voucher_key"}


def test_a_wrong_value_is_said_and_kept_in_the_field(row, client):
    page = put(client, row, "amount", "nhiều").content.decode()
    assert 'value="nhiều"' in page
    assert 'id="id_amount_error"' in page
    row.refresh_from_db()
    assert row.amount == 5_000


def test_what_a_rule_says_of_another_field_is_said_too(row, client):
    page = put(client, row, "date", "2025-09-15")
    assert "Bản Lang" in page.content.decode()
    row.refresh_from_db()
    assert str(row.date) == "2022-09-15"


def test_a_row_that_somebody_changed_meanwhile_says_so_and_can_be_saved_then(row, cast, client):
    put(client, row, "note", "của người khác")
    page = put(client, row, "amount", "6.000")
    assert page.status_code == 200
    text = page.content.decode()
    assert "6.000" in text
    assert "vừa được sửa" in text
    row.refresh_from_db()
    assert row.amount == 5_000
    assert f'name="version" value="{row.version}"' in text
    assert put(client, row, "amount", "6.000").status_code == 204


def test_what_deserves_a_second_look_is_asked_in_the_cell(row, client):
    page = put(client, row, "amount", "12,5 triệu")
    assert "mười hai triệu năm trăm nghìn đồng" in page.content.decode().lower()
    row.refresh_from_db()
    assert row.amount == 5_000
    sure = {"confirmed": "12500000"}
    assert put(client, row, "amount", "12,5 triệu", **sure).status_code == 204


def test_who_may_not_change_it_cannot_do_so_from_the_list(row, cast, client):
    client.force_login(cast.khach)
    assert put(client, row, "amount", "1").status_code == 403
