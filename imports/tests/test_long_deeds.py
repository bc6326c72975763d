"""All that a long workbook brought in is taken back, submitted or reversed by a task."""

import re

import pytest
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from accounts.roles import Role
from core.services import progress
from disbursements.ledger import services as ledger
from disbursements.models import CostLink, Disbursement
from imports import after_commit, background
from imports.models import Upload, UploadState
from imports.tests.test_import_page import right, send, workbook
from programs.models import Period
from tasks.models import Job
from tests import factories
from tests.work_off import work_off

ROWS = [right(), right("PC02", 2_000_000), right("PC03", 3_000_000)]
DEEDS = ["undo", "submit"]


@pytest.fixture(params=["short", "long"])
def is_long(request, monkeypatch):
    if request.param == "long":
        monkeypatch.setattr(background, "LONG", 2)
        monkeypatch.setattr(background, "COUNTED_FROM", 0)
    return request.param == "long"


@pytest.fixture
def long(monkeypatch):
    monkeypatch.setattr(background, "LONG", 2)
    monkeypatch.setattr(background, "COUNTED_FROM", 0)


@pytest.fixture
def clerk(client, cast):
    factories.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    return cast.dieuphoi


pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def committed(client):
    send(client, workbook(*ROWS))
    work_off()
    upload = Upload.objects.get()
    client.post(f"/imports/{upload.pk}/commit/")
    work_off()
    upload.refresh_from_db()
    assert (upload.state, len(upload.saved)) == (UploadState.COMMITTED, 3)
    DBTaskResult.objects.all().delete()
    return upload


def press(client, upload, what, **values):
    return client.post(f"/imports/{upload.pk}/{what}/", values, follow=True)


def says(client, upload, page=""):
    answer = client.get(f"/imports/{upload.pk}/{page}")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def state(upload):
    upload.refresh_from_db()
    return upload.state


def rows():
    return sorted(Disbursement.objects.filter(reverses=None).values_list("voucher_no", "status"))


def all_are(status):
    return [("PC01", status), ("PC02", status), ("PC03", status)]


def trail():
    """What the trail says of each row, by its last line."""
    found = Disbursement.history.order_by("history_id")
    last = {each.id: each for each in found}
    return {
        (each.history_type, each.status, each.history_user_id, each.history_change_reason)
        for each in last.values()
    }


def post_all(cast):
    for row in Disbursement.objects.all():
        ledger.submit(actor=cast.dieuphoi, disbursement=row)
        row.refresh_from_db()
        ledger.post(actor=cast.truongban, disbursement=row)


def test_all_is_taken_back(client, clerk, is_long):
    upload = committed(client)
    press(client, upload, "undo")
    assert (rows() == all_are("draft"), DBTaskResult.objects.count()) == (is_long, int(is_long))
    work_off()
    assert (state(upload), rows()) == (UploadState.UNDONE, [])
    assert {(kind, user) for kind, _s, user, _why in trail()} == {("-", clerk.pk)}
    assert all("giai ngan.xlsx" in why for _k, _s, _u, why in trail())
    assert Disbursement.history.count() == 6


def test_all_is_submitted(client, clerk, is_long):
    upload = committed(client)
    press(client, upload, "submit")
    assert rows() == all_are("draft" if is_long else "submitted")
    work_off()
    assert (state(upload), rows()) == (UploadState.COMMITTED, all_are("submitted"))
    assert trail() == {("~", "submitted", clerk.pk, "được trình duyệt")}
    submitted = Disbursement.objects.values_list("submitted_by", "version")
    assert set(submitted) == {(clerk.pk, 2)}
    if is_long:
        assert "Đã gửi duyệt: 3." in says(client, upload)


