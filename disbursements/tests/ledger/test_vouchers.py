"""A voucher is its number, however it is written, on a day; its lines are entered once each."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import Role
from disbursements.ledger import services as ledger
from disbursements.ledger import vouchers
from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.django_db
URL = "/api/v1/disbursements/"
NEW = "/disbursements/new/"
SEPTEMBER = date(2022, 9, 15)
SPELLINGS = ["zz01", "ZZ 01", "ZZ-01", "zz–01", "ZZ\u00a001", "Z Z − 0 1", "ZZ‑01", "ZZ\u201401"]


def body(**changes):
    return {
        "date": "2022-09-15",
        "amount": 1_000_000,
        "activity": make.activity("GBV-01").code,
        "commune": make.BAN_LANG,
        "payee": "Hội Phụ nữ xã",
        "voucher_no": "ZZ01",
        **changes,
    }


def typed(**changes):
    values = body(**changes)
    unit = str(make.commune(values["commune"]).pk)
    return {**values, "commune": unit, "amount": str(values["amount"])}


@pytest.fixture
def there(cast):
    """The row that is entered already."""
    return make.draft(1_000_000, voucher_no="ZZ01", payee="Hội Phụ nữ xã")


# The number


@pytest.mark.parametrize("number", SPELLINGS)
def test_case_spaces_and_dashes_make_no_other_number(number):
    assert vouchers.fold_number(number) == "zz01"


@pytest.mark.parametrize("number", ["ZZ1", "ZZ001", "ZZ/01", "ZZ.01", "ZZ01a", "ZZ0l"])
def test_zeros_and_other_signs_do(number):
    assert vouchers.fold_number(number) != "zz01"


@pytest.mark.parametrize("number", ["", " ", "-", "—"])
def test_a_dash_alone_is_no_number(number):
    assert vouchers.fold_number(number) == ""


# The same line of the same voucher


@pytest.mark.parametrize("number", ["ZZ01", *SPELLINGS])
def test_the_same_row_is_refused_in_any_spelling_by_page_and_api(there, cast, client, number):
    answer = make.api(cast.dieuphoi).post(URL, body(voucher_no=number))
    assert (answer.status_code, set(answer.json())) == (400, {"voucher_no"})
    client.force_login(cast.dieuphoi)
    page = client.post(NEW, typed(voucher_no=number))
    assert (page.status_code, set(page.context["form"].errors)) == (400, {"voucher_no"})
    assert Disbursement.objects.get() == there


def test_the_same_row_is_refused_even_as_another_line(there, cast):
    answer = make.api(cast.dieuphoi).post(URL, body(same_voucher=True))
    assert (answer.status_code, set(answer.json())) == (400, {"voucher_no"})


def test_a_payee_that_is_not_named_makes_no_other_line(there, cast):
    assert make.api(cast.dieuphoi).post(URL, body(payee="")).status_code == 400


@pytest.mark.parametrize(
    "other",
    [
        {"activity": "GBV-02"},
        {"commune": make.NAM_XE},
        {"fund": "UK"},
        {"payee": "Đoàn Thanh niên xã"},
        {"payee": "Đoàn Thanh niên xã", "amount": 2_000_000},
    ],
)
def test_lines_of_one_voucher_are_never_asked_about(there, cast, client, other):
    make.activity("GBV-02"), make.fund("UK")
    answer = make.api(cast.dieuphoi).post(URL, body(**other))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["voucher"] == {
        "lines": [there.pk, made["id"]],
        "sum": 1_000_000 + made["amount"],
        "elsewhere": False,
    }
    assert made["warnings"] == []
    Disbursement.objects.get(pk=made["id"]).delete()
    client.force_login(cast.dieuphoi)
    fund = {"fund": str(make.fund(other["fund"]).pk)} if "fund" in other else {}
    assert client.post(NEW, {**typed(**other), **fund}).status_code == 302
    row = Disbursement.objects.latest("pk")
    page = client.get(f"/disbursements/{row.pk}/")
    assert [each["row"] for each in page.context["voucher"]["rows"]] == [there, row]


# Alike, with another amount


def test_another_amount_is_asked_about_once_by_the_api(there, cast):
    client = make.api(cast.dieuphoi)
    asked = client.post(URL, body(voucher_no="zz 01", amount=1_200_000))
    assert (asked.status_code, set(asked.json())) == (400, {"voucher_no", "same_voucher"})
    [said] = asked.json()["voucher_no"]
    assert "1.000.000" in said and "1.200.000" in said
    made = client.post(URL, body(voucher_no="zz 01", amount=1_200_000, same_voucher=True))
    assert made.status_code == 201
    made = made.json()
    assert made["voucher"]["sum"] == 2_200_000
    changed = {"version": 1, "note": "đã đối chiếu"}
    assert client.patch(f"{URL}{made['id']}/", changed).status_code == 200
    again = client.patch(f"{URL}{made['id']}/", {"version": 2, "amount": 1_300_000})
    assert (again.status_code, set(again.json())) == (400, {"voucher_no", "same_voucher"})


def test_another_amount_is_asked_about_once_by_the_page(there, cast, client):
    client.force_login(cast.dieuphoi)
    asked = client.post(NEW, typed(amount=1_200_000))
    form = asked.context["form"]
    assert (asked.status_code, set(form.errors)) == (400, {"voucher_no", "same_voucher"})
    assert 'type="checkbox" name="same_voucher"' in str(form["same_voucher"])
    assert Disbursement.objects.count() == 1
    saved = client.post(NEW, typed(amount=1_200_000, same_voucher="on"))
    assert saved.status_code == 302
    assert Disbursement.objects.count() == 2


def test_the_tick_is_not_there_before_it_is_asked(cast, client):
    client.force_login(cast.dieuphoi)
    assert 'type="checkbox"' not in str(client.get(NEW).context["form"])


def test_a_row_that_was_reversed_wholly_is_no_line(cast):
    row = make.posted(1_000_000, voucher_no="ZZ01", payee="Hội Phụ nữ xã")
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhập sai")
    assert make.api(cast.dieuphoi).post(URL, body(voucher_no="zz-01")).status_code == 201


# Many at once


def bulk(cast, *rows):
    return make.api(cast.dieuphoi).post(f"{URL}bulk/", {"rows": list(rows)})


def test_rows_of_one_request_are_not_asked_about(cast):
    answer = bulk(cast, body(), body(amount=2_000_000), body(payee="Đoàn Thanh niên xã"))
    assert answer.status_code == 201, answer.content
    assert {row["voucher"]["sum"] for row in answer.json()["rows"]} == {4_000_000}


def test_two_equal_rows_of_one_request_are_named(cast):
    answer = bulk(cast, body(amount=0), body(amount=7), body(voucher_no="zz 01", amount=7))
    wrong = {each["row"]: each["errors"] for each in answer.json()["rows"]}
    assert (answer.status_code, set(wrong)) == (400, {1, 3})
    [said] = wrong[3]["voucher_no"]
    assert "3" in said and "2" in said and "nháp" not in said


def test_a_row_of_a_request_is_held_against_the_ledger(there, cast):
    answer = bulk(cast, body(voucher_no="zz01"), body(amount=5), body(amount=6, same_voucher=True))
    wrong = {each["row"]: set(each["errors"]) for each in answer.json()["rows"]}
    assert wrong == {1: {"voucher_no"}, 2: {"voucher_no", "same_voucher"}}
    assert bulk(cast, body(amount=6, same_voucher=True)).status_code == 201


# Another day


@pytest.mark.parametrize(
    ("days", "codes"), [(1, ["voucher_again"]), (60, ["voucher_again"]), (61, [])]
)
def test_a_number_on_another_day_is_remarked_within_60_days(there, cast, days, codes):
    day = SEPTEMBER + timedelta(days)
    made = make.api(cast.dieuphoi).post(URL, body(voucher_no="zz-01", date=day.isoformat()))
    assert made.status_code == 201, made.content
    assert [warning["code"] for warning in made.json()["warnings"]] == codes
    assert made.json()["voucher"]["lines"] == [made.json()["id"]]


def test_a_number_begins_again_with_the_fiscal_year(cast):
    make.draft(5, voucher_no="ZZ01", date=date(2022, 6, 30))
    made = make.api(cast.dieuphoi).post(URL, body(date="2022-07-01")).json()
    assert made["warnings"] == []


def test_the_page_of_a_row_says_that_its_number_was_met_before(there, cast, client):
    row = make.draft(5, voucher_no="ZZ 01", date=date(2022, 9, 16))
    client.force_login(cast.dieuphoi)
    assert "15/09/2022" in client.get(f"/disbursements/{row.pk}/").context["remarks"][0]
    assert client.get(f"/disbursements/{there.pk}/").context["remarks"] == []


# What is outside the reader's scope


def test_lines_outside_the_scope_are_said_to_exist_without_their_content(cast, client):
    make.draft(7_777, activity="YEE-01", commune=make.DAO_SAN, voucher_no="ZZ01")
    reader = make.api(cast.dieuphoi_gbv)
    answer = reader.post(URL, body())
    made = answer.json()
    assert made["voucher"] == {"lines": [made["id"]], "sum": 1_000_000, "elsewhere": True}
    client.force_login(cast.dieuphoi_gbv)
    page = client.get(f"/disbursements/{made['id']}/")
    assert page.context["voucher"]["elsewhere"]
    assert "7.777" not in answer.content.decode() + page.content.decode()


def test_a_number_met_outside_the_scope_is_said_without_its_day(cast):
    make.draft(7_777, activity="YEE-01", commune=make.DAO_SAN, voucher_no="ZZ01")
    answer = make.api(cast.dieuphoi_gbv).post(URL, body(date="2022-09-20"))
    [warning] = answer.json()["warnings"]
    assert warning["code"] == "voucher_again"
    assert "15/09/2022" not in answer.content.decode()


# What was there before numbers were folded


@pytest.fixture
def near_equal(cast):
    """Rows as an older portal took them."""
    first = make.submitted(5, voucher_no="ZZ01")
    second = make.draft(5, voucher_no="anders")
    Disbursement.objects.filter(pk=second.pk).update(voucher_no="zz-01")
    return first, Disbursement.objects.get(pk=second.pk)


def test_near_equal_rows_stay_and_can_be_changed_and_submitted(near_equal, cast):
    _first, second = near_equal
    row = ledger.update(actor=cast.dieuphoi, disbursement=second, version=1, note="đã đối chiếu")
    assert ledger.submit(actor=cast.dieuphoi, disbursement=row).status == "submitted"
    with pytest.raises(ValidationError):
        make.draft(5, voucher_no="ZZ 01")


def test_near_equal_rows_are_listed_for_a_person(near_equal, cast, client):
    make.draft(6, voucher_no="ZZ01", same_voucher=True)
    found = make.api(cast.khach).get(URL, {"twice": "true"}).json()["results"]
    assert {row["id"] for row in found} == {row.pk for row in near_equal}
    client.force_login(cast.dieuphoi)
    page = client.get("/disbursements/", {"twice": "true"})
    assert "zz-01" in page.content.decode()


def test_who_may_not_enter_is_not_told_what_is_there(cast):
    make.draft(5, voucher_no="ZZ01")
    viewer = make.user("xem", Role.VIEWER)
    assert make.api(viewer).post(URL, body()).status_code == 403
