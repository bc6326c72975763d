"""What is done with all that a workbook brought in, in one step: submitted, reversed, taken back.

Each is done at once, or of a long workbook by a task (`do_all`); all of it or nothing.
"""

from collections.abc import Callable, Iterator, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from core.services.progress import REVERSED, SUBMITTED, TAKEN_BACK, in_parts
from core.values.said import refused
from imports import background
from imports.models import Deed, Upload, UploadState


def drafts(upload: Upload, actor: User) -> QuerySet[Model]:
    """The records of a workbook that are drafts still, for submitting."""
    return _saved(upload, actor, "draft")


def posted(upload: Upload, actor: User) -> QuerySet[Model]:
    """The records of a workbook that are posted and not wholly reversed, for reversing; what was
    there before it, and was only changed, is not reversed with it."""
    rows = _saved(upload, actor, "posted").exclude(pk__in=upload.changed)
    return rows.filter(upload.holds.reversible) if upload.holds.reversible else rows.none()


def _saved(upload: Upload, actor: User, state: str) -> QuerySet[Model]:
    rows: QuerySet[Model] = upload.holds.model.objects.visible_to(actor).order_by("pk")
    if upload.state != UploadState.COMMITTED or not upload.holds.state:
        return rows.none()
    return rows.filter(pk__in=upload.saved_keys, **{upload.holds.state: state})


def do_all(*, actor: User, upload: Upload, what: Deed, reason: str = "") -> int | None:
    """Do it with all of a workbook or with nothing, with how many; None where a task is to do it.
    Raises `Conflict`, `PermissionDenied`, `ValidationError`."""
    if not background.takes_long(upload):
        return DEEDS[what](actor=actor, upload=upload, reason=reason)
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.is_at_work:
            raise Conflict(_("The portal is at this workbook. Wait until it is done."), "state")
        LOOKS[what](row, actor, reason)
        background.do_later(actor, row, what, reason)
    return None


@transaction.atomic
def submit_all(*, actor: User, upload: Upload, reason: str = "") -> int:
    """Submit all drafts of a workbook, or none; how many. Raises `Conflict`, `ValidationError`."""
    row = Upload.objects.visible_to(actor).select_for_update().get(pk=upload.pk)
    _check_drafts(row, actor)
    keys = list(drafts(row, actor).values_list("pk", flat=True))
    for records in _records(row, actor, SUBMITTED, keys):
        row.holds.submit_all(records, actor=actor)
    return len(keys)


@transaction.atomic
def reverse_all(*, actor: User, upload: Upload, reason: str) -> int:
    """Reverse what is left of all posted rows of a workbook, or none; how many. Who loaded it made
    its rows, so that somebody else does it, who sees all of them.

    Raises `Conflict` in a closed month, `PermissionDenied` for who may not reverse one of them.
    """
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    _check_posted(row, actor, reason)
    keys = list(posted(row, actor).values_list("pk", flat=True))
    for records in _records(row, actor, REVERSED, keys):
        row.holds.reverse_all(records, actor=actor, reason=reason.strip())
    return len(keys)


@transaction.atomic
def undo(*, actor: User, upload: Upload, reason: str = "") -> int:
    """Take back all that a commit saved, or nothing: drafts, a draft plan, training classes; what
    it changed is put back. With how many records.

    Funding sources, topics and activities that the workbook brought stay. Raises `Conflict` when
    it was not committed, was taken back already, loaded history, or when a row of it has been
    changed, submitted or deleted since.
    """
    row = Upload.objects.visible_to(actor).select_for_update().get(pk=upload.pk)
    _check_undo(row)
    why = _("Workbook %(file)s taken back") % {"file": row.name}
    try:
        for records in _records(row, actor, TAKEN_BACK, row.saved):
            row.holds.take_back_all(records, actor=actor, reason=why, overwrote=row.overwrote)
    except (KeyError, Conflict, ValidationError) as moved:
        raise Conflict(
            _(
                "Some of what this workbook brought in has been changed, submitted or deleted "
                "since. Nothing was taken back; go through its rows one by one."
            ),
            "moved_on",
        ) from moved
    row.state = UploadState.UNDONE
    row.save(update_fields=["state"])
    return len(row.saved)


def _records(upload: Upload, actor: User, stage: str, keys: Sequence[int]) -> Iterator[list[Model]]:
    """The records of these keys, some hundred at a time. `KeyError` for one that is not there."""
    seen = upload.holds.model.objects.visible_to(actor).select_related(*upload.holds.related)
    for part in in_parts(stage, keys):
        there = seen.in_bulk(part)
        yield [there[pk] for pk in part]


def _check_undo(upload: Upload, *_of: object) -> None:
    if not upload.can_undo:
        raise Conflict(_("This workbook has nothing that could be taken back."), "state")


def _check_drafts(upload: Upload, actor: User, *_of: object) -> None:
    if not drafts(upload, actor).exists():
        raise Conflict(_("Nothing of this workbook waits to be submitted."), "state")


def _check_posted(upload: Upload, actor: User, reason: str) -> None:
    if not sees_all(upload, actor):
        raise PermissionDenied
    if not reason.strip():
        raise refused(
            "reason", "reason_needed", _("Say why: the reason stands with each reversal.")
        )
    if not posted(upload, actor).exists():
        raise Conflict(_("Nothing of this workbook is posted."), "state")


def sees_all(upload: Upload, actor: User) -> bool:
    """Whether every row that a workbook brought in is in the actor's scope."""
    seen = upload.holds.model.objects.visible_to(actor).filter(pk__in=upload.saved_keys)
    return bool(upload.saved) and seen.count() == len(upload.saved)


DEEDS: dict[str, Callable[..., int]] = {
    Deed.UNDO: undo,
    Deed.SUBMIT: submit_all,
    Deed.REVERSE: reverse_all,
}
LOOKS: dict[str, Callable[[Upload, User, str], None]] = {
    Deed.UNDO: _check_undo,
    Deed.SUBMIT: _check_drafts,
    Deed.REVERSE: _check_posted,
}
