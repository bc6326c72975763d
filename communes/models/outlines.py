"""Where a unit's borders run: outlines read from a file, kept apart from the unit's own record.

A file is read, looked at, then used. Of several in use the latest says each unit's outline, so that
taking a file back leaves what was there before it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from communes.models.units import Commune
from core.models import ForAllQuerySet, VersionedModel

READ, USED = "read", "used"


class OutlineFile(VersionedModel):
    """A GeoJSON file of outlines: `day` is that of its units (None: each feature's own), `said`
    what there is to say of its features (`communes.outlines.sentences`)."""

    transitions = {READ: (USED,), USED: (READ,)}

    class State(models.TextChoices):
        READ = READ, _("read, not used")
        USED = USED, _("in use")

    name = models.CharField(_("file"), max_length=200)
    day = models.DateField(_("its units are those of"), null=True, blank=True)
    said = models.JSONField(default=list, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=READ)
    read_at = models.DateTimeField(_("read at"), auto_now_add=True)
    used_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["said"])

    objects = ForAllQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at", "-id"]
        verbose_name = _("file of outlines")
        verbose_name_plural = _("files of outlines")

    def __str__(self) -> str:
        return self.name


class Outline(models.Model):
    """The outline of a unit in one file: polygons, each an outer ring and its holes, of
    [longitude, latitude] (WGS 84), simplified."""

    file = models.ForeignKey(OutlineFile, models.CASCADE, related_name="outlines")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="outlines")
    polygons = models.JSONField()

    class Meta:
        ordering = ["commune__sort_key", "id"]
        verbose_name = _("outline")
        verbose_name_plural = _("outlines")
        constraints = [
            models.UniqueConstraint(fields=["file", "commune"], name="outline_once_in_a_file"),
        ]

    def __str__(self) -> str:
        return str(self.commune)
