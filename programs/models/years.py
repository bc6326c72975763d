"""Fiscal years (July to June) and their months, which are closed and reopened."""

from datetime import date

from django.db import models
from django.db.models import F, Model, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from communes.models import Commune, called
from core.models import VersionedModel
from core.values.dates import month_key, quarter_label
from core.values.money import MAX_AMOUNT


class YearState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


OPEN_AND_CLOSED: dict[str, tuple[str, ...]] = {
    YearState.OPEN: (YearState.CLOSED,),
    YearState.CLOSED: (YearState.OPEN,),
}
SIGNERS = ("Người lập", "Phụ trách kế toán", "Thủ trưởng đơn vị")  # as accounting lists have it


class FiscalYear(VersionedModel):
    """A fiscal year, named by the year it ends in: 2023 is 2022-07-01 to 2023-06-30."""

    transitions = OPEN_AND_CLOSED

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
    signers = models.JSONField(
        _("who signs the list for approval"),
        null=True,  # the usual ones; a default would have SQLite rebuild the table
        blank=True,
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
                violation_error_code="wrong_order",
            ),
            models.CheckConstraint(
                condition=Q(variance_high__gt=F("variance_low")),
                name="fiscal_year_variance_limits_in_order",
                violation_error_message=_("The upper limit must be above the lower one."),
                violation_error_code="wrong_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def who_signs(self) -> list[str]:
        """The titles under a list for approval, from left to right."""
        return list(self.signers or SIGNERS)

    def quarter_end(self, quarter: int) -> date:
        """The last day of quarter 1–4."""
        return quarter_bounds(self.start, quarter)[1]


class ProgramCeiling(models.Model):
    """The most that a programme's plan of a fiscal year should come to (đồng)."""

    fiscal_year = models.ForeignKey(FiscalYear, models.CASCADE, related_name="program_ceilings")
    program = models.ForeignKey("programs.Program", models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("budget ceiling (đồng)"))

    class Meta:
        ordering = ["fiscal_year_id", "program__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "program"], name="program_ceiling_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=MAX_AMOUNT),
                name="program_ceiling_in_range",
                violation_error_code="out_of_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year.code} {self.program.code}: {self.amount}"


def quarter_bounds(start: date, quarter: int) -> tuple[date, date]:
    """First and last day of quarter 1–4 of the fiscal year that starts on `start`."""
    first = add_months(start, 3 * (quarter - 1))
    return first, month_end(add_months(first, 2))


def add_months(first: date, months: int) -> date:
    """The first day of the month `months` after the month of `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_end(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return date.fromordinal(add_months(first, 1).toordinal() - 1)


def first_day(row: Model) -> date | None:
    """The first day of a record's fiscal year, if it has one: what is of a year is of that day."""
    year = getattr(row, "fiscal_year", None)
    return year.start if year else None


class Period(VersionedModel):
    """A month of a fiscal year in a programme area: the unit that is closed and reopened.

    `area` is the unit (a district, or after July 2025 a province or commune) whose programme it is.
    """

    transitions = OPEN_AND_CLOSED

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
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="period_quarter_1_to_4",
                violation_error_code="out_of_range",
            ),
        ]

    def __str__(self) -> str:
        return _("Month %(month)s") % {"month": self.start.strftime("%m/%Y")}

    @property
    def is_closed(self) -> bool:
        return self.state == YearState.CLOSED

    @property
    def area_name(self) -> str:
        """The programme area that the month is of, as it was called then."""
        return called(self.area, self.start)

    @property
    def key(self) -> str:
        """`YYYY-MM`, as the API names a month."""
        return month_key(self.start)

    @property
    def quarter_name(self) -> str:
        return quarter_label(self.quarter, self.fiscal_year.start)
