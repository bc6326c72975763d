"""The results framework: indicators with baselines, targets by year and commune, and actuals."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.scope import Row, Scoped
from communes.models import Commune, Placed
from core.models import NamedModel, VersionedModel
from core.values import display
from programs.models import CODE, FiscalYear, Program, first_day
from programs.models.programs import OfProgram


class Counted(models.TextChoices):
    ENTERED = "entered", _("Entered with evidence")
    TRAININGS = "trainings", _("Training classes")
    PARTICIPANTS = "participants", _("Participants")
    FEMALE = "female", _("Women taking part")
    OUTPUTS = "outputs", _("Works and equipment handed over")
    RATE = "rate", _("Rate of disbursement")


class Indicator(NamedModel, VersionedModel):
    search_fields = ("code", "name")

    code = models.CharField(_("code"), max_length=30, unique=True, validators=[CODE])
    name = models.CharField(_("indicator"), max_length=300)
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="indicators", verbose_name=_("programme")
    )
    unit = models.CharField(_("unit"), max_length=40)
    baseline = models.DecimalField(
        _("baseline"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    counted = models.CharField(
        _("actual is"), max_length=15, choices=Counted.choices, default=Counted.ENTERED
    )
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = OfProgram.as_manager()

    class Meta:
        ordering = ["program__order", "code"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class OfIndicatorQuerySet(Scoped[Row]):
    lies_in: ClassVar[dict[str, str]] = {"program": "indicator__program", "commune": "commune"}


class OfIndicator(Placed, VersionedModel):
    """A figure of an indicator for a fiscal year in one commune."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="%(class)ss", verbose_name=_("indicator")
    )
    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, verbose_name=_("fiscal year"))
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name=_("commune"))

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        """How the trail and the lists name it."""
        return f"{self.indicator.code}, {self.commune.name}, {self.fiscal_year.code}"

    @property
    def own_day(self) -> date | None:
        return first_day(self)

    def __str__(self) -> str:
        return f"{self.title}: {display.decimal(self.value)}"  # type: ignore[attr-defined]


class Target(OfIndicator):
    """What an indicator should reach in a fiscal year in one commune."""

    value = models.DecimalField(_("target"), max_digits=14, decimal_places=2)
    history = HistoricalRecords()

    objects = OfIndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["indicator_id", "commune__sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "fiscal_year", "commune"],
                name="target_once",
                violation_error_message=_(
                    "This indicator has a target for this year and commune; change that one."
                ),
                violation_error_code="already_there",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="target_not_negative",
                violation_error_message=_("A target is not below 0."),
                violation_error_code="negative",
            ),
        ]
        verbose_name = _("target of an indicator")
        verbose_name_plural = _("targets of indicators")


class Actual(OfIndicator):
    """What an entered indicator reached, with the evidence for it."""

    value = models.DecimalField(_("actual"), max_digits=14, decimal_places=2)
    evidence = models.TextField(
        _("evidence"),
        help_text=_("What the figure rests on: minutes, a list, a survey. Files go with it."),
    )
    history = HistoricalRecords()

    objects = OfIndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["indicator_id", "commune__sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "fiscal_year", "commune"],
                name="actual_once",
                violation_error_message=_(
                    "This indicator has an actual for this year and commune; change that one."
                ),
                violation_error_code="already_there",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="actual_not_negative",
                violation_error_message=_("An actual is not below 0."),
                violation_error_code="negative",
            ),
            models.CheckConstraint(
                condition=~Q(evidence=""),
                name="actual_has_evidence",
                violation_error_message=_("Say what the figure rests on."),
                violation_error_code="required",
            ),
        ]
        verbose_name = _("actual of an indicator")
        verbose_name_plural = _("actuals of indicators")
