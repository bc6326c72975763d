"""Files of a voucher: what may be attached, by whom, and how it is served."""

import hashlib
import zipfile
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from accounts.roles import ENTER_DISBURSEMENT
from core.services.access import check
from core.services.errors import Conflict
from core.services.transition import save_with_history
from core.values.text import squash
from disbursements.ledger.services import EDITABLE, check_scope
from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")


def kind_of(upload: Any) -> str | None:
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


def _is_workbook(upload: Any) -> bool:
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    finally:
        upload.seek(0)
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names and not any(
        name.endswith("vbaProject.bin") for name in names
    )


@transaction.atomic
def add(*, actor: Any, disbursement: Disbursement, upload: Any) -> Attachment:
    """Attach a file to a row in the actor's scope; the same file again is the same attachment.

    Raises `ValidationError` on `files`: empty, over 10 MB, a type that is not allowed.
    """
    check(actor, ENTER_DISBURSEMENT)
    check_scope(actor, disbursement)
    name = squash(PurePath(upload.name).name)[:200] or "file"
    kind = checked_file(upload, name)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    Disbursement.objects.select_for_update().get(pk=disbursement.pk)
    earlier = disbursement.attachments.filter(sha256=digest.hexdigest()).first()
    if earlier is not None:
        return earlier
    if disbursement.attachments.count() >= MAX_FILES:
        raise ValidationError({"files": _("A voucher has at most %(n)d files.") % {"n": MAX_FILES}})
    upload.seek(0)
    row = Attachment(
        disbursement=disbursement,
        file=upload,
        name=name,
        kind=kind,
        size=upload.size,
        sha256=digest.hexdigest(),
        added_by=actor,
    )
    save_with_history(row, actor, _("attached"))
    return row


def checked_file(upload: Any, name: str) -> str:
    """The content type of a file that may be kept; else `ValidationError` on `files`."""
    problem = ""
    kind = None
    if not upload.size:
        problem = _("“%(name)s” is empty. Send it again.") % {"name": name}
    elif upload.size > MAX_BYTES:
        problem = _("“%(name)s” is larger than 10 MB.") % {"name": name}
    else:
        kind = kind_of(upload)
    if not problem and kind is None:
        problem = _(
            "“%(name)s” is not a file a voucher can have: PDF, JPEG, PNG, HEIC, WebP or xlsx."
        ) % {"name": name}
    if problem or kind is None:
        raise ValidationError({"files": problem})
    return kind


@transaction.atomic
def remove(*, actor: Any, attachment: Attachment) -> None:
    """Take a file off a row that is still a draft or was returned."""
    check(actor, ENTER_DISBURSEMENT)
    row = Disbursement.objects.select_for_update().get(pk=attachment.disbursement_id)
    check_scope(actor, row)
    if row.status not in EDITABLE:
        raise Conflict(_("Files of a submitted or posted row stay."), "state")
    attachment._history_user = actor  # type: ignore[attr-defined]
    attachment._change_reason = _("removed")  # type: ignore[attr-defined]
    attachment.delete()


def served(attachment: Any) -> FileResponse:
    """The file as a download: never shown as a page, never guessed at by the browser."""
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
