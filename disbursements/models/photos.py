"""A voucher that is a photo alone so far (ADR 34)."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from core.models import AttachedFile


def path_of(photo: "VoucherPhoto", filename: str) -> str:
    """Where it lies, also once it is a voucher's: a name nobody can guess."""
    return f"vouchers/photos/{secrets.token_hex(16)}"


class VoucherPhotos(models.QuerySet["VoucherPhoto"]):
    def visible_to(self, user: User) -> "VoucherPhotos":
        """A person's own: whose place and programme are not said yet is in nobody's scope."""
        return self.filter(added_by=user)


class VoucherPhoto(AttachedFile):
    """A photo that waits to become a voucher: completed, it is a file of that one and no more."""

    file = models.FileField(_("file"), upload_to=path_of, max_length=200)
    history = HistoricalRecords()
    objects = VoucherPhotos.as_manager()

    class Meta:
        ordering = ["added_at", "id"]
        verbose_name = _("photo of a voucher")
        verbose_name_plural = _("photos of vouchers")
        constraints = [
            models.UniqueConstraint(fields=["added_by", "sha256"], name="voucher_photo_once")
        ]
