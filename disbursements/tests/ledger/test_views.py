"""The ledger's pages: entry, approval, return, reversal, files, lists."""

import csv
import io
from contextlib import nullcontext
from datetime import date
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from disbursements.attachments import services as attachments
from disbursements.ledger import choices
from disbursements.models import Disbursement, Status
from monitoring.discussion import files
from tests import factories as make

pytestmark = pytest.mark.any_database

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def entry(**changes):
    make.activity()
    return {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": str(make.commune().pk),
        "amount": "12,5 triệu",
        "confirmed": "12500000",
        "payee": "Hội Phụ nữ xã",
        "voucher_no": "PC-01",
        "voucher_date": "",
        "fund": "",
        "description": "",
        "version": "",
        **changes,
    }


def test_an_amount_is_said_in_words_before_it_is_saved(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    asked = client.post("/disbursements/new/", entry(confirmed=""))
    assert "mười hai triệu năm trăm nghìn đồng" in asked.content.decode().lower()
    assert not Disbursement.objects.exists()
    client.post("/disbursements/new/", entry())
    row = Disbursement.objects.get()
    assert (row.amount, row.status, row.created_by) == (12_500_000, "draft", cast.dieuphoi_gbv)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0", "confirmed": "0"}, "amount"),
        ({"amount": "-5", "confirmed": "-5"}, "amount"),
        ({"amount": "1,5"}, "amount"),
        ({"amount": "9" * 17}, "amount"),
        ({"amount": "nhiều"}, "amount"),
        ({"date": "2999-01-01"}, "date"),
        ({"date": "2999-01-01", "confirmed": ""}, "date"),
        ({"voucher_date": "2999-01-01", "confirmed": ""}, "voucher_date"),
        ({"date": "2019-01-01"}, "date"),
        ({"date": "31/02/2023"}, "date"),
        ({"activity": "YEE-01"}, "activity"),
        ({"activity": "không có"}, "activity"),
        ({"commune": "0"}, "commune"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(cast, client, changes, field):
    make.activity("YEE-01")
    client.force_login(cast.dieuphoi_gbv)
    answer = client.post("/disbursements/new/", entry(**changes))
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {field}
    assert "Hội Phụ nữ xã" in answer.content.decode()
    assert not Disbursement.objects.exists()


def test_an_activity_is_found_by_words_without_accents(cast, client):
    make.activity("GBV-77", title="Truyền thông đường phố về bình đẳng giới")
    client.force_login(cast.dieuphoi_gbv)
    client.post("/disbursements/new/", entry(activity="duong pho binh dang"))
    assert Disbursement.objects.get().activity.code == "GBV-77"


def test_like_last_time_repeats_all_but_day_and_voucher(cast, client):
    make.draft(7_000, by=cast.dieuphoi_gbv, payee="Trạm Y tế", voucher_no="PC-9")
    client.force_login(cast.dieuphoi_gbv)
    initial = client.get("/disbursements/new/?like=last").context["form"].initial
    assert (initial["amount"], initial["payee"]) == (7_000, "Trạm Y tế")
    assert "voucher_no" not in initial


def test_another_like_this_keeps_day_and_place_and_clears_amount_and_voucher(cast, client):
    row = make.draft(7_000, by=cast.dieuphoi_gbv, payee="Trạm Y tế", voucher_no="PC-9")
    client.force_login(cast.dieuphoi_gbv)
    initial = client.get(f"/disbursements/new/?like={row.pk}").context["form"].initial
    kept = {name: initial[name] for name in ("date", "activity", "commune", "payee")}
    assert kept == {
        "date": row.date,
        "activity": row.activity,
        "commune": row.commune,
        "payee": "Trạm Y tế",
    }
    assert not {"amount", "voucher_no"} & initial.keys()


def test_saving_goes_on_to_the_next_like_it_and_can_be_undone(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    page = client.post("/disbursements/new/", entry(voucher_no="PC-9"), follow=True)
    row = Disbursement.objects.get()
    assert page.redirect_chain == [(f"/disbursements/{row.pk}/next/", 302)]
    initial = page.context["form"].initial
    assert (initial["date"], initial["activity"]) == (row.date, row.activity)
    assert not {"amount", "voucher_no"} & initial.keys()
    client.post(f"/disbursements/{row.pk}/delete/", {"version": row.version})
    assert not Disbursement.objects.exists()


def test_a_changed_row_leads_to_its_page_and_one_sent_by_the_browser_too(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    sent = client.post("/disbursements/new/", entry(), headers={"X-Kept": "1"})
    row = Disbursement.objects.get()
    assert sent.headers["Location"] == f"/disbursements/{row.pk}/"
    changed = {**entry(note="Sửa"), "version": row.version}
    answer = client.post(f"/disbursements/{row.pk}/edit/", changed)
    assert answer.headers["Location"] == f"/disbursements/{row.pk}/"


def test_what_was_submitted_is_withdrawn_from_the_next_ones_page(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    page = client.post("/disbursements/new/", {**entry(), "submit": ""}, follow=True)
    saved = page.context["saved"]
    assert (saved["can_delete"], saved["can_withdraw"]) == (False, True)


def test_each_unit_offered_says_when_there_was_one(cast, client):
    client.force_login(cast.dieuphoi)
    page = client.get("/disbursements/new/").content.decode()
    assert 'data-from="2025-07-01"' in page
    assert 'data-to="2025-06-30"' in page


def test_a_row_goes_from_hand_to_hand(cast, client):
    row = make.draft(by=cast.dieuphoi_gbv)
    client.force_login(cast.dieuphoi_gbv)
    client.post(f"/disbursements/{row.pk}/submit/", {"version": row.version})
    assert client.post(f"/disbursements/{row.pk}/post/").status_code == 403
    client.force_login(cast.quanly)
    assert client.post(f"/disbursements/{row.pk}/post/").status_code == 302
    row.refresh_from_db()
    assert (row.status, row.number, row.posted_by) == (Status.POSTED, 1, cast.quanly)
    page = client.get(f"/disbursements/{row.pk}/").content.decode()
    for person in (cast.dieuphoi_gbv, cast.quanly):
        assert person.username in page
    again = client.post(f"/disbursements/{row.pk}/post/")
    assert again.status_code == 409


def test_a_return_needs_a_reason_and_says_it_to_who_entered(cast, client):
    row = make.submitted(by=cast.dieuphoi_gbv)
    client.force_login(cast.quanly)
    assert client.post(f"/disbursements/{row.pk}/return/", {"reason": ""}).status_code == 400
    client.post(f"/disbursements/{row.pk}/return/", {"reason": "Thiếu chữ ký " * 20})
    client.force_login(cast.dieuphoi_gbv)
    assert "Thiếu chữ ký" in client.get(f"/disbursements/{row.pk}/").content.decode()


def test_a_reversal_in_part_leaves_the_rest(cast, client):
    row = make.posted(10, by=cast.dieuphoi_gbv)
    client.force_login(cast.quanly)
    url = f"/disbursements/{row.pk}/reverse/"
    refused = client.post(url, {"r-reason": "hoàn ứng", "r-amount": "11"})
    assert set(refused.context["reverse_form"].errors) == {"amount"}
    client.post(url, {"r-reason": "hoàn ứng", "r-amount": "4"})
    row.refresh_from_db()
    assert (row.rest, row.reversals.get().amount) == (6, -4)


def test_out_of_scope_is_404_and_a_viewer_may_only_read(cast, client):
    row = make.submitted(commune=make.DAO_SAN)
    client.force_login(cast.dieuphoi_gbv)
    for path in ("", "edit/", "files/1/"):
        assert client.get(f"/disbursements/{row.pk}/{path}").status_code == 404
    client.force_login(cast.khach)
    assert client.get(f"/disbursements/{row.pk}/").status_code == 200
    assert client.get("/disbursements/new/").status_code == 403
    for action in ("submit", "post", "return", "reverse", "files"):
        assert client.post(f"/disbursements/{row.pk}/{action}/").status_code == 403


def test_a_stale_edit_keeps_what_was_typed_and_tells_what_happened(cast, client):
    row = make.draft(by=cast.dieuphoi_gbv)
    client.force_login(cast.dieuphoi_gbv)
    url = reverse("disbursement-edit", args=[row.pk])
    client.post(url, entry(version="1", payee="Người thứ nhất"))
    late = client.post(url, entry(version="1", payee="Người thứ hai"))
    text = late.content.decode()
    assert late.status_code == 409
    assert "Người thứ hai" in text
    assert "Người thứ nhất" in text
    client.post(url, entry(version="2", payee="Người thứ hai"))
    row.refresh_from_db()
    assert row.payee == "Người thứ hai"


def test_the_list_counts_and_sums_what_its_filters_leave(cast, client):
    make.posted(5), make.submitted(7, date=date(2022, 10, 1)), make.draft(1, activity="ECCD-01")
    client.force_login(cast.quanly)
    answer = client.get("/disbursements/?program=&search=gbv&fiscal_year=2023")
    found = answer.context["list"]
    assert (found["count"], [f.value for f in found["figures"]]) == ("2", ["5", "7"])
    month = client.get("/disbursements/?month=2022-10")
    assert [line["row"].amount for line in month.context["list"]["lines"]] == [7]


def test_the_list_asks_the_database_no_more_for_more_rows(
    cast, client, django_assert_max_num_queries
):
    client.force_login(cast.quanly)
    for _ in range(8):
        make.draft()
    client.get("/disbursements/")
    with django_assert_max_num_queries(14):
        client.get("/disbursements/")


def test_a_file_is_judged_by_its_content_and_served_as_a_download(cast, client):
    row = make.draft(by=cast.dieuphoi_gbv)
    client.force_login(cast.dieuphoi_gbv)
    url = f"/disbursements/{row.pk}/files/"
    page = SimpleUploadedFile("anh.png", b"<html><script>alert(1)</script>")
    client.post(url, {"files": page})
    assert not row.attachments.exists()
    for _try in range(2):  # a broken upload is sent again
        client.post(url, {"files": SimpleUploadedFile("phiếu chi.png", PNG)})
    found = row.attachments.get()
    answer = client.get(f"{url}{found.pk}/")
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    client.force_login(make.user(programs=["YEE"]))
    assert client.get(f"{url}{found.pk}/").status_code == 404


def a_pdf(size, number=0):
    return SimpleUploadedFile(f"{number}.pdf", f"%PDF-{number:05}".encode().ljust(size, b" "))


@pytest.mark.parametrize(("size", "taken"), [(10 * 2**20, 1), (10 * 2**20 + 1, 0), (0, 0)])
def test_a_file_of_ten_megabytes_is_taken_and_no_larger_one(cast, size, taken):
    row = make.draft(by=cast.dieuphoi)
    upload = a_pdf(size) if size else SimpleUploadedFile("0.pdf", b"")
    with nullcontext() if taken else pytest.raises(ValidationError):
        attachments.add(actor=cast.dieuphoi, disbursement=row, upload=upload)
    assert row.attachments.count() == taken


@pytest.mark.parametrize("kind", ["voucher", "record"])
def test_twenty_files_are_taken_and_no_more(cast, kind):
    if kind == "voucher":
        row = make.draft(by=cast.dieuphoi)
        add = partial(attachments.add, actor=cast.dieuphoi, disbursement=row)
    else:
        add = partial(files.attach, actor=cast.dieuphoi, about=make.training())
    for number in range(20):
        add(upload=a_pdf(50, number))
    with pytest.raises(ValidationError):
        add(upload=a_pdf(50, 20))
    assert add(upload=a_pdf(50, 19)).name == "19.pdf"  # the same file again


def test_the_voucher_is_saved_although_its_file_is_refused(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    client.post("/disbursements/new/", {**entry(), "files": SimpleUploadedFile("a.exe", b"MZ..")})
    assert Disbursement.objects.get().attachments.count() == 0


def test_a_months_list_is_posted_at_once_without_what_was_taken_out(cast, client):
    for _ in range(4):
        make.posted(100)
    usual, far = make.submitted(120), make.submitted(900)
    client.force_login(cast.quanly)
    url = reverse("approval-list", args=[usual.period_id])
    lines = client.get(url).context["lines"]
    assert {line["row"].pk: line["ticked"] for line in lines} == {usual.pk: True, far.pk: False}
    client.post(url, {"row": f"{usual.pk}:{usual.version}"})
    states = dict(Disbursement.objects.filter(amount__gt=100).values_list("amount", "status"))
    assert states == {120: "posted", 900: "submitted"}


def test_a_months_list_is_a_file_too_with_what_deserves_a_second_look(cast, client):
    for _ in range(4):
        make.posted(100)
    row = make.submitted(120)
    make.submitted(900)
    client.force_login(cast.quanly)
    answer = client.get(reverse("approval-list", args=[row.period_id]), {"format": "csv"})
    head, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    amount, remarks = head.index("Số tiền (đồng)"), head.index("Lưu ý")
    assert [(each[amount], bool(each[remarks])) for each in rows] == [("120", False), ("900", True)]


def test_a_list_with_a_row_that_changed_posts_nothing(cast, client):
    first, second = make.submitted(1), make.submitted(2)
    client.force_login(cast.quanly)
    url = reverse("approval-list", args=[first.period_id])
    answer = client.post(url, {"row": [f"{first.pk}:{first.version}", f"{second.pk}:1"]})
    assert answer.status_code == 409
    assert not Disbursement.objects.posted().exists()


def test_who_submitted_cannot_tick_own_rows(cast, client):
    row = make.submitted(by=cast.dieuphoi)
    client.force_login(cast.dieuphoi)
    page = client.get(reverse("approval-list", args=[row.period_id]))
    assert [line["may"] for line in page.context["lines"]] == [False]
    assert (
        client.post(
            reverse("approval-list", args=[row.period_id]), {"row": f"{row.pk}:{row.version}"}
        ).status_code
        == 403
    )
    assert cast.dieuphoi.role == Role.COORDINATOR


@pytest.fixture
def two_suggested(monkeypatch):
    monkeypatch.setattr(choices, "OFFERED", 2)
    for code in ("GBV-01", "YEE-01", "ECCD-01"):
        make.activity(code, title="Tập huấn")


def test_the_newest_activities_are_suggested_in_the_usual_order(cast, client, two_suggested):
    client.force_login(cast.dieuphoi)
    for address in ("/disbursements/new/", f"/plans/{make.draft_plan().pk}/"):
        page = client.get(address)
        assert [each.code for each in page.context["activities"]] == ["ECCD-01", "YEE-01"]


def test_all_activities_that_match_are_counted(cast, two_suggested):
    with pytest.raises(ValidationError, match="3") as refused:
        choices.find_activity(cast.dieuphoi, "tap huan")
    assert all(code in str(refused.value) for code in ("GBV-01", "YEE-01", "ECCD-01"))
