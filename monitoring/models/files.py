"""Files of any record: minutes, signed agreements, photos of places (never of children)."""

import secrets

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


def path_of(file: "RecordFile", filename: str) -> str:
    """Where a file lies: a name nobody can guess, never the one it came with."""
    return f"records/{secrets.token_hex(16)}"


class RecordFile(models.Model):
    """`kind` is the content type found in the file itself; the same content is kept once."""

    content_type = models.ForeignKey(ContentType, models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey("content_type", "object_id")
    file = models.FileField(_("file"), upload_to=path_of, max_length=200)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["id"]
        verbose_name = _("file of a record")
        verbose_name_plural = _("files of records")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "sha256"], name="record_file_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
