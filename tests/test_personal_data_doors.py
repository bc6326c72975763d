"""What looks like a person's own data is remarked once, at every door, and refused at none."""

import io

import pytest
from django.contrib.messages import get_messages
from openpyxl import Workbook

from disbursements.models import Disbursement
from imports import services as uploads
from monitoring.tests.reviews.test_api import BODIES
from tests import factories as make
from tests.one_of_each import MORE
from trainings.models import Training

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CHILD = "Hỗ trợ cháu Sùng A Páo"
NUMBER = "Lò Văn An, 012085004567"
SPENT = {"date": "2022-09-15", "amount": 5000, "activity": "GBV-01", "commune": make.BAN_LANG}
FREE = ("payee", "description", "note")


def spend(cast, **texts):
    make.activity("GBV-01")
    return make.api(cast.dieuphoi).post("/api/v1/disbursements/", {**SPENT, **texts})


def remarked(answer):
    return [(each["field"], each["code"]) for each in answer.json().get("warnings", [])]


@pytest.mark.parametrize("field", FREE)
@pytest.mark.parametrize(("text", "code"), [(CHILD, "child"), (NUMBER, "identity_number")])
def test_the_api_says_it_in_warnings_and_saves(cast, field, text, code):
    answer = spend(cast, **{field: text})
    assert (answer.status_code, remarked(answer)) == (201, [(field, code)])
    assert Disbursement.objects.get().__dict__[field] == text


def test_it_is_remarked_once_and_remembered(cast):
    row = spend(cast, payee=CHILD).json()
    address = f"/api/v1/disbursements/{row['id']}/"
    api = make.api(cast.dieuphoi)
    other = api.patch(address, {"note": "Lần 2", "version": 1})
    assert (other.status_code, remarked(other)) == (200, [])
    again = api.patch(address, {"payee": CHILD + " ", "version": 2})
    assert (again.status_code, remarked(again)) == (200, [])
    more = api.patch(address, {"note": NUMBER, "version": 3})
    assert remarked(more) == [("note", "identity_number")]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *((name, "title") for name in BODIES if name != "boards"),
        ("boards", "note"),
        ("groups", "note"),
        ("referrals", "note"),
        ("visits", "seen"),
    ],
)
def test_every_kind_of_record_is_looked_at(cast, name, field):
    body = {**{**BODIES, **MORE}[name], field: CHILD}
    answers = [
        make.api(who).post(f"/api/v1/{name}/", body)
        for who in (cast.bdh, cast.quanly, cast.dieuphoi)
    ]
    made = next(answer for answer in answers if answer.status_code == 201)
    assert remarked(made) == [(field, "child")]


def test_numbers_of_vouchers_are_no_persons(cast):
    assert remarked(spend(cast, voucher_no="012085004567")) == []


def test_rows_of_one_request_are_remarked_together(cast):
    make.activity("GBV-01")
    rows = [{**SPENT, "amount": 5000 + n, "payee": CHILD} for n in range(3)]
    answer = make.api(cast.dieuphoi).post("/api/v1/disbursements/bulk/", {"rows": rows})
    assert (answer.status_code, remarked(answer)) == (201, [("payee", "child")])


def test_a_page_says_it_in_a_notice_and_saves(cast, client):
    make.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    sent = {**SPENT, "commune": str(make.commune().pk), "payee": CHILD, "confirmed": "5000"}
    answer = client.post("/disbursements/new/", sent)
    assert answer.status_code == 302
    said = [str(each) for each in get_messages(answer.wsgi_request)]
    assert [text.startswith("Đơn vị nhận ") for text in said] == [False, True]
    assert Disbursement.objects.get().payee == CHILD


def book_of(*payees):
    book = Workbook()
    book.active.append(["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Đơn vị nhận"])
    for number, payee in enumerate(payees):
        book.active.append(["05/07/2022", f"PC-{number}", "GBV-01", "Bản Lang", 500_000, payee])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_says_it_once_for_the_file(cast):
    make.activity("GBV-01")
    sent = {
        "actor": cast.dieuphoi,
        "kind": "disbursements",
        "content": book_of("Hội Phụ nữ", CHILD, "cháu Giàng Thị Mỷ", NUMBER),
        "filename": "chi.xlsx",
        "fiscal_year": make.year(),
    }
    upload = uploads.receive(**sent)
    codes = ("child", "identity_number")
    found = upload.findings.filter(is_warning=True, code__in=codes).order_by("code")
    assert [(each.code, each.row, each.column) for each in found] == [
        ("child", 3, "Đơn vị nhận"),
        ("identity_number", 5, "Đơn vị nhận"),
    ]
    assert uploads.confirm(actor=cast.dieuphoi, upload=upload).state == "committed"
    again = uploads.receive(**sent)
    assert not again.findings.filter(is_warning=True, code__in=codes).exists()


def test_a_class_is_read_as_of_its_own_day(cast):
    """Sixteen then, grown up now."""
    body = {**BODIES["trainings"], "note": "Trợ giảng Lò Thị Hoa, sinh năm 2006"}
    answer = make.api(cast.dieuphoi).post("/api/v1/trainings/", body)
    assert remarked(answer) == [("note", "child")]
    later = {**body, "start": "2026-09-15", "title": "Lớp sau", "commune": "03577"}
    Training.objects.all().delete()
    answer = make.api(cast.dieuphoi).post("/api/v1/trainings/", {**later, "start": "2025-03-01"})
    assert (answer.status_code, remarked(answer)) == (201, [])
