"""What is kept how long: `manage.py clear_expired`."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from imports.models import Upload
from imports.services import receive
from programs.models import FiscalYear
from tests.test_settings import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SAMPLE = ROOT / "tests" / "samples" / "ke-hoach-FY2023.xlsx"


def cleared(capsys):
    call_command("clear_expired")
    return json.loads(capsys.readouterr().out)


def made(model, days):
    """Every row of a table is so many days old."""
    moment = timezone.now() - timedelta(days=days)
    name = "attempt_time" if model is AccessAttempt else "created_at"
    model.objects.update(**{name: moment})


def test_failed_sign_ins_are_forgotten_after_a_month(cast, client, capsys):
    cache.clear()
    client.post("/accounts/login/", {"username": "dieuphoi", "password": "sai"})
    made(AccessAttempt, 29)
    assert cleared(capsys)["failed_sign_ins"] == 0
    made(AccessAttempt, 31)
    assert cleared(capsys)["failed_sign_ins"] == 1
    assert not AccessAttempt.objects.exists()


def test_a_workbook_that_was_never_committed_goes_with_its_file(cast, capsys, settings):
    year = FiscalYear.objects.get(code="2023")
    content = SAMPLE.read_bytes()
    uploads = [
        receive(actor=cast.dieuphoi, content=content, filename="a.xlsx", fiscal_year=year)
        for _ in range(2)
    ]
    kept, over = uploads
    Upload.objects.filter(pk=kept.pk).update(state="committed")
    made(Upload, 89)
    assert cleared(capsys)["unused_workbooks"] == 0
    made(Upload, 91)
    settings.UNUSED_WORKBOOK_DAYS = 0
    assert cleared(capsys)["unused_workbooks"] == 0
    settings.UNUSED_WORKBOOK_DAYS = 90
    assert cleared(capsys)["unused_workbooks"] == 1
    assert list(Upload.objects.values_list("pk", flat=True)) == [kept.pk]
    assert Path(kept.file.path).exists() and not Path(over.file.path).exists()
