"""A file that belongs to a voucher: a scan, a photo, a sheet."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import AttachedFile


def path_of(attachment: "Attachment", filename: str) -> str:
    """Where a file lies: a name nobody can guess, never the one it came with."""
    return f"vouchers/{attachment.disbursement_id}/{secrets.token_hex(16)}"


class Attachment(AttachedFile):
    """A file of a voucher."""

    disbursement = models.ForeignKey(
        "disbursements.Disbursement", models.PROTECT, related_name="attachments"
    )
    file = models.FileField(_("file"), upload_to=path_of, max_length=200)
    history = HistoricalRecords()

    class Meta:
        ordering = ["disbursement_id", "id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(fields=["disbursement", "sha256"], name="attachment_once")
        ]
