"""Memoranda of understanding and project agreements: who, about what, due when, signed when."""

import calendar
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import within
from communes.models import Commune, Placed
from core.models import NamedModel, VersionedModel
from core.values.dates import format_date
from programs.models.programs import Program
from programs.models.years import FiscalYear


class AgreementKind(models.TextChoices):
    MOU = "MoU", _("Memorandum of understanding (MoU)")
    PA = "PA", _("Project agreement (PA)")


class Precision(models.TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> "AgreementQuerySet":
        """Those about a programme and commune of the user's; naming none is being about all."""
        seen = self.model._base_manager.filter(
            within(user, program="programs", commune="communes", optional=True)
        )
        return self.filter(pk__in=seen.order_by().values("pk"))

    def unsigned(self) -> "AgreementQuerySet":
        return self.filter(signed_date=None, due_date__isnull=False)


class Agreement(Placed, NamedModel, VersionedModel):
    """An agreement. `due_date` is the last day of what was promised: "trong tháng 8/2023" is kept
    as 2023-08-31 with `due_precision` month."""

    search_fields = ("title", "parties")
    name_field = "title"

    kind = models.CharField(_("kind"), max_length=3, choices=AgreementKind.choices)
    title = models.CharField(_("agreement"), max_length=300)
    parties = models.TextField(_("parties"), blank=True, help_text=_("One to a line."))
    programs = models.ManyToManyField(
        Program,
        blank=True,
        related_name="agreements",
        verbose_name=_("programmes"),
        help_text=_("None: all."),
    )
    communes = models.ManyToManyField(
        Commune,
        blank=True,
        related_name="agreements",
        verbose_name=_("communes"),
        help_text=_("None: all."),
    )
    fiscal_years = models.ManyToManyField(
        FiscalYear, blank=True, related_name="agreements", verbose_name=_("fiscal years")
    )
    due_date = models.DateField(_("due"), null=True, blank=True)
    due_precision = models.CharField(
        _("due to the"), max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    signed_date = models.DateField(_("signed on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["due_date", "kind", "sort_key", "id"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")

    @property
    def own_day(self) -> date | None:
        return self.signed_date or self.due_date

    @property
    def planned_day(self) -> date | None:
        return self.due_date

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.due_date = last_day(self.due_date, self.due_precision)
        super().save(*args, **kwargs)

    @property
    def due_text(self) -> str:
        """'31/08/2023', 'within 08/2023', 'within 2023'."""
        if self.due_date is None:
            return ""
        if self.due_precision == Precision.DAY:
            return format_date(self.due_date)
        year = f"{self.due_date.year:04}"
        month = f"{self.due_date.month:02}/{year}"
        when = month if self.due_precision == Precision.MONTH else year
        return _now("within %(when)s") % {"when": when}

    @property
    def due_date_text(self) -> str:
        return self.due_text

    def is_late(self, as_of: date) -> bool:
        """Whether it is still not signed after what was promised."""
        return self.signed_date is None and self.due_date is not None and self.due_date < as_of


def last_day(day: date | None, precision: str) -> date | None:
    """The day something due in that day's month (or year) is late after."""
    if day is None or precision == Precision.DAY:
        return day
    month = day.month if precision == Precision.MONTH else 12
    return date(day.year, month, calendar.monthrange(day.year, month)[1])


class Amendment(models.Model):
    """A signed change of an agreement."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="amendments")
    number = models.PositiveSmallIntegerField(_("number"))
    signed_date = models.DateField(_("signed on"))
    summary = models.TextField(_("what it changes"))

    class Meta:
        ordering = ["number"]
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="amendment_number_once",
                violation_error_message=_("There is an amendment of this number."),
                violation_error_code="already_there",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="amendment_number_from_1",
                violation_error_code="out_of_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} · {self.number}"