def test_all_is_reversed_with_a_reason_by_somebody_else(client, cast, clerk, is_long):
    upload = committed(client)
    post_all(cast)
    part = Disbursement.objects.get(voucher_no="PC02")
    ledger.reverse(actor=cast.truongban, disbursement=part, reason="Hoàn", amount=500_000)
    press(client, upload, "reverse", reason="Nhầm tệp")
    work_off()
    assert Disbursement.objects.exclude(reverses=None).count() == 1  # not by who loaded it
    client.force_login(cast.truongban)
    press(client, upload, "reverse", reason=" ")
    work_off()
    assert Disbursement.objects.exclude(reverses=None).count() == 1
    page = press(client, upload, "reverse", reason="Nhầm tệp")
    assert ("t-task" in page.content.decode()) == is_long
    work_off()
    made = Disbursement.objects.filter(reason="Nhầm tệp")
    assert sorted(row.amount for row in made) == [-3_000_000, -1_500_000, -1_500_000]
    assert sorted(row.number for row in made) == [5, 6, 7]
    assert {row.rest for row in Disbursement.objects.filter(reverses=None)} == {0}
    assert {row.posted_by for row in made} == {cast.truongban}
    said = {each.history_change_reason for row in made for each in row.history.all()}
    assert said == {"Nhầm tệp"}
    whole = Disbursement.objects.get(voucher_no="PC03", reverses=None)
    assert whole.history.latest().history_change_reason == "đảo 3.000.000 đồng"
    if is_long:
        assert "Đã đảo: 3." in says(client, upload, "reverse/")
    else:
        assert client.get(f"/imports/{upload.pk}/reverse/").status_code == 404


def test_a_row_changed_since_keeps_all_from_being_taken_back(client, clerk, is_long):
    upload = committed(client)
    one = Disbursement.objects.get(voucher_no="PC03")
    ledger.update(actor=clerk, disbursement=one, version=1, note="Đã sửa")
    answer = press(client, upload, "undo")
    work_off()
    said = says(client, upload) if is_long else answer.content.decode()
    assert "từng dòng" in said
    assert (state(upload), rows()) == (UploadState.COMMITTED, all_are("draft"))
    assert Disbursement.history.filter(history_type="-").count() == 0
    assert upload.can_undo


def test_a_month_closed_since_keeps_all_from_being_submitted(client, clerk, is_long):
    upload = committed(client)
    Period.objects.filter(disbursements__voucher_no="PC03").update(state="closed")
    answer = press(client, upload, "submit")
    work_off()
    said = says(client, upload) if is_long else answer.content.decode()
    assert "đã khóa" in said
    assert rows() == all_are("draft")
    if is_long:
        assert "Chưa gửi duyệt gì." in said
        Period.objects.update(state="open")
        press(client, upload, "submit")
        work_off()
        assert rows() == all_are("submitted")


def test_a_month_closed_since_keeps_all_from_being_reversed(client, cast, clerk, is_long):
    upload = committed(client)
    post_all(cast)
    Period.objects.filter(disbursements__voucher_no="PC03").update(state="closed")
    client.force_login(cast.truongban)
    answer = press(client, upload, "reverse", reason="Nhầm tệp")
    work_off()
    said = says(client, upload, "reverse/") if is_long else answer.content.decode()
    assert "đã khóa" in said
    assert Disbursement.objects.exclude(reverses=None).count() == 0
    assert {row.reversed_amount for row in Disbursement.objects.all()} == {0}


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("what", DEEDS)
@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"is_active": False}])
def test_who_lost_the_right_meanwhile_does_nothing(client, clerk, what, change):
    upload = committed(client)
    press(client, upload, what)
    User.objects.filter(pk=clerk.pk).update(**change)
    work_off()
    assert (state(upload), rows()) == (UploadState.COMMITTED, all_are("draft"))
    assert upload.deed["refused"]
    User.objects.filter(pk=clerk.pk).update(role=Role.COORDINATOR, is_active=True)
    assert upload.deed["refused"] in says(client, upload)


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("what", DEEDS)
def test_a_second_press_does_nothing_twice_and_nothing_else_meanwhile(client, clerk, what):
    upload = committed(client)
    for each in (what, what, *DEEDS, "commit", "again"):
        press(client, upload, each)
    assert DBTaskResult.objects.count() == 1
    background.do.enqueue(upload.pk, clerk.pk, "vi", what, "")
    work_off()
    upload.refresh_from_db()
    assert upload.deed == {"what": what, "count": 3}
    assert Disbursement.history.count() == 6
    press(client, upload, what)
    work_off()
    assert Disbursement.history.count() == 6


