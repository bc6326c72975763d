"""Files may be kept by another storage than a folder of this machine: attachments, workbooks and
backups go through it (docs/scale.md)."""

import io
import tempfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from disbursements.attachments import services as attachments
from disbursements.models import Disbursement
from imports import services as imports
from imports.models import Upload
from plan_portal.tests.backup_places import elsewhere
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def anew(settings, backend, **options):
    """Another storage of files, which holds none."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": backend, "OPTIONS": options},
    }


def workbook():
    book, file = Workbook(), io.BytesIO()
    book.active.append(["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền"])
    book.active.append(["2023-04-03", "PC-1", "GBV-01", "Bản Lang", 1_000_000])
    book.save(file)
    return file.getvalue()


IN_MEMORY = "django.core.files.storage.InMemoryStorage"
IN_A_FOLDER = "core.services.whole_files.WholeFiles"


@pytest.mark.parametrize("backend", [IN_MEMORY, IN_A_FOLDER])
def test_files_are_kept_backed_up_and_restored_by_the_storage_that_is_set(
    settings, client, tmp_path, capsys, backend
):
    options = {"location": str(tmp_path / "shared")} if backend == IN_A_FOLDER else {}
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.BACKUP_DIR, settings.BACKUP_SECOND_DIR = str(tmp_path / "backups"), ""
    settings.BACKUP_KEY = ""
    anew(settings, backend, **options)
    clerk = make.somebody()
    row = make.draft(by=clerk)
    file = SimpleUploadedFile("phieu.pdf", PDF, "application/pdf")
    kept = attachments.add(actor=clerk, disbursement=row, upload=file)
    content = workbook()
    upload = imports.receive(actor=clerk, content=content, filename="gn.xlsx")
    client.force_login(clerk)
    page = client.get(f"/disbursements/{row.pk}/files/{kept.pk}/")
    assert b"".join(page.streaming_content) == PDF
    call_command("backup")
    path = Path(capsys.readouterr().out.splitlines()[0])

    with elsewhere(tmp_path):
        with pytest.raises(CommandError, match="holds"):
            call_command("restore", path)
        if options:
            options["location"] = tempfile.mkdtemp(dir=tmp_path)
        anew(settings, backend, **options)
        call_command("restore", path)
        call_command("verify", path)
        assert "Equal" in capsys.readouterr().out
        with Disbursement.objects.get(pk=row.pk).attachments.get().file.open("rb") as opened:
            assert opened.read() == PDF
        with Upload.objects.get(pk=upload.pk).file.open("rb") as opened:
            assert opened.read() == content
        default_storage.delete(kept.file.name)
        with pytest.raises(CommandError, match=f"file {kept.file.name}: missing"):
            call_command("verify", path)
    assert not Path(settings.MEDIA_ROOT).exists()
