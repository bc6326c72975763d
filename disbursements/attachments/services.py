"""Files of a voucher: what may be attached, by whom, and until when taken off."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.services.access import check
from core.services.attachments import save_attachment
from core.services.errors import Conflict
from disbursements.ledger.services import EDITABLE, check_scope
from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment


@transaction.atomic
def add(*, actor: User, disbursement: Disbursement, upload: object) -> Attachment:
    """Attach a file to a row in the actor's scope; the same file again is the same attachment.

    Raises `ValidationError` on `files`, as `save_attachment` says.
    """
    check(actor, ENTER_DISBURSEMENT)
    check_scope(actor, disbursement)
    Disbursement.objects.select_for_update().get(pk=disbursement.pk)
    return save_attachment(
        Attachment(disbursement=disbursement, added_by=actor),
        upload,
        among=disbursement.attachments.all(),
        too_many=_("A voucher has at most %(n)d files."),
    )


@transaction.atomic
def remove(*, actor: User, attachment: Attachment) -> None:
    """Take a file off a row that is still a draft or was returned."""
    check(actor, ENTER_DISBURSEMENT)
    row = Disbursement.objects.select_for_update().get(pk=attachment.disbursement_id)
    check_scope(actor, row)
    if row.status not in EDITABLE:
        raise Conflict(_("Files of a submitted or posted row stay."), "state")
    attachment._history_user = actor  # type: ignore[attr-defined]
    attachment._change_reason = _("removed")  # type: ignore[attr-defined]
    attachment.delete()