@pytest.mark.usefixtures("long")
def test_the_page_shows_the_work_and_the_list_too(client, cast, clerk):
    upload = committed(client)
    press(client, upload, "undo")
    assert "Đang chờ đến lượt" in says(client, upload)
    Job.objects.update(stage=progress.TAKEN_BACK, done=1_200, total=25_000)
    assert "1.200 trên 25.000 dòng" in says(client, upload)
    assert "Đang được thu hồi" in says(client, upload)
    assert "Đang được thu hồi" in re.sub(r"\s+", " ", client.get("/imports/").content.decode())
    work_off()
    headers = {"hx_target": "task"}
    answer = client.get(f"/imports/{upload.pk}/", headers=headers)
    assert answer.headers["HX-Refresh"] == "true"


@pytest.mark.usefixtures("long")
def test_rows_are_told_by_the_hundred(client, clerk, monkeypatch):
    upload = committed(client)
    monkeypatch.setattr(progress, "PART", 2)
    heard = []
    with progress.reporting_to(lambda *said: heard.append(said)):
        after_commit.submit_all(actor=clerk, upload=upload)
    assert heard == [(progress.SUBMITTED, done, 3) for done in (0, 2, 3)]


@pytest.mark.usefixtures("long")
def test_a_fault_is_said_nothing_is_done_and_it_can_be_done_again(client, clerk, monkeypatch):
    upload = committed(client)
    press(client, upload, "undo")
    with monkeypatch.context() as broken:
        broken.setitem(after_commit.DEEDS, "undo", None)
        work_off()
    assert "Chưa thu hồi gì." in says(client, upload)
    assert (state(upload), rows()) == (UploadState.COMMITTED, all_are("draft"))
    press(client, upload, "undo")
    work_off()
    assert (state(upload), rows()) == (UploadState.UNDONE, [])


@pytest.mark.usefixtures("long")
def test_a_task_that_lost_its_lease_leaves_nothing(client, clerk, monkeypatch):
    upload = committed(client)
    press(client, upload, "undo")
    with monkeypatch.context() as held_up:
        real = after_commit.DEEDS["undo"]

        def do_and_be_missed(**given):
            done = real(**given)
            Job.objects.update(worker="heir")
            return done

        held_up.setitem(after_commit.DEEDS, "undo", do_and_be_missed)
        work_off()
    assert (state(upload), rows()) == (UploadState.COMMITTED, all_are("draft"))


def test_a_deed_of_many_rows_does_not_ask_for_each(
    client, clerk, cast, django_assert_max_num_queries
):
    more = [right(f"PC{n:02}", 1_000_000 + n) for n in range(1, 31)]
    send(client, workbook(*more))
    upload = Upload.objects.get()
    client.post(f"/imports/{upload.pk}/commit/")
    assert Disbursement.objects.count() == 30
    upload.refresh_from_db()
    with django_assert_max_num_queries(20):
        after_commit.submit_all(actor=clerk, upload=upload)
    Disbursement.objects.update(status="draft", version=1, submitted_by=None)
    with django_assert_max_num_queries(20):
        after_commit.undo(actor=clerk, upload=upload)
    assert Disbursement.objects.count() == 0


def test_what_hangs_on_drafts_and_who_changed_them_goes_with_them(client, cast, clerk, is_long):
    upload = committed(client)
    one, other, _third = Disbursement.objects.order_by("pk")
    CostLink.objects.create(disbursement=one, training=factories.training())
    other.makers.add(cast.quanly)
    press(client, upload, "undo")
    work_off()
    assert (state(upload), rows()) == (UploadState.UNDONE, [])
    assert (CostLink.objects.count(), Disbursement.makers.through.objects.count()) == (0, 0)
    assert CostLink.history.filter(history_type="-").count() == 1
