"""Pages of training classes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.roles import RECORD_TRAINING
from core.dates import DateError, parse_date
from core.pages import Act, Area, Column
from trainings import services
from trainings.api import TrainingFilters
from trainings.models import Training


class DaysField(forms.CharField):
    """Several days, one to a line or separated by semicolons."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> Any:
        parts = super().clean(value).replace(";", "\n").splitlines()
        try:
            return [parse_date(part) for part in parts if part.strip()]
        except DateError as error:
            raise ValidationError(error.message, error.code) from error


class CopyForm(forms.Form):
    starts = DaysField(label=_("First days"), help_text=_("One to a line: 05/07/2023."))


def _copy(*, actor: Any, row: Training, version: Any, starts: Any) -> Any:
    return services.copy(actor=actor, training=row, starts=starts)


trainings = Area(
    name="trainings",
    one="training",
    records=services.classes,
    title=_("Training classes"),
    new=_("Enter a class"),
    help=_("Head counts only: sexes and ages add up to the total; the other parts may overlap."),
    filterset=TrainingFilters,
    filters=("fiscal_year", "quarter", "program", "commune", "topic", "search"),
    optional=("program", "end", "participants"),
    related=("topic", "program", "activity", "commune", "village", "fiscal_year"),
    columns=(
        Column(_("class"), lambda row: row.title),
        Column(_("topic"), lambda row: row.topic.name),
        Column(_("programme"), lambda row: row.program.code),
        Column(_("commune"), lambda row: row.commune.name),
        Column(_("first day"), lambda row: row.start),
        Column(_("last day"), lambda row: row.end),
        Column(_("participants"), lambda row: row.participants),
        Column(_("women"), lambda row: row.female),
        Column(_("men"), lambda row: row.male),
        Column(_("under 16"), lambda row: row.under_16),
        Column(_("16–24"), lambda row: row.age_16_24),
        Column(_("over 24"), lambda row: row.over_24),
        Column(_("ethnic minority"), lambda row: row.ethnic_minority),
        Column(_("with a disability"), lambda row: row.disability),
        Column(_("poor household"), lambda row: row.poor_household),
    ),
    more=((_("Summed up"), "trainings-summary"),),
    acts=(Act("copy", _("Copy to new dates"), (RECORD_TRAINING,), _copy, CopyForm),),
)
