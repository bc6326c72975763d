"""What of a unit that ended was handed on to the unit it became: one tick for each record."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communes.models import Commune


class HandedOnKind(models.TextChoices):
    DIFFICULTIES = "difficulties", _("Open difficulties")
    OUTPUTS = "outputs", _("Works and equipment")
    AGREEMENTS = "agreements", _("Running agreements")
    ASSIGNMENTS = "assignments", _("Assignments")
    PLANS = "plans", _("Plans that are not approved")
    ROWS = "rows", _("Disbursements not posted")


class HandedOn(models.Model):
    """A tick: who handed which record on, when. The record itself keeps its unit and its past; the
    tick keeps what it was called, and is never changed."""

    unit = models.ForeignKey(Commune, models.PROTECT, related_name="handed_on")
    kind = models.CharField(_("kind"), max_length=12, choices=HandedOnKind.choices)
    record_id = models.PositiveBigIntegerField()
    title = models.CharField(_("record"), max_length=300)
    note = models.CharField(_("who goes on with it"), max_length=300, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "done_at", "id"]
        verbose_name = _("handed on")
        verbose_name_plural = _("handed on")
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "record_id"], name="handed_on_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} · {self.kind} · {self.title}"
