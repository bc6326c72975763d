"""A long workbook is read and saved by a task: the page says how far it is, and what came of it."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from accounts.roles import Role
from core.services import progress
from disbursements.models import Disbursement
from imports import apart, background, services
from imports.kinds import KINDS
from imports.models import Upload, UploadState
from imports.tests.make_workbooks import DISBURSEMENTS, one, table
from imports.tests.test_import_page import findings, right, send, workbook
from imports.tests.test_other_files import open_document
from imports.tests.test_other_files import text_of as csv_of
from imports.workbook import WorkbookError, files, read_workbook, rows_in
from tasks.models import Failure, Job
from tests import factories
from tests.work_off import work_off

THREE = [right(), right("PC02", 2_000_000), right("PC03", 3_000_000)]
CHECKING, CHECKED, SAVING = UploadState.CHECKING, UploadState.CHECKED, UploadState.SAVING
REFUSED, COMMITTED = UploadState.REFUSED, UploadState.COMMITTED


@pytest.fixture
def clerk(client, cast):
    factories.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    return cast.dieuphoi


@pytest.fixture
def two_rows_are_short(monkeypatch):
    monkeypatch.setattr(background, "LONG", 3)  # with the row of headings
    monkeypatch.setattr(background, "COUNTED_FROM", 0)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_rows_are_short")]


def sent(client, *rows):
    send(client, workbook(*rows))
    return Upload.objects.latest("pk")


def page_of(client, upload, **headers):
    return client.get(f"/imports/{upload.pk}/", headers=headers)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.content.decode()))


def state(upload):
    upload.refresh_from_db()
    return upload.state


def save(client, upload):
    return client.post(f"/imports/{upload.pk}/commit/", follow=True)


def saved():
    return sorted(Disbursement.objects.values_list("voucher_no", "amount"))


def test_a_short_workbook_is_read_at_once(client, clerk):
    upload = sent(client, *THREE[:2])
    assert (upload.state, upload.length, upload.job) == (CHECKED, 0, None)
    save(client, upload)
    assert (state(upload), DBTaskResult.objects.count()) == (COMMITTED, 0)


def test_a_long_one_waits_is_read_and_is_saved_by_the_second_decision(client, clerk):
    upload = sent(client, *THREE)
    assert (upload.state, upload.length, upload.rows) == (CHECKING, 4, 0)
    assert "Đang chờ đến lượt" in text_of(page_of(client, upload))
    work_off()
    page = page_of(client, upload)
    assert [f["value"] for f in page.context["figures"]] == ["3", "3", "0", "0", "6,5 triệu"]
    assert (state(upload), saved()) == (CHECKED, [])

    assert "t-task" in save(client, upload).content.decode()
    assert (state(upload), saved()) == (SAVING, [])
    work_off()
    assert state(upload) == COMMITTED
    assert saved() == [("PC01", 1_500_000), ("PC02", 2_000_000), ("PC03", 3_000_000)]
    assert len(upload.saved) == 3 and upload.committed_at is not None
    assert upload.can_undo


def test_what_a_task_finds_is_what_a_page_finds(client, clerk, monkeypatch):
    rows = [*THREE, right("PC04", "một triệu"), [date(2022, 9, 15), "PC05", "KHÔNG-CÓ", "Bản Lang"]]
    upload = sent(client, *rows)
    work_off()
    monkeypatch.setattr(background, "LONG", 100)
    short = sent(client, *rows)
    upload.refresh_from_db()
    for name in ("state", "kind", "fiscal_year", "rows", "valid", "sums", "reading"):
        assert getattr(upload, name) == getattr(short, name), name
    assert findings(page_of(client, upload)) != []
    assert [row.message for row in upload.findings.all()] == [
        row.message for row in short.findings.all()
    ]
    assert short.state == REFUSED


def test_the_page_asks_again_by_itself_with_a_script_and_without(client, clerk):
    upload = sent(client, *THREE)
    whole = page_of(client, upload).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in whole
    assert f'hx-get="/imports/{upload.pk}/" hx-trigger="every 2s"' in whole
    Job.objects.update(stage=progress.CHECKED, done=1_200, total=25_000)
    part = page_of(client, upload, hx_target="task")
    assert "<html" not in part.content.decode()
    assert "Đang kiểm tra" in text_of(part) and "1.200 trên 25.000 dòng" in text_of(part)
    assert "Bước 2 trên 2" in text_of(part)
    work_off()
    assert page_of(client, upload, hx_target="task").headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in page_of(client, upload, hx_request="true", hx_target="list").headers


def test_the_work_is_in_the_list_and_no_other_decision_is_taken_meanwhile(client, clerk):
    upload = sent(client, *THREE)
    assert "Đang được kiểm tra" in text_of(client.get("/imports/"))
    for address in ("commit", "vouchers", "again", "undo"):
        client.post(f"/imports/{upload.pk}/{address}/", {"same_voucher": "on"})
    client.post(f"/imports/{upload.pk}/what/", {"kind": "trainings"})
    assert (state(upload), upload.kind, DBTaskResult.objects.count()) == (
        CHECKING,
        "disbursements",
        1,
    )
    work_off()
    save(client, upload)
    again = save(client, upload)
    assert DBTaskResult.objects.count() == 2
    assert "t-task" in again.content.decode()
    work_off()
    assert len(saved()) == 3
    save(client, upload)
    work_off()
    assert (len(saved()), DBTaskResult.objects.count()) == (3, 2)


def test_a_task_that_is_given_twice_saves_once(client, clerk):
    upload = sent(client, *THREE)
    work_off()
    save(client, upload)
    background.save.enqueue(upload.pk, clerk.pk, "vi")
    background.check.enqueue(upload.pk, clerk.pk, "vi", False)
    work_off()
    assert (state(upload), len(saved())) == (COMMITTED, 3)


def test_the_same_file_again_brings_nothing_again(client, clerk):
    first, second = sent(client, *THREE), sent(client, *THREE)
    work_off()
    save(client, first), save(client, second)
    work_off()
    assert (state(first), state(second), len(saved())) == (COMMITTED, COMMITTED, 3)


def test_a_form_sent_twice_is_one_upload(client, clerk):
    key = re.search(r'name="form_key" value="([^"]+)"', client.get("/imports/").content.decode())[1]
    for _time in range(2):
        file = SimpleUploadedFile("gn.xlsx", workbook(*THREE))
        client.post("/imports/", {"form_key": key, "workbook": file})
    assert (Upload.objects.count(), DBTaskResult.objects.count()) == (1, 1)


def test_a_workbook_that_came_to_be_wrong_meanwhile_is_refused_and_nothing_is_saved(client, clerk):
    upload = sent(client, *THREE)
    work_off()
    factories.draft(9_000_000, voucher_no="PC02", date=date(2022, 9, 15), activity="GBV-01")
    save(client, upload)
    work_off()
    assert (state(upload), len(saved())) == (REFUSED, 1)


def test_who_enters_the_same_row_while_it_is_saved_comes_first(client, clerk, monkeypatch):
    upload = sent(client, *THREE)
    work_off()
    save(client, upload)
    look = KINDS["disbursements"].builder.build

    def build_and_be_overtaken(builder, reading):
        found = look(builder, reading)
        factories.draft(1_500_000, voucher_no="PC01", date=date(2022, 9, 15), activity="GBV-01")
        return found

    monkeypatch.setattr(KINDS["disbursements"].builder, "build", build_and_be_overtaken)
    work_off()
    assert (state(upload), saved()) == (CHECKED, [("PC01", 1_500_000)])
    said = text_of(page_of(client, upload))
    assert "Chưa lưu gì." in said and "PC01" in said


def test_a_fault_is_said_and_it_can_be_checked_and_saved_again(client, clerk, monkeypatch):
    upload = sent(client, *THREE)
    with monkeypatch.context() as broken:
        broken.setattr(services, "check_again", None)
        work_off()
    said = text_of(page_of(client, upload))
    assert "Công việc với tệp này đã dừng lại." in said and "Hãy kiểm tra lại." in said
    assert "Đã dừng" in said and "Đang được kiểm tra" not in said
    assert "Đã dừng" in text_of(client.get("/imports/"))
    assert upload.job_id and Job.objects.get(pk=upload.job_id).failed == Failure.FAULT
    client.post(f"/imports/{upload.pk}/again/")
    work_off()
    assert state(upload) == CHECKED
    save(client, upload)
    with monkeypatch.context() as broken:
        broken.setattr(services, "check_again", None)
        work_off()
    assert (state(upload), saved()) == (SAVING, [])
    assert "Chưa lưu gì. Hãy lưu lại." in text_of(page_of(client, upload))
    save(client, upload)
    work_off()
    assert (state(upload), len(saved())) == (COMMITTED, 3)


def test_a_locked_database_is_waited_for(client, clerk, monkeypatch):
    upload = sent(client, *THREE)

    def locked(*_args, **_kwargs):
        raise OperationalError("database is locked")

    with monkeypatch.context() as busy:
        busy.setattr(services, "write_down", locked)
        work_off()
    assert (state(upload), upload.is_at_work) == (CHECKING, True)
    DBTaskResult.objects.update(run_after=upload.created_at)
    work_off()
    assert state(upload) == CHECKED


@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"is_active": False}])
def test_who_may_no_longer_load_it_is_refused(client, clerk, change):
    upload = sent(client, *THREE)
    User.objects.filter(pk=clerk.pk).update(**change)
    work_off()
    assert state(upload) == REFUSED
    assert [each.code for each in upload.findings.all()] == ["not_allowed"]


@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"is_active": False}])
def test_who_may_no_longer_save_it_saves_nothing(client, clerk, change):
    upload = sent(client, *THREE)
    work_off()
    save(client, upload)
    User.objects.filter(pk=clerk.pk).update(**change)
    work_off()
    assert (state(upload), saved()) == (CHECKED, [])
    assert "not_saved" in {each.code for each in upload.findings.all()}


def test_a_kind_that_was_not_said_is_found_out(client, clerk):
    send(client, workbook(*THREE), kind="", fiscal_year="")
    upload = Upload.objects.get()
    assert (upload.kind, page_of(client, upload).status_code) == ("", 200)
    assert client.get(f"/imports/{upload.pk}/reading/").status_code == 302
    assert client.get(f"/imports/{upload.pk}/sheets/0/").status_code == 404
    work_off()
    upload.refresh_from_db()
    assert (upload.kind, upload.fiscal_year.code) == ("disbursements", "2023")


def test_the_rows_of_each_kind_of_file_are_counted_before_it_is_read():
    cells = table("disbursements")
    assert len(cells) == len(DISBURSEMENTS) + 1
    assert rows_in(one(cells)) == apart.rows_in(one(cells)) == 4
    assert rows_in(csv_of("disbursements").encode()) == 6  # with its title and an empty line
    assert rows_in(open_document(cells)) >= 4
    for broken in (b"PK\x03\x04 and nothing", b"\x00" * 50, b"%PDF-1.7"):
        assert rows_in(broken) == 0


def test_more_rows_than_may_be_are_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(files, "MAX_FILLED_ROWS", 3)
    with pytest.raises(WorkbookError) as refusal:
        read_workbook(io.BytesIO(workbook(*THREE)), "disbursements")
    assert refusal.value.code == "too_many_rows"
    assert "200.000" in refusal.value.message or "200,000" in refusal.value.message


def test_rows_are_told_while_another_process_reads_them(monkeypatch):
    monkeypatch.setattr(apart, "ROWS_IN_A_STEP", 1)
    rows = [right(f"PC{n}") for n in range(1_100)]
    heard = []
    with progress.reporting_to(lambda *said: heard.append(said)):
        reading = apart.read_workbook(workbook(*rows), "disbursements")
    assert len(reading.rows) == 1_100
    assert heard == [(progress.READ, 1, 0), (progress.READ, 2, 0)]  # steps of 500 over there
