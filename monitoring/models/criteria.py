"""What proposals of a year are judged by: criteria with their weight, and the points given."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import ForAllQuerySet, NamedModel, VersionedModel
from monitoring.models.proposals import Proposal
from programs.models import FiscalYear

MOST_POINTS, MOST_WEIGHT = 10, 100


class Criterion(NamedModel, VersionedModel):
    """Something the proposals of a fiscal year are judged by; kept with the year."""

    search_fields = ("name",)

    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="criteria", verbose_name=_("fiscal year")
    )
    name = models.CharField(_("criterion"), max_length=120)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ForAllQuerySet.as_manager()

    class Meta:
        ordering = ["-fiscal_year__start", "order", "id"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "name"],
                name="criterion_once_a_year",
                violation_error_message=_("The year has this criterion already."),
                violation_error_code="already_there",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=MOST_WEIGHT),
                name="criterion_weight_in_range",
                violation_error_message=_("A weight is from 1 to 100."),
                violation_error_code="out_of_range",
            ),
        ]


class Score(models.Model):
    """The points (0 to 10) of a proposal for one criterion."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    points = models.PositiveSmallIntegerField(_("points"))
    scored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["criterion__order", "criterion_id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=Q(points__lte=MOST_POINTS),
                name="score_points_in_range",
                violation_error_code="out_of_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"
