"""The day from which on everything needs two people: where loading history ends."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import VersionedModel


class GoLive(VersionedModel):
    """The programme area's go-live day; there is one, or none yet.

    Rows dated before it, and plans of fiscal years that began before it, may be loaded as history
    by one person. It is fixed at set-up, else by the first posted row or approved plan that is not
    history. A later day waits as `proposed_day` until a second person agrees; guards hold it.
    """

    one = models.PositiveSmallIntegerField(default=1, unique=True, editable=False)
    day = models.DateField(_("go-live day"))
    proposed_day = models.DateField(_("proposed day"), null=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    reason = models.TextField(_("reason"), blank=True, default="")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    history = HistoricalRecords(excluded_fields=["one"])

    class Meta:
        verbose_name = _("go-live day")
        verbose_name_plural = _("go-live day")
        constraints = [
            models.CheckConstraint(
                condition=Q(one=1), name="go_live_once", violation_error_code="already_there"
            )
        ]

    def __str__(self) -> str:
        return self.day.isoformat()
