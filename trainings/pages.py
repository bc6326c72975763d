"""Pages of training classes."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.roles import RECORD_TRAINING
from communes.columns import COMMUNE, VILLAGE
from core.pages import Column, RecordAction, RecordAdmin
from core.values.dates import DateError, parse_date
from core.values.text import Label
from programs.columns import ACTIVITY, PROGRAM
from trainings import services
from trainings.api import TrainingFilters
from trainings.models import Training


class DaysField(forms.CharField):
    """Several days, one to a line or separated by semicolons."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: object) -> list[date | None]:
        parts = super().clean(value).replace(";", "\n").splitlines()
        try:
            return [parse_date(part) for part in parts if part.strip()]
        except DateError as error:
            raise ValidationError(error.message, error.code) from error


class CopyForm(forms.Form):
    starts = DaysField(label=_("First days"), help_text=_("One to a line: 05/07/2023."))


def _copy(*, version: int | None, **fields: Any) -> list[Training]:
    return services.copy(**fields)


def _people(name: str, field: str, label: Label, **options: Any) -> Column:
    """A column of head counts, added up over all classes found."""
    return Column(name, label, lambda row: getattr(row, field), field, sum=field, **options)


trainings = RecordAdmin(
    name="trainings",
    one="training",
    called="training",
    records=services.classes,
    title=_("Training classes"),
    new=_("Enter a class"),
    help=_("Head counts only: sexes and ages add up to the total; the other parts may overlap."),
    filterset=TrainingFilters,
    filters=("fiscal_year", "quarter", "program", "commune", "topic", "activity", "search"),
    optional=("program", "end", "participants"),
    related=("topic", "program", "activity", "commune", "village", "fiscal_year"),
    columns=(
        Column("title", _("class"), lambda row: row.title, "sort_key"),
        Column("topic", _("topic"), lambda row: row.topic.name, "topic__sort_key"),
        PROGRAM,
        COMMUNE,
        VILLAGE.hide(),
        Column.text("venue", _("venue"), hidden=True),
        Column("first", _("first day"), lambda row: row.start, "start"),
        Column("last", _("last day"), lambda row: row.end, "end", hidden=True),
        _people("participants", "participants", _("participants")),
        _people("women", "female", _("women")),
        _people("men", "male", _("men")),
        _people("under_16", "under_16", _("under 16"), hidden=True),
        _people("age_16_24", "age_16_24", _("16–24"), hidden=True),
        _people("over_24", "over_24", _("over 24"), hidden=True),
        _people("minority", "ethnic_minority", _("ethnic minority")),
        _people("disability", "disability", _("with a disability"), hidden=True),
        _people("poor", "poor_household", _("poor household"), hidden=True),
        ACTIVITY.hide(),
    ),
    order="-first",
    first=_("Enter the first class, or bring a list of classes in from Excel."),
    more=((_("Summed up"), "trainings-summary"), (_("Topics"), "topics")),
    actions=(RecordAction("copy", _("Copy to new dates"), (RECORD_TRAINING,), _copy, CopyForm),),
)
