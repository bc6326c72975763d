"""Several vouchers at once: all, or the right ones; what is wrong stands beside its cell."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.any_database

GRID = "/disbursements/grid/"
COLUMNS = ("date", "voucher_no", "activity", "commune", "amount", "description", "payee")


def row(number, **changes):
    """A right row of the grid, as an office writes it."""
    values = {
        "date": "15/09/2022",
        "voucher_no": f"PC-{number:02}",
        "activity": "GBV-01",
        "commune": "Xã Bản Lang",
        "amount": f"1.{number:03}.000",
        "description": "Tập huấn",
        "payee": "Hội Phụ nữ xã",
        **changes,
    }
    return {f"r{number}-{name}": text for name, text in values.items()}


@pytest.fixture
def coordinator(cast, client):
    make.activity("GBV-01")
    make.activity("GBV-02")
    client.force_login(cast.dieuphoi_gbv)
    return client


def cells(page):
    """(row, column) → what is said beside it."""
    rows = page.context["grid"].rows
    return {
        (form.number, name): " ".join(form.errors[name]) for form in rows for name in form.errors
    }


def shown(page):
    """What the page would send, with the button `save`."""
    values = {}
    for form in page.context["grid"].rows:
        for name in form.fields:
            values[form.add_prefix(name)] = form[name].value() or ""
    return values


def test_right_rows_are_all_saved_as_drafts_at_one_click(coordinator, cast):
    sent = row(0) | row(1, commune="nam xe", amount="2,5 triệu") | row(2, activity="GBV-02")
    sent |= {"r0-confirmed": "", "r1-confirmed": "2500000"}
    answer = coordinator.post(GRID, sent, follow=True)
    rows = Disbursement.objects.order_by("voucher_no")
    assert [(r.amount, r.commune.name, r.activity.code) for r in rows] == [
        (1_000_000, "Bản Lang", "GBV-01"),
        (2_500_000, "Nậm Xe", "GBV-01"),
        (1_002_000, "Bản Lang", "GBV-02"),
    ]
    assert {r.status for r in rows} == {"draft"}
    assert {r.created_by for r in rows} == {cast.dieuphoi_gbv}
    assert "4.502.000" in answer.content.decode()


def test_with_a_wrong_row_none_is_saved_and_each_cell_says_what_is_wrong(coordinator):
    sent = (
        row(0)
        | row(1, date="31/02/2022")
        | row(2, commune="Bản Lan")
        | row(3, amount="nhiều", activity="XYZ-9")
        | row(4, commune="Dào San")
    )
    page = coordinator.post(GRID, sent)
    assert page.status_code == 400
    assert not Disbursement.objects.exists()
    assert set(cells(page)) == {
        (2, "date"),
        (3, "commune"),
        (4, "amount"),
        (4, "activity"),
        (5, "commune"),
    }
    assert "Bản Lang" in cells(page)[3, "commune"]
    assert {name: text for name, text in shown(page).items() if text} == {
        name: text for name, text in sent.items() if text
    }
    assert 'id="id_r1-date_error"' in page.content.decode()


def test_right_rows_are_saved_without_the_wrong_ones_which_stay(coordinator):
    sent = row(0) | row(1, date="31/02/2022") | row(2)
    page = coordinator.post(GRID, {**sent, "right": ""}, follow=True)
    assert [r.voucher_no for r in Disbursement.objects.order_by("voucher_no")] == ["PC-00", "PC-02"]
    assert shown(page)["r0-voucher_no"] == "PC-01"
    assert set(cells(page)) == {(1, "date")}
    again = coordinator.get(GRID)
    assert shown(again)["r0-date"] == "31/02/2022"
    coordinator.post(GRID, {**shown(again), "r0-date": "28/02/2023"})
    assert Disbursement.objects.count() == 3
    assert not any(shown(coordinator.get(GRID)).values())


def test_what_deserves_a_second_look_is_said_before_it_is_saved(coordinator):
    for day in range(1, 6):
        make.posted(100, date=date(2022, 9, day))
    sent = row(0, amount="90") | row(1)
    page = coordinator.post(GRID, sent)
    assert page.status_code == 200
    assert Disbursement.objects.count() == 5
    rows = page.context["grid"].rows
    assert [bool(form.doubts) for form in rows[:2]] == [False, True]
    assert "lần" in " ".join(rows[1].doubts)
    coordinator.post(GRID, shown(page))
    assert Disbursement.objects.count() == 7


def test_doubtful_rows_stay_where_only_the_right_ones_are_saved(coordinator):
    for day in range(1, 6):
        make.posted(100, date=date(2022, 9, day))
    page = coordinator.post(GRID, {**row(0, amount="90"), **row(1), "right": ""}, follow=True)
    assert Disbursement.objects.count() == 6
    assert shown(page)["r0-voucher_no"] == "PC-01"
    assert page.context["grid"].rows[0].doubts


def test_more_than_the_whole_years_plan_wants_a_tick(coordinator):
    make.plan(make.line("GBV-01", make.BAN_LANG, 1_000))
    page = coordinator.post(GRID, row(0))
    assert 'name="r0-confirm_amount"' in page.content.decode()
    page = coordinator.post(GRID, shown(page))
    assert not Disbursement.objects.exists()
    coordinator.post(GRID, {**shown(page), "r0-confirm_amount": "on"})
    assert Disbursement.objects.count() == 1


def test_a_voucher_entered_already_is_said_beside_its_number(coordinator):
    coordinator.post(GRID, row(0))
    page = coordinator.post(GRID, row(0) | row(1))
    assert set(cells(page)) == {(1, "voucher_no")}
    page = coordinator.post(GRID, row(0, amount="5.000") | row(1))
    assert set(cells(page)) == {(1, "voucher_no"), (1, "same_voucher")}
    coordinator.post(GRID, {**shown(page), "r0-same_voucher": "on"})
    assert Disbursement.objects.count() == 3


def test_the_same_row_twice_is_said_by_its_place(coordinator):
    page = coordinator.post(GRID, row(0) | {n.replace("r0", "r2"): t for n, t in row(0).items()})
    assert set(cells(page)) == {(3, "voucher_no")}
    assert re.search("3.*1", cells(page)[3, "voucher_no"])


def test_a_name_means_the_commune_of_the_rows_own_day(coordinator, cast):
    client = coordinator
    client.force_login(cast.dieuphoi)
    page = client.post(GRID, row(0, date="15/09/2025", commune="Bản Lang"))
    assert set(cells(page)) == {(1, "commune")}
    page = client.post(GRID, row(0, date="15/09/2025", commune="Sin Suối Hồ"))
    assert Disbursement.objects.get().commune.valid_from == date(2025, 7, 1)


def test_blank_rows_are_passed_over_and_nothing_typed_saves_nothing(coordinator):
    blank = {f"r{n}-{name}": "" for n in range(10) for name in COLUMNS}
    assert coordinator.post(GRID, blank, follow=True).status_code == 200
    coordinator.post(GRID, blank | row(7))
    assert Disbursement.objects.count() == 1


def test_a_grid_sent_twice_saves_its_rows_once(coordinator):
    key = re.search(
        r'data-grid.*?name="form_key" value="([^"]+)"',
        coordinator.get(GRID).content.decode(),
        re.DOTALL,
    )[1]
    sent = {**row(0), **row(1), "form_key": key}
    first, second = coordinator.post(GRID, sent), coordinator.post(GRID, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Disbursement.objects.count() == 2


def test_many_rows_are_saved_in_as_many_questions_as_few(coordinator):
    asked = []
    for count, day in ((10, "01/09/2022"), (90, "02/09/2022")):
        sent = {}
        for number in range(count):
            sent |= row(number, date=day)
        with CaptureQueriesContext(connection) as queries:
            coordinator.post(GRID, sent)
        asked.append(len(queries))
    assert Disbursement.objects.count() == 100
    assert asked[1] <= asked[0] + 2


def test_only_who_enters_vouchers_sees_the_grid(client, cast):
    client.force_login(cast.khach)
    assert client.get(GRID).status_code == 403
    client.force_login(cast.xa_banlang)
    assert client.get(GRID).status_code == 403
