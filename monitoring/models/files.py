"""Files of any record: minutes, signed agreements, photos of places (never of children)."""

import secrets

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import AttachedFile


def path_of(file: "RecordFile", filename: str) -> str:
    """Where a file lies: a name nobody can guess, never the one it came with."""
    return f"records/{secrets.token_hex(16)}"


class RecordFile(AttachedFile):
    """A file of a record of any kind."""

    content_type = models.ForeignKey(ContentType, models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey("content_type", "object_id")
    file = models.FileField(_("file"), upload_to=path_of, max_length=200)
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
