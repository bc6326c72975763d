"""A file that belongs to a voucher: a scan, a photo, a sheet."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


def path_of(attachment: "Attachment", filename: str) -> str:
    """Where a file lies: a name nobody can guess, never the one it came with."""
    return f"vouchers/{attachment.disbursement_id}/{secrets.token_hex(16)}"


class Attachment(models.Model):
    """`kind` is the content type found in the file itself; `sha256` makes a second try harmless."""

    disbursement = models.ForeignKey(
        "disbursements.Disbursement", models.PROTECT, related_name="attachments"
    )
    file = models.FileField(_("file"), upload_to=path_of, max_length=200)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["disbursement_id", "id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(fields=["disbursement", "sha256"], name="attachment_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def size_label(self) -> Any:
        return f"{max(1, self.size // 1024)} kB"
