"""What is done with all that a workbook brought in, in one step: submitted, or reversed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from imports.models import Upload, UploadState


def drafts(upload: Upload, actor: User) -> list[Any]:
    """The records of a workbook that are drafts still, for submitting."""
    return _saved(upload, actor, "draft") if upload.holds.state else []


def posted(upload: Upload, actor: User) -> list[Any]:
    """The records of a workbook that are posted and not wholly reversed, for reversing."""
    rows = _saved(upload, actor, "posted") if upload.holds.can_reverse else []
    return [row for row in rows if row.rest]


def _saved(upload: Upload, actor: User, state: str) -> list[Any]:
    if upload.state != UploadState.COMMITTED:
        return []
    rows = upload.holds.model.objects.visible_to(actor).filter(**{upload.holds.state: state})
    return list(rows.filter(pk__in=upload.saved).order_by("pk"))


@transaction.atomic
def submit_all(*, actor: User, upload: Upload) -> int:
    """Submit all drafts of a workbook, or none; how many. Raises `Conflict`, `ValidationError`."""
    row = _committed(actor, upload)
    found = drafts(row, actor)
    if not found:
        raise Conflict(_("Nothing of this workbook waits to be submitted."), "state")
    for record in found:
        row.holds.submit(record, actor=actor)
    return len(found)


@transaction.atomic
def reverse_all(*, actor: User, upload: Upload, reason: str) -> int:
    """Reverse what is left of all posted rows of a workbook, or none; how many.

    Raises `Conflict` in a closed month, `PermissionDenied` for who may not reverse one of them.
    """
    row = _committed(actor, upload)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stands with each reversal.")})
    found = posted(row, actor)
    if not found:
        raise Conflict(_("Nothing of this workbook is posted."), "state")
    for record in found:
        row.holds.reverse(record, actor=actor, reason=reason.strip())
    return len(found)


def _committed(actor: User, upload: Upload) -> Upload:
    return Upload.objects.visible_to(actor).select_for_update().get(pk=upload.pk)
