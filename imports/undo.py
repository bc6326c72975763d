"""A committed workbook taken back, while nothing has been done with what it brought in."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.services.errors import Conflict
from imports.models import Upload, UploadState


@transaction.atomic
def undo(*, actor: Any, upload: Upload) -> Upload:
    """Take back all that a commit saved, or nothing: drafts, a draft plan, training classes.

    Funding sources, topics and activities that the workbook brought stay. Raises `Conflict` when
    it was not committed, was taken back already, loaded history, or when a row of it has been
    changed, submitted or deleted since.
    """
    row = Upload.objects.visible_to(actor).select_for_update().get(pk=upload.pk)
    if not row.can_undo:
        raise Conflict(_("This workbook has nothing that could be taken back."), "state")
    there = row.holds.model.objects.visible_to(actor).in_bulk(row.saved)
    reason = _("Workbook %(file)s taken back") % {"file": row.name}
    try:
        for pk in row.saved:
            row.holds.take_back(there[pk], actor=actor, reason=reason)
    except (KeyError, Conflict) as moved:
        raise Conflict(
            _(
                "Some of what this workbook brought in has been changed, submitted or deleted "
                "since. Nothing was taken back; go through its rows one by one."
            ),
            "moved_on",
        ) from moved
    row.state = UploadState.UNDONE
    row.save(update_fields=["state"])
    return row
