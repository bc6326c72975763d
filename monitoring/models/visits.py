"""Monitoring visits: who went where and what they saw. Photos show places, not children."""

from datetime import date as Date

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from communes.models import Commune, Placed, Village
from core.models import NamedModel, VersionedModel
from monitoring.models.common import AboutQuerySet
from programs.models import Output, Program


class Visit(Placed, NamedModel, VersionedModel):
    search_fields = ("title", "seen", "team")
    name_field = "title"

    title = models.CharField(_("visit"), max_length=300)
    date = models.DateField(_("date"))
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("programme"),
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="visits", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, verbose_name=_("village")
    )
    output = models.ForeignKey(
        Output,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("works or equipment"),
    )
    from_district = models.CharField(_("from the district board"), max_length=200, blank=True)
    from_plan = models.CharField(_("from Plan"), max_length=200, blank=True)
    from_commune = models.CharField(_("from the commune board"), max_length=200, blank=True)
    team = models.CharField(_("others"), max_length=300, blank=True)
    seen = models.TextField(_("what was seen"))
    advice = models.TextField(_("advice given"), blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = AboutQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("monitoring visit")
        verbose_name_plural = _("monitoring visits")

    @property
    def own_day(self) -> Date | None:
        return self.date

    def __str__(self) -> str:
        return self.title
