"""What is done, and when: programmes, fiscal years with their months, funds, activities."""

from datetime import date
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.scope import within
from communes.models import Commune
from core.models import ForAllQuerySet, NamedModel, VersionedModel
from core.values.dates import month_key, quarter_label

CODE = RegexValidator(
    r"^[A-Z0-9][A-Z0-9._/-]*$", _("Use capital letters, digits, '-', '.', '_' and '/'.")
)


class ProgramQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ProgramQuerySet":
        """Programmes the user is assigned to, in whichever commune."""
        return self.filter(within(user, program="pk"))


class Program(NamedModel, VersionedModel):
    search_fields = ("code", "name", "name_en")

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the language of the screen."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class YearState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class FiscalYear(VersionedModel):
    """A fiscal year, named by the year it ends in: 2023 is 2022-07-01 to 2023-06-30."""

    code = models.CharField(_("code"), max_length=4, unique=True)
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    state = models.CharField(
        _("state"), max_length=10, choices=YearState.choices, default=YearState.OPEN
    )
    ceiling = models.BigIntegerField(
        _("budget ceiling (đồng)"), null=True, blank=True, help_text=_("For choosing activities.")
    )
    variance_low = models.PositiveSmallIntegerField(_("explain below (%)"), default=80)
    variance_high = models.PositiveSmallIntegerField(_("explain above (%)"), default=110)
    illustrative = models.BooleanField(
        _("illustrative figures"), default=False, help_text=_("Shown on every page of the year.")
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["-start"]
        verbose_name = _("fiscal year")
        verbose_name_plural = _("fiscal years")
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="fiscal_year_in_order",
                violation_error_message=_("A year cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(variance_high__gt=F("variance_low")),
                name="fiscal_year_variance_limits_in_order",
                violation_error_message=_("The upper limit must be above the lower one."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def quarter_end(self, quarter: int) -> date:
        """The last day of quarter 1–4."""
        return quarter_bounds(self.start, quarter)[1]


def quarter_bounds(start: date, quarter: int) -> tuple[date, date]:
    """First and last day of quarter 1–4 of the fiscal year that starts on `start`."""
    first = add_months(start, 3 * (quarter - 1))
    return first, date.fromordinal(add_months(first, 3).toordinal() - 1)


def add_months(first: date, months: int) -> date:
    """The first day of the month `months` after the month of `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


class Period(VersionedModel):
    """A month of a fiscal year in a programme area: the unit that is closed and reopened.

    `area` is the unit (a district, or after July 2025 a province or commune) whose programme it is.
    """

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="periods")
    area = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    state = models.CharField(
        _("state"), max_length=10, choices=YearState.choices, default=YearState.OPEN
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["start", "area_id"]
        verbose_name = _("month")
        verbose_name_plural = _("months")
        constraints = [
            models.UniqueConstraint(fields=["area", "start"], name="period_once"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="period_quarter_1_to_4"
            ),
        ]

    def __str__(self) -> str:
        return _("Month %(month)s") % {"month": self.start.strftime("%m/%Y")}

    @property
    def is_closed(self) -> bool:
        return self.state == YearState.CLOSED

    @property
    def key(self) -> str:
        """`YYYY-MM`, as the API names a month."""
        return month_key(self.start)

    @property
    def quarter_name(self) -> str:
        return quarter_label(self.quarter, self.fiscal_year.start)


class Fund(NamedModel, VersionedModel):
    """A funding source, such as a Plan national office or the sponsorship fund."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120, unique=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ForAllQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "code"]
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")

    def __str__(self) -> str:
        return self.name


class ActivityQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ActivityQuerySet":
        """Activities of the programmes the user is assigned to."""
        return self.filter(within(user, program="program"))


class Activity(NamedModel, VersionedModel):
    """Something a programme does, under a code that is unique over all years and programmes."""

    search_fields = ("code", "title", "unit")
    name_field = "code"

    code = models.CharField(
        _("activity code"),
        max_length=40,
        unique=True,
        validators=[CODE],
        error_messages={"unique": _("This activity code is taken.")},
    )
    title = models.CharField(_("activity"), max_length=500)
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="activities", verbose_name=_("programme")
    )
    unit = models.CharField(_("implementing unit"), max_length=200, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["program__order", "code"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


from programs.agreements import Agreement, Amendment  # noqa: E402  they stand on the above
from programs.outputs import ConditionCheck, Group, MemberCount, Output, Referral  # noqa: E402

__all__ = [
    "CODE",
    "Activity",
    "Agreement",
    "Amendment",
    "ConditionCheck",
    "FiscalYear",
    "Fund",
    "Group",
    "MemberCount",
    "Output",
    "Period",
    "Program",
    "Referral",
    "YearState",
    "add_months",
    "quarter_bounds",
]
