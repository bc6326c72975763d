"""Monitoring visits, planned and made: who went where and what they saw.

Photos show places, not children.
"""

from datetime import date as Date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from communes.models import Commune, Placed, Village
from core.models import NamedModel, VersionedModel
from monitoring.models.common import AboutQuerySet
from programs.models import Output, Program


class VisitState(models.TextChoices):
    PLANNED = "planned", _("To be made")
    MADE = "made", _("Made")


class VisitQuerySet(AboutQuerySet["Visit"]):
    def made(self) -> "VisitQuerySet":
        """Those somebody went on: a planned one has seen nothing yet."""
        return self.filter(state=VisitState.MADE)

    def planned(self) -> "VisitQuerySet":
        return self.filter(state=VisitState.PLANNED)


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
    state = models.CharField(
        _("state"), max_length=10, choices=VisitState.choices, default=VisitState.MADE
    )
    seen = models.TextField(
        _("what was seen"), blank=True, help_text=_("Empty while the visit is only planned.")
    )
    advice = models.TextField(_("advice given"), blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("monitoring visit")
        verbose_name_plural = _("monitoring visits")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="planned", seen="") | (Q(state="made") & ~Q(seen="")),
                name="visit_made_says_what_was_seen",
                violation_error_code="required",
            ),
        ]

    @property
    def own_day(self) -> Date | None:
        return self.date

    @property
    def who(self) -> str:
        """Who goes, or went: of the district board, of Plan, of the commune board, others."""
        came = (self.from_district, self.from_plan, self.from_commune, self.team)
        return "; ".join(filter(None, came))
