"""What is done with all that a workbook brought in, in one step: submitted, or reversed."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from imports.models import Upload, UploadState


def drafts(upload: Upload, actor: User) -> QuerySet:
    """The records of a workbook that are drafts still, for submitting."""
    return _saved(upload, actor, "draft")


def posted(upload: Upload, actor: User) -> QuerySet:
    """The records of a workbook that are posted and not wholly reversed, for reversing; what was
    there before it, and was only changed, is not reversed with it."""
    rows = _saved(upload, actor, "posted").exclude(pk__in=upload.changed)
    return rows.filter(upload.holds.reversible) if upload.holds.reversible else rows.none()


def _saved(upload: Upload, actor: User, state: str) -> QuerySet:
    rows: QuerySet = upload.holds.model.objects.visible_to(actor).order_by("pk")
    if upload.state != UploadState.COMMITTED or not upload.holds.state:
        return rows.none()
    return rows.filter(pk__in=upload.saved_keys, **{upload.holds.state: state})


@transaction.atomic
def submit_all(*, actor: User, upload: Upload) -> int:
    """Submit all drafts of a workbook, or none; how many. Raises `Conflict`, `ValidationError`."""
    row = _committed(actor, upload)
    found = list(drafts(row, actor))
    if not found:
        raise Conflict(_("Nothing of this workbook waits to be submitted."), "state")
    for record in found:
        row.holds.submit(record, actor=actor)
    return len(found)


@transaction.atomic
def reverse_all(*, actor: User, upload: Upload, reason: str) -> int:
    """Reverse what is left of all posted rows of a workbook, or none; how many. Who loaded it made
    its rows, so that somebody else does it, who sees all of them.

    Raises `Conflict` in a closed month, `PermissionDenied` for who may not reverse one of them.
    """
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    if not sees_all(row, actor):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stands with each reversal.")})
    found = list(posted(row, actor))
    if not found:
        raise Conflict(_("Nothing of this workbook is posted."), "state")
    for record in found:
        row.holds.reverse(record, actor=actor, reason=reason.strip())
    return len(found)


def sees_all(upload: Upload, actor: User) -> bool:
    """Whether every row that a workbook brought in is in the actor's scope."""
    seen = upload.holds.model.objects.visible_to(actor).filter(pk__in=upload.saved_keys)
    return bool(upload.saved) and seen.count() == len(upload.saved)


def _committed(actor: User, upload: Upload) -> Upload:
    return Upload.objects.visible_to(actor).select_for_update().get(pk=upload.pk)
