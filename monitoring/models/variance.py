"""What was said about a variance: one explanation for each programme × commune, or activity."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import grants_of, within
from communes.models import Commune
from core.models import VersionedModel
from core.services.request_cache import all_of
from disbursements.models import PlanVersion
from programs.models import Activity, FiscalYear, Program


def whole_programs(user: User) -> list[Program]:
    """The programmes the user has in every commune: only they see an activity as a whole."""
    granted = [program for program, commune in grants_of(user) if commune is None]
    found = all_of(Program)
    return found if None in granted else [row for row in found if row.pk in granted]


class Cause(models.TextChoices):
    """What lies behind a variance, to be chosen; the explanation describes it."""

    VOLUME = "volume", _("More or less was done than planned")
    TIMING = "timing", _("Done in another quarter than planned")
    PRICES = "prices", _("Prices or cost norms changed")
    ADDED = "added", _("Activities were added by decision")
    PLAN = "plan", _("The plan was set too high or too low")
    PAPERS = "papers", _("Papers for payment came late")
    FUNDS = "funds", _("Money came late or was moved")
    PARTNERS = "partners", _("Partners or beneficiary units were not ready")
    WEATHER = "weather", _("Weather, roads or epidemics")
    OTHER = "other", _("Another cause")


class VarianceNoteQuerySet(models.QuerySet["VarianceNote"]):
    def visible_to(self, user: User) -> "VarianceNoteQuerySet":
        """Notes on a programme × commune in scope; on an activity with the whole programme."""
        return self.filter(
            Q(within(user, program="program", commune="commune"), commune__isnull=False)
            | Q(program__in=whole_programs(user), commune__isnull=True)
        )


class VarianceNote(VersionedModel):
    """Why a programme × commune, or an activity, stood so at the end of a quarter."""

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="variance_notes")
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="+")
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices, default=Cause.OTHER)
    text = models.TextField(_("explanation"), max_length=4000)
    decision = models.CharField(_("decision"), max_length=200, blank=True)
    plan_version = models.ForeignKey(
        PlanVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="variance_notes",
        verbose_name=_("plan that took it up"),
    )
    planned_to_date = models.BigIntegerField(_("planned to date (đồng)"), editable=False)
    disbursed = models.BigIntegerField(_("disbursed (đồng)"), editable=False)
    history = HistoricalRecords()

    objects = VarianceNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-fiscal_year__start", "-quarter", "program__order", "id"]
        verbose_name = _("explanation of a variance")
        verbose_name_plural = _("explanations of variances")
        constraints = [
            models.CheckConstraint(
                condition=Q(commune__isnull=True, activity__isnull=False)
                | Q(commune__isnull=False, activity__isnull=True),
                name="variance_of_commune_or_activity",
                violation_error_code="one_of_two",
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="variance_quarter_1_to_4",
                violation_error_code="out_of_range",
            ),
            models.UniqueConstraint(
                fields=["fiscal_year", "quarter", "program", "commune"],
                condition=Q(commune__isnull=False),
                name="variance_commune_once",
                violation_error_code="already_there",
            ),
            models.UniqueConstraint(
                fields=["fiscal_year", "quarter", "activity"],
                condition=Q(activity__isnull=False),
                name="variance_activity_once",
                violation_error_code="already_there",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year.code} · {self.quarter} · {self.commune or self.activity}"
