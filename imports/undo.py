"""A committed workbook taken back, while nothing has been done with what it brought in."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from disbursements.drafts import services as discard
from disbursements.models import Disbursement, PlanVersion
from imports.models import Kind, Upload, UploadState
from trainings import services as trainings
from trainings.models import Training

AS_LOADED = 1  # the version of a record that nobody has changed since


def _disbursement(actor: User, row: Any, why: str) -> None:
    discard.disbursement(actor=actor, disbursement=row, version=AS_LOADED, why=why)


def _plan(actor: User, row: Any, why: str) -> None:
    discard.plan(actor=actor, plan=row, version=AS_LOADED, why=why)


def _training(actor: User, row: Any, why: str) -> None:
    trainings.delete(actor=actor, training=row, version=AS_LOADED)


TAKE_BACK: dict[str, tuple[Any, Callable[[Any, Any, str], None]]] = {
    Kind.DISBURSEMENTS: (Disbursement, _disbursement),
    Kind.PLAN: (PlanVersion, _plan),
    Kind.TRAININGS: (Training, _training),
}


@transaction.atomic
def undo(*, actor: User, upload: Upload) -> Upload:
    """Take back all that a commit saved, or nothing: drafts, a draft plan, training classes.

    Funding sources, topics and activities that the workbook brought stay. Raises `Conflict` when
    it was not committed, was taken back already, loaded history, or when a row of it has been
    changed, submitted or deleted since.
    """
    row = Upload.objects.visible_to(actor).select_for_update().get(pk=upload.pk)
    if not row.can_undo:
        raise Conflict(_("This workbook has nothing that could be taken back."), "state")
    model, take_back = TAKE_BACK[row.kind]
    there = model.objects.visible_to(actor).in_bulk(row.saved)
    why = _("Workbook %(file)s taken back") % {"file": row.name}
    try:
        for pk in row.saved:
            take_back(actor, there[pk], why)
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
