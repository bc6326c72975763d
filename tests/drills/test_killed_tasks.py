"""Whoever saves a workbook is killed (kill -9) in the middle: all of it is saved or nothing, and
the page says which.

Real processes over the test's own database, KILL_ROUNDS times (1; `make drill` 10, which are 20
kills: every second workbook is killed as often as it is tried).
"""

import io
import os
import signal
import subprocess
import sys
from datetime import date as Date
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from disbursements.models import Disbursement
from imports import background, services
from imports.models import Upload, UploadState
from tasks import lease
from tasks.models import Failure
from tests import factories as make
from tests.browser.served import database_url, served
from tests.drills.server import PATIENCE, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = int(os.getenv("KILL_ROUNDS", "1"))
ROWS, AT_ONCE = 400, 40
HEAD = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền"]


def workbook(number: int, rows: int = ROWS) -> bytes:
    """Disbursements that no other workbook has."""
    book = Workbook()
    sheet = book.active
    sheet.append(HEAD)
    for row in range(rows):
        day = Date(2023, 4, 1) + timedelta(days=row % 60)
        sheet.append([day, f"PC-{number}-{row}", "GBV-01", "Bản Lang", 1_000_000 + row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def worker(name: str, *options: str) -> subprocess.Popen:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "MEDIA_ROOT": settings.MEDIA_ROOT,
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "plan_portal.settings",
    }
    command = [sys.executable, "-m", "tests.slow_worker", name, *options]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)


def works_off(name: str) -> None:
    """Another worker does what waits, also what a dead one has left, once that is missed."""
    until(lambda: lease.DBTaskResult.objects.ready().exists() or is_missed())
    assert worker(name).wait(PATIENCE) == 0


def is_missed() -> bool:
    lease.LEASE = 1
    return lease.is_work_waiting()


def killed_while_saving(upload: Upload, attempt: int, rows: int) -> None:
    """A worker saves, at the so many-th attempt, and is killed once so many rows are written."""
    process = saving(upload, attempt, rows)
    process.send_signal(signal.SIGKILL)
    process.wait()


def saving(upload: Upload, attempt: int, rows: int) -> subprocess.Popen:
    """A worker at the so many-th attempt, when so many rows are written."""
    process = worker(f"slow-{attempt}", str(AT_ONCE))

    def is_there() -> bool:
        now = Upload.objects.get(pk=upload.pk)
        job = now.job
        assert job is not None
        over = f"over before it could be killed: {now.state}, {job.attempts}, {job.progress}"
        assert process.poll() is None, over
        stage, done, _total = job.progress
        return (job.attempts, stage, done >= rows) == (attempt, "written", True)

    until(is_there)
    return process


def says(client: Client, upload: Upload) -> str:
    return client.get(f"/imports/{upload.pk}/").content.decode()


def test_a_server_works_off_the_queue_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(background, "LONG", 0)
    monkeypatch.setattr(background, "COUNTED_FROM", 0)
    monkeypatch.setenv("MEDIA_ROOT", settings.MEDIA_ROOT)
    make.activity()
    content, clerk = workbook(999), make.somebody()
    upload = services.receive(actor=clerk, content=content, filename="gn.xlsx")
    with served(tmp_path):
        until(lambda: Upload.objects.get(pk=upload.pk).state == UploadState.CHECKED)


@pytest.mark.postgres_only  # on SQLite the one write lock keeps everybody else away
def test_who_was_only_held_up_and_lost_its_task_saves_nothing(monkeypatch):
    monkeypatch.setattr(background, "LONG", 0)
    monkeypatch.setattr(background, "COUNTED_FROM", 0)
    make.activity()
    clerk = make.somebody()
    rows = Disbursement.objects.filter(voucher_no__startswith="PC-998-")
    upload = services.receive(actor=clerk, content=workbook(998), filename="gn.xlsx")
    works_off("reader")
    upload.refresh_from_db()
    services.confirm(actor=clerk, upload=upload)
    held_up = saving(upload, 1, AT_ONCE)
    held_up.send_signal(signal.SIGSTOP)
    until(is_missed)
    assert lease.take_over() == 1
    lease.DBTaskResult.objects.update(run_after=timezone.now() + timedelta(hours=1))
    held_up.send_signal(signal.SIGCONT)
    assert held_up.wait(PATIENCE) == 0
    assert rows.count() == 0
    lease.DBTaskResult.objects.update(run_after=timezone.now())
    works_off("heir")
    upload.refresh_from_db()
    assert (upload.state, rows.count()) == (UploadState.COMMITTED, ROWS)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_all_or_nothing(number, monkeypatch):
    monkeypatch.setattr(background, "LONG", 0)
    monkeypatch.setattr(background, "COUNTED_FROM", 0)
    monkeypatch.setattr(lease, "LEASE", 1)
    make.activity()
    clerk, client = make.somebody(), Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(clerk)
    rows = Disbursement.objects.filter(voucher_no__startswith=f"PC-{number}-")
    upload = services.receive(actor=clerk, content=workbook(number), filename="gn.xlsx")
    works_off("reader")
    upload.refresh_from_db()
    assert (upload.state, upload.rows, upload.valid) == (UploadState.CHECKED, ROWS, ROWS)

    services.confirm(actor=clerk, upload=upload)
    once_more = number % 2
    for attempt in range(1, 1 + (lease.MOST_ATTEMPTS if once_more else 1)):
        until(lambda first=attempt == 1: first or is_missed())
        written = AT_ONCE * (1 + (number * 3 + attempt) % (ROWS // AT_ONCE - 3))
        killed_while_saving(upload, attempt, written)
        upload.refresh_from_db()
        assert (upload.state, rows.count(), upload.saved) == (UploadState.SAVING, 0, [])
        assert 'id="t-task"' in says(client, upload)

    if once_more:
        until(is_missed)
        works_off("undertaker")
        upload.refresh_from_db()
        assert (upload.job.failed, rows.count()) == (Failure.DIED, 0)
        assert "Nothing was saved. Save it again." in says(client, upload)
        client.post(f"/imports/{upload.pk}/commit/")
    works_off("heir")
    upload.refresh_from_db()
    assert (upload.state, rows.count(), len(upload.saved)) == (UploadState.COMMITTED, ROWS, ROWS)
    assert Disbursement.history.filter(voucher_no__startswith=f"PC-{number}-").count() == ROWS
    page = says(client, upload)
    assert "rows are saved." in page
    assert "t-task" not in page
