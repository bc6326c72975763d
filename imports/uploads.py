"""A workbook through the page: received and checked, shown, committed by a second decision.

The file is kept as it came. Every step checks it again: what was right an hour ago may be wrong
since (a month closed, a voucher entered), and nothing but the file itself is trusted.
"""

import hashlib
import uuid

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from imports.models import RowError, Upload, UploadState
from imports.outcome import Outcome
from imports.services import check_workbook, commit
from imports.workbook import Issue, mark_errors
from programs.models import FiscalYear


def receive(
    *,
    actor: User,
    kind: str,
    content: bytes,
    filename: str,
    fiscal_year: FiscalYear | None = None,
    as_history: bool = False,
) -> Upload:
    """Check a workbook and keep it with what was found. Raises `PermissionDenied` only."""
    outcome = check_workbook(
        actor=actor,
        kind=kind,
        source=content,
        filename=filename,
        fiscal_year=fiscal_year,
        post=as_history,
    )
    upload = Upload(
        kind=kind,
        name=filename[-255:],
        user=actor,
        fiscal_year=outcome.fiscal_year,
        as_history=as_history,
    )
    upload.digest = _digest(content)
    with transaction.atomic():
        upload.file.save(f"{uuid.uuid4().hex}.xlsx", ContentFile(content), save=False)
        _note(upload, outcome)
    return upload


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _note(upload: Upload, outcome: Outcome) -> None:
    """Write what a check found into the upload and its findings."""
    upload.fiscal_year = outcome.fiscal_year
    upload.rows, upload.valid = outcome.rows, outcome.valid
    upload.duplicates, upload.sums = outcome.duplicates, outcome.sums
    if upload.state != UploadState.COMMITTED:
        upload.state = UploadState.REFUSED if outcome.errors else UploadState.CHECKED
    upload.save()
    upload.findings.all().delete()
    RowError.objects.bulk_create(
        [_finding(upload, issue, warning=False) for issue in outcome.errors]
        + [_finding(upload, issue, warning=True) for issue in outcome.warnings],
        batch_size=500,
    )


def _finding(upload: Upload, issue: Issue, *, warning: bool) -> RowError:
    return RowError(
        upload=upload,
        is_warning=warning,
        sheet=(issue.sheet or "")[:200],
        row=issue.row,
        column=(issue.column or "")[:200],
        code=issue.code[:40],
        message=issue.message,
    )


def check_again(upload: Upload, actor: User) -> Outcome:
    """The outcome of checking the kept file now."""
    with upload.file.open("rb") as file:
        content = file.read()
    return check_workbook(
        actor=actor,
        kind=upload.kind,
        source=content,
        filename=upload.name,
        fiscal_year=upload.fiscal_year,
        post=upload.as_history,
    )


def confirm(*, actor: User, upload: Upload) -> Upload:
    """Save what the workbook holds, once; an upload that is wrong by now is refused again."""
    outcome = check_again(upload, actor)
    if outcome.errors:
        with transaction.atomic():
            _note(upload, outcome)
        return upload
    with transaction.atomic():
        hit = Upload.objects.filter(pk=upload.pk, state=UploadState.CHECKED).update(
            state=UploadState.COMMITTED, committed_at=timezone.now()
        )
        if hit != 1:
            raise Conflict(_("This workbook has been committed already."), "state")
        commit(actor=actor, outcome=outcome, post=upload.as_history)
        Upload.objects.filter(pk=upload.pk).update(saved=outcome.saved)
    upload.refresh_from_db()
    return upload


def marked(upload: Upload, actor: User) -> bytes:
    """The user's own workbook with the wrong cells red. Raises `WorkbookError` if it cannot be."""
    outcome = check_again(upload, actor)
    with upload.file.open("rb") as file:
        return mark_errors(file.read(), [*outcome.errors, *outcome.warnings])
