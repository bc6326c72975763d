"""Files that belong to a record: which may be kept, kept once, and served as a download."""

import hashlib
import zipfile
from pathlib import PurePath
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import FileResponse
from django.utils.translation import gettext as _

from core.models import AttachedFile
from core.services import virus_scan
from core.services.transition import save_with_history
from core.values.said import coded, refused
from core.values.text import squash

Kept = TypeVar("Kept", bound=AttachedFile)
MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 20
MAX_UNPACKED = 200 * 1024 * 1024  # bytes of a workbook: more would only be there to harm
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_PARTS = 2000  # files in the zip that a workbook is
ENDINGS = {  # of each kind; a name with none of them gets the first
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    XLSX: (".xlsx",),
}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")


def kind_of(upload: "UploadedFile[bytes]") -> str | None:
    """The content type of a file by its first bytes (its name says nothing); None: not allowed."""
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "image/heic"
    if head.startswith(b"PK\x03\x04") and _is_workbook(upload):
        return XLSX
    return None


def _is_workbook(upload: "UploadedFile[bytes]") -> bool:
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist())
            if len(archive.infolist()) > MAX_PARTS:
                return False
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    finally:
        upload.seek(0)
    is_one = {"[Content_Types].xml", "xl/workbook.xml"} <= names and unpacked <= MAX_UNPACKED
    return is_one and not any(name.endswith("vbaProject.bin") for name in names)


def save_attachment(
    row: Kept,
    upload: Any,
    *,
    among: "models.Manager[Kept] | models.QuerySet[Kept]",
    too_many: str,
    most: int = MAX_FILES,
) -> Kept:
    """Save an upload as an attachment, `row`, made for its record and `added_by`; the same content
    again is the file that is there already, `among` those of the record.

    Raises `ValidationError` on `files`: empty, over 10 MB, a type that is not allowed, too many.
    """
    row.name = squash(PurePath(upload.name).name)[:200] or "file"
    row.kind = _checked(upload, row.name)
    row.name = _true_name(row.name, row.kind)
    row.sha256 = sha256_of(upload)
    if earlier := among.filter(sha256=row.sha256).first():
        return earlier
    if among.count() >= most:
        raise refused("files", "too_many_files", too_many % {"n": most})
    row.file, row.size = upload, upload.size
    save_with_history(row, row.added_by, _("attached"))
    return row


def _true_name(name: str, kind: str) -> str:
    """The name with an ending of what the file is: a photo called `phieu-chi.exe` is saved as
    `phieu-chi.exe.jpg`, and opens as one."""
    if name.lower().endswith(ENDINGS[kind]):
        return name
    ending = ENDINGS[kind][0]
    return f"{name[: 200 - len(ending)]}{ending}"


def sha256_of(upload: "UploadedFile[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _checked(upload: "UploadedFile[bytes]", name: str) -> str:
    """The content type of a file that may be kept; else `ValidationError` on `files`."""
    problem = ""
    kind = None
    if not upload.size:
        problem = coded("empty", _("“%(name)s” is empty. Send it again.") % {"name": name})
    elif upload.size > MAX_BYTES:
        problem = coded("too_large", _("“%(name)s” is larger than 10 MB.") % {"name": name})
    else:
        kind = kind_of(upload)
    if not problem and kind is None:
        said = _("“%(name)s” is not a file a voucher can have: PDF, JPEG, PNG, HEIC, WebP or xlsx.")
        problem = coded("wrong_type", said % {"name": name})
    if not problem:
        problem = coded("virus", virus_scan.refusal(upload.read(), name))
        upload.seek(0)
    if problem or kind is None:
        raise ValidationError({"files": problem})
    return kind


def download_response(attachment: AttachedFile) -> FileResponse:
    """The response with a file as a download: never shown as a page, never guessed at by the
    browser."""
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.kind,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
