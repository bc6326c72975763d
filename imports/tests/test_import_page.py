"""The page of the import: check, see, confirm; junk gets a sentence, never a traceback."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disbursements.models import Disbursement, PlanVersion
from imports.models import Upload, UploadState
from imports.workbook import guard
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

HEADER = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Nội dung chi"]


def findings(page):
    """What the check found, as the page lists it."""
    return [line["row"] for line in page.context["list"]["lines"]]


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def right(voucher="PC01", amount=1_500_000):
    return [date(2022, 9, 15), voucher, "GBV-01", "Bản Lang", amount, "Chi lớp tập huấn"]


def send(client, content, name="giai ngan.xlsx", **values):
    data = {"kind": "disbursements", "fiscal_year": factories.year("2023").pk, **values}
    return client.post("/imports/", {**data, "workbook": SimpleUploadedFile(name, content)})


@pytest.fixture
def coordinator(client, cast):
    factories.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    return cast.dieuphoi


def test_a_right_workbook_shows_its_sum_and_is_saved_by_the_second_decision(client, coordinator):
    answer = send(client, workbook(right(), right("PC02", 2_000_000)))
    page = client.get(answer["Location"])
    assert [f["value"] for f in page.context["figures"]] == ["2", "2", "0", "0", "3,5 triệu"]
    assert Disbursement.objects.count() == 0

    upload = Upload.objects.get()
    client.post(f"/imports/{upload.pk}/commit/")
    rows = Disbursement.objects.values_list("voucher_no", "amount", "status").order_by("voucher_no")
    assert list(rows) == [("PC01", 1_500_000, "draft"), ("PC02", 2_000_000, "draft")]
    upload.refresh_from_db()
    assert (upload.state, upload.committed_at is not None) == (UploadState.COMMITTED, True)


def test_a_workbook_is_saved_once(client, coordinator):
    send(client, workbook(right()))
    address = f"/imports/{Upload.objects.get().pk}/commit/"
    client.post(address)
    answer = client.post(address, follow=True)
    assert Disbursement.objects.count() == 1
    assert "notice" in answer.content.decode()


def test_what_has_become_wrong_since_the_check_is_not_saved(client, coordinator):
    send(client, workbook(right()))
    factories.posted(9_000_000, voucher_no="PC01")
    client.post(f"/imports/{Upload.objects.get().pk}/commit/")
    assert list(Disbursement.objects.values_list("amount", flat=True)) == [9_000_000]
    assert Upload.objects.get().state == UploadState.REFUSED


def test_errors_name_sheet_row_and_column(client, coordinator):
    nowhere = [date(2022, 9, 15), "PC02", "GBV-01", "Bản Lăng Xa", 1_000_000, "x"]
    words = [date(2022, 9, 15), "PC03", "GBV-01", "Bản Lang", "nhiều", "x"]
    page = client.get(send(client, workbook(nowhere, words))["Location"])
    found = {(f.sheet, f.row, f.column) for f in findings(page)}
    assert found == {("Sheet", 2, "Xã"), ("Sheet", 3, "Số tiền")}
    assert page.context["upload"].state == "refused"
    commit = f"/imports/{Upload.objects.get().pk}/commit/"
    assert commit not in page.content.decode()
    client.post(commit)
    assert Disbursement.objects.count() == 0


def test_what_is_wrong_is_never_cut_on_its_line(client, coordinator):
    client.cookies["rows"] = "narrow"
    page = client.get(send(client, workbook(right(amount="abc"))).url).content.decode()
    assert '<div id="list" class="list wide"' in page
    assert 'name="rows"' not in page  # the switch of one line or all, which would do nothing here


def test_the_users_own_workbook_comes_back_with_the_cells_marked(client, coordinator):
    wrong = [date(2022, 9, 15), "PC03", "GBV-01", "Bản Lang", "nhiều", "x"]
    send(client, workbook(wrong))
    answer = client.get(f"/imports/{Upload.objects.get().pk}/marked/")
    cell = openpyxl.load_workbook(io.BytesIO(answer.content)).active["E2"]
    assert cell.fill.start_color.rgb == "FFFF9999"
    assert cell.comment is not None
    assert answer["Content-Disposition"] == 'attachment; filename="giai-ngan-loi.xlsx"'


@pytest.mark.parametrize(
    "junk",
    [b"", b"not a workbook", b"PK\x03\x04 broken", b"%PDF-1.7", b"\xd0\xcf\x11\xe0" * 200],
    ids=["empty", "text", "broken zip", "pdf", "old binary"],
)
def test_junk_gets_one_sentence_and_leaves_nothing(client, coordinator, junk):
    page = client.get(send(client, junk)["Location"])
    assert [(f.sheet, f.row) for f in findings(page)] == [("", None)]
    assert page.context["can_mark"] is False
    assert client.get(f"/imports/{Upload.objects.get().pk}/marked/").status_code == 302


def test_a_file_too_large_is_refused_beside_the_field(client, coordinator, monkeypatch):
    monkeypatch.setattr("imports.forms.MAX_BYTES", 1000)
    assert send(client, b"x" * 1000).status_code == 302
    Upload.objects.all().delete()
    answer = send(client, b"x" * 1001)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["workbook"]
    assert Upload.objects.count() == 0
    assert guard.MAX_BYTES == 20 * 2**20


def test_history_is_posted_by_who_may_load_it(client, cast):
    factories.activity("GBV-01")
    client.force_login(cast.quanly)
    send(client, workbook(right()), as_history="on")
    client.post(f"/imports/{Upload.objects.get().pk}/commit/")
    assert list(Disbursement.objects.values_list("status", "origin")) == [("posted", "history")]


def test_a_coordinator_cannot_ask_for_history(client, coordinator):
    send(client, workbook(right()), as_history="on")
    assert Upload.objects.get().as_history is False


def test_each_role_is_offered_the_kinds_it_may_load(client, cast):
    offered = {}
    for person in cast.everybody():
        client.force_login(person)
        answer = client.get("/imports/")
        form = answer.context["form"] if answer.status_code == 200 else None
        offered[person.username] = form and [k for k, _label in form.fields["kind"].choices]
    every = ["plan", "disbursements", "trainings"]
    assert offered == {
        "bdh": None,
        "truongban": every,
        "quanly": every,
        "dieuphoi": every,
        "dieuphoi_gbv": every,
        "xa_banlang": ["trainings"],
        "khach": None,
        "quantri": every,
    }


def test_an_upload_is_its_owners_alone(client, cast, coordinator):
    send(client, workbook(right()))
    pk = Upload.objects.get().pk
    client.force_login(cast.quanly)
    for address in (f"/imports/{pk}/", f"/imports/{pk}/marked/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/imports/{pk}/commit/").status_code == 404
    assert client.get("/imports/").context["list"]["lines"] == []


def test_the_queries_of_the_list_do_not_grow(client, coordinator):
    send(client, workbook(right()))
    few = _queries(client)
    for number in range(2):
        send(client, workbook(right(f"X{number}")))
    assert _queries(client) == few


def _queries(client):
    with CaptureQueriesContext(connection) as found:
        client.get("/imports/")
    return len(found)


def plan_workbook(*communes):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(
        ["Mã hoạt động", "Tên hoạt động", "Xã", "Quý I", "Quý II", "Quý III", "Quý IV"]
    )
    for commune in communes:
        book.active.append(["GBV-01", "Việc", commune, 7, 0, 0, 0])
    book.save(out)
    return out.getvalue()


def test_in_doubt_the_page_asks_whether_a_plan_is_whole_with_nothing_chosen(client, coordinator):
    lines = [
        factories.line("GBV-01", code)
        for code in (factories.BAN_LANG, factories.NAM_XE, factories.DAO_SAN)
    ]
    factories.plan(*lines)
    send(client, plan_workbook("Bản Lang", "Nậm Xe"), kind="plan", fiscal_year=factories.year().pk)
    upload = Upload.objects.get()
    address = f"/imports/{upload.pk}/"
    assert not upload.can_commit
    assert client.get(address).context["scope_form"]["scope"].value() is None
    client.post(f"{address}scope/", {})
    assert not Upload.objects.get().can_commit
    client.post(f"{address}scope/", {"scope": "changes"})
    client.post(f"{address}commit/")
    assert PlanVersion.objects.get(state="draft").lines.count() == 3


def test_lines_of_a_plan_that_vanish_ask_for_one_tick(client, coordinator):
    communes = factories.COMMUNES[:3]
    factories.plan(*(factories.line("GBV-01", commune, 40) for commune in communes))
    send(client, plan_workbook("Bản Lang", "Hoang Thèn"), kind="plan")
    here = f"/imports/{Upload.objects.get().pk}/"
    client.post(f"{here}scope/", {"scope": "whole"})
    page = client.get(here).content.decode()
    assert 'name="confirm_vanishing"' in page
    client.post(f"{here}commit/")
    assert not PlanVersion.objects.exclude(state="approved").exists()
    client.post(f"{here}commit/", {"confirm_vanishing": "on"})
    draft = PlanVersion.objects.exclude(state="approved").get()
    assert draft.lines.count() == 2
