"""Training classes and head counts. Head counts only: no personal data of anybody."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.scope import Scoped
from communes.lookups import is_part_of
from communes.models import Commune, Placed, Village
from core.models import ForAllQuerySet, NamedModel, VersionedModel
from core.values.said import coded
from programs.models import CODE, Activity, FiscalYear, Program
from trainings import wording

AGES = ("under_16", "age_16_24", "over_24")
OF_WHICH = ("ethnic_minority", "disability", "poor_household")
COUNTS = ("participants", "female", "male", *AGES, *OF_WHICH)


class Topic(NamedModel, VersionedModel):
    """What a training class is about; belongs to a programme where that is known."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=200, unique=True)
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
        verbose_name=_("programme"),
    )
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ForAllQuerySet.as_manager()

    class Meta:
        ordering = ["program__order", "sort_key", "code"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


def _count(label: Any, **options: Any) -> "models.PositiveIntegerField[Any, Any]":
    return models.PositiveIntegerField(label, **options)


class Training(Placed, NamedModel, VersionedModel):
    """A training class with its head counts (people).

    Sexes add up to the total, and so do the ages where they are known; each "of which" is at most
    the total, and they are never added together.
    """

    search_fields = ("title", "venue")
    name_field = "title"

    title = models.CharField(_("class"), max_length=300)
    topic = models.ForeignKey(
        Topic, models.PROTECT, related_name="trainings", verbose_name=_("topic")
    )
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="trainings", verbose_name=_("programme")
    )
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name=_("activity"),
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="trainings", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name=_("village"),
    )
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="trainings", verbose_name=_("fiscal year")
    )
    quarter = models.PositiveSmallIntegerField(_("quarter"), editable=False)
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    participants = _count(_("participants"))
    female = _count(_("women"))
    male = _count(_("men"))
    under_16 = _count(_("under 16"), null=True, blank=True)
    age_16_24 = _count(_("16–24"), null=True, blank=True)
    over_24 = _count(_("over 24"), null=True, blank=True)
    ethnic_minority = _count(_("ethnic minority"), null=True, blank=True)
    disability = _count(_("with a disability"), null=True, blank=True)
    poor_household = _count(_("poor household"), null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(_("number of sessions"), null=True, blank=True)
    trainer = models.CharField(_("trainer"), max_length=200, blank=True)
    distinct_people = _count(
        _("different people"),
        null=True,
        blank=True,
        help_text=_("Where known: who came twice is counted once."),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = Scoped.as_manager()

    class Meta:
        ordering = ["-start", "commune__sort_key", "id"]
        verbose_name = _("training class")
        verbose_name_plural = _("training classes")
        indexes = [
            models.Index(fields=["fiscal_year", "program", "commune"], name="training_scope"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(participants=F("female") + F("male")),
                name="training_sexes_add_up",
                violation_error_message=_("Women and men do not add up to the total."),
                violation_error_code="sum_differs",
            ),
            models.CheckConstraint(
                condition=Q(under_16__isnull=True)
                | Q(age_16_24__isnull=True)
                | Q(over_24__isnull=True)
                | Q(participants=F("under_16") + F("age_16_24") + F("over_24")),
                name="training_ages_add_up",
                violation_error_message=_("The ages do not add up to the total."),
                violation_error_code="sum_differs",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__isnull": True})
                    | Q(**{f"{field}__lte": F("participants")}),
                    name=f"training_{field}_within_total",
                    violation_error_message=_("A part cannot be more than the total."),
                    violation_error_code="part_above_total",
                )
                for field in (*OF_WHICH, "distinct_people")
            ),
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="training_days_in_order",
                violation_error_message=_("The last day is before the first."),
                violation_error_code="wrong_order",
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="training_quarter_1_to_4",
                violation_error_code="out_of_range",
            ),
        ]

    @property
    def own_day(self) -> date | None:
        return self.start

    def clean(self) -> None:
        errors: dict[str, str] = {}
        self._check_counts(errors)
        if self.start and self.end and self.end < self.start:
            errors["end"] = coded("wrong_order", wording.days())
        if self.activity_id and self.program_id and self.activity.program_id != self.program_id:
            errors["activity"] = coded(
                "other_program", _now("This activity belongs to another programme.")
            )
        there = [self.commune_id]
        if self.village_id and not is_part_of(self.village.commune_id, there):
            errors["village"] = coded(
                "other_commune", _now("This village lies in another commune.")
            )
        if errors:
            raise ValidationError(errors)

    def _check_counts(self, errors: dict[str, str]) -> None:
        total = self.participants
        if total is None or self.female is None or self.male is None:
            return
        if self.female + self.male != total:
            errors["participants"] = coded(
                "sum_differs", wording.sexes(self.female, self.male, total)
            )
        ages = [getattr(self, field) for field in AGES]
        if None not in ages and sum(ages) != total:
            errors["under_16"] = coded("sum_differs", wording.ages(sum(ages), total))
        for field in (*OF_WHICH, "distinct_people"):
            part = getattr(self, field)
            if part is not None and part > total:
                errors[field] = coded("part_above_total", wording.part(part, total))
