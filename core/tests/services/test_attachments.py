"""Which files may be kept with a record: told by their content, and by the office's scanner."""

import io
import sys
import zipfile

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from core.services import attachments, virus_scan
from disbursements.attachments.services import add
from imports.apart import read_workbook
from imports.workbook import WorkbookError
from plan_portal import environment
from tests import factories as make

pytestmark = pytest.mark.any_database


def workbook(**parts):
    """A zip with the parts of a workbook, and others."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, "<a/>")
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("photo.jpg", PDF, "application/pdf"),
        ("voucher.pdf", b"<html><script>alert(1)</script>", None),
        ("voucher.pdf", b"MZ\x90\x00" + b"\0" * 60, None),
        ("table.xlsx", workbook(), attachments.XLSX),
        ("table.xlsx", workbook(**{"xl/vbaProject.bin": b"macro"}), None),
        ("table.xlsx", workbook(**{"xl/big.xml": b"\0" * (2 * 2**20)}), None),
        ("table.xlsx", workbook()[:-30], None),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    ],
)
def test_the_content_says_what_a_file_is(name, content, kind, monkeypatch):
    monkeypatch.setattr(attachments, "MAX_UNPACKED", 2**20)
    assert attachments.kind_of(SimpleUploadedFile(name, content)) == kind


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("phieu-chi.exe", PDF, "phieu-chi.exe.pdf"),
        ("Phiếu chi.PDF", PDF, "Phiếu chi.PDF"),
        ("IMG_1.JPEG", b"\xff\xd8\xff\xe0" + b"\0" * 20, "IMG_1.JPEG"),
        ("trang.html", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "trang.html.png"),
        ("a" * 250, PDF, "a" * 196 + ".pdf"),
    ],
)
def test_a_name_ends_in_what_the_file_is(cast, name, content, kept):
    row = make.draft(by=cast.dieuphoi)
    file = add(actor=cast.dieuphoi, disbursement=row, upload=SimpleUploadedFile(name, content))
    assert file.name == kept


def test_a_zip_of_too_many_parts_is_no_workbook(monkeypatch):
    monkeypatch.setattr(attachments, "MAX_PARTS", 3)
    parts = {"xl/a.xml": b"", "xl/b.xml": b""}
    assert attachments.kind_of(SimpleUploadedFile("a.xlsx", workbook(**parts))) is None


def scanner(text):
    return f'"{sys.executable}" -c "import sys; sys.exit({text})"'


FINDS = scanner("1 if b'EICAR' in sys.stdin.buffer.read() else 0")


@pytest.mark.parametrize(
    ("command", "content", "said"),
    [
        ("", PDF + b"EICAR", ""),
        (FINDS, PDF, ""),
        (FINDS, PDF + b"EICAR", "“a.pdf” has a virus"),
        (scanner("2"), PDF, "“a.pdf” could not be checked"),
        ("/no/such/scanner -", PDF, "“a.pdf” could not be checked"),
    ],
)
def test_the_scanner_of_the_office_is_asked_first(settings, command, content, said):
    settings.VIRUS_SCANNER, settings.LANGUAGE_CODE = command, "en"
    assert virus_scan.refusal(content, "a.pdf").startswith(said)
    assert bool(virus_scan.refusal(content, "a.pdf")) == bool(said)


def test_no_virus_is_attached_and_none_is_read_as_a_workbook(settings):
    settings.VIRUS_SCANNER = FINDS
    with pytest.raises(ValidationError, match=r"a\.pdf"):
        attachments._checked(SimpleUploadedFile("a.pdf", PDF + b"EICAR"), "a.pdf")
    assert attachments._checked(SimpleUploadedFile("a.pdf", PDF), "a.pdf") == "application/pdf"
    with pytest.raises(WorkbookError) as refused:
        read_workbook(b"EICAR", "plan", "ke-hoach.xlsx")
    assert refused.value.code == "virus"


def test_a_scanner_that_is_not_there_is_said_at_the_start(monkeypatch):
    monkeypatch.setenv("VIRUS_SCANNER", "/no/such/scanner -")
    with pytest.raises(ImproperlyConfigured, match="VIRUS_SCANNER"):
        environment.program("VIRUS_SCANNER")
