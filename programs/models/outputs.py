"""What was built, handed over or brought together: outputs, condition checks, groups, referrals.

Head counts only: no personal data of members or trainees.
"""

from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import Row, Scoped, within
from communes.models import Board, Commune, Placed, Village
from communes.models.boards import BoardKind
from core.models import NamedModel, VersionedModel
from core.values.said import coded
from programs.models.programs import Activity, Program
from programs.models.years import FiscalYear, first_day


class OutputKind(models.TextChoices):
    LEARNING_CENTRE = "learning_centre", _("Community learning centre")
    HANDWASHING = "handwashing", _("Handwashing point")
    LATRINE = "latrine", _("Latrine")
    EQUIPMENT = "equipment", _("Equipment")
    OTHER = "other", _("Other works")


class OutputState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    HANDED_OVER = "handed_over", _("Handed over")
    IN_USE = "in_use", _("In use")
    OUT_OF_ORDER = "out_of_order", _("Out of order")


DELIVERED = (OutputState.HANDED_OVER, OutputState.IN_USE, OutputState.OUT_OF_ORDER)


class InCommunes(models.QuerySet[Row]):
    """Rows with a programme and a list of communes: seen by whoever has one of those pairs."""

    def visible_to(self, user: User) -> Self:
        seen = self.model._base_manager.filter(within(user, program="program", commune="communes"))
        return self.filter(pk__in=seen.order_by().values("pk"))


class OutputQuerySet(InCommunes[Any]):  # its rows know more than `Output` says: `with_care()`
    def with_care(self, day: date) -> "OutputQuerySet":
        """Each with the day somebody last saw it, and the board of its commune on a day: after a
        merger that of the unit which the commune became."""
        checks = ConditionCheck.objects.filter(output=OuterRef("pk")).order_by("-date")
        here = Q(commune__outputs=OuterRef("pk")) | Q(commune__predecessors__outputs=OuterRef("pk"))
        boards = Board.objects.in_office(day).filter(here, kind=BoardKind.COMMUNE)
        latest = Subquery(boards.order_by("-commune__valid_from", "pk").values("name")[:1])
        rows: OutputQuerySet = self.annotate(
            last_seen=Coalesce(Subquery(checks.values("date")[:1]), "handed_over_on"),
            board_now=latest,
        )
        return rows

    def check_due(self, day: date) -> "OutputQuerySet":
        """What is handed over and was not seen for a year, or never, on that day."""
        unseen = Q(last_seen=None) | Q(last_seen__lte=a_year_before(day))
        return self.with_care(day).filter(unseen, state__in=DELIVERED)


def a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def a_year_after(day: date) -> date:
    """The same day of the next year; of 29 February 1 March."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 3, 1)
    return day.replace(year=day.year + 1)


class RecipientKind(models.TextChoices):
    VILLAGE = "village", pgettext_lazy("recipient", "Village")
    SCHOOL = "school", pgettext_lazy("recipient", "School")
    GROUP = "group", pgettext_lazy("recipient", "Group")


class Output(Placed, NamedModel, VersionedModel):
    """A thing built, repaired or handed over.

    `communes` are where it stands: one where that is known; several where a source named them
    together without saying which got what.
    """

    search_fields = ("title", "recipient")
    name_field = "title"
    transitions = {
        OutputState.PLANNED: (OutputState.UNDER_WAY, OutputState.HANDED_OVER),
        OutputState.UNDER_WAY: (OutputState.HANDED_OVER, OutputState.PLANNED),
        OutputState.HANDED_OVER: (OutputState.IN_USE, OutputState.OUT_OF_ORDER),
        OutputState.IN_USE: (OutputState.OUT_OF_ORDER,),
        OutputState.OUT_OF_ORDER: (OutputState.IN_USE,),
    }

    title = models.CharField(_("works or equipment"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=OutputKind.choices)
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="outputs", verbose_name=_("programme")
    )
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outputs",
        verbose_name=_("activity"),
    )
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="outputs", verbose_name=_("fiscal year")
    )
    communes = models.ManyToManyField(
        Commune,
        related_name="outputs",
        verbose_name=_("communes"),
        help_text=_("Several only where it is not known which of them."),
    )
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outputs",
        verbose_name=_("village"),
    )
    recipient_kind = models.CharField(
        _("kind of recipient"), max_length=10, choices=RecipientKind.choices, blank=True
    )
    recipient = models.CharField(
        _("recipient"),
        max_length=200,
        blank=True,
        help_text=_("Name of the village, school, group."),
    )
    quantity = models.PositiveIntegerField(
        _("quantity"),
        default=1,
        validators=[MinValueValidator(1, _("The quantity is at least 1."))],
    )
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=15, choices=OutputState.choices, default=OutputState.PLANNED
    )
    maintained_by = models.CharField(_("maintained by"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = OutputQuerySet.as_manager()

    class Meta:
        ordering = ["-fiscal_year__start", "program__order", "sort_key", "id"]
        verbose_name = _("works or equipment")
        verbose_name_plural = _("works and equipment")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="output_quantity_at_least_1",
                violation_error_message=_("The quantity is at least 1."),
                violation_error_code="out_of_range",
            ),
        ]

    @property
    def own_day(self) -> date | None:
        return self.handed_over_on or self.planned_day

    @property
    def planned_day(self) -> date | None:
        return self.planned_on or first_day(self)

    @property
    def next_check(self) -> date | None:
        """When it is to be seen again: a year after it was last seen; None where it is not handed
        over, or nobody has seen it yet."""
        seen = self._last_seen_on
        return a_year_after(seen) if seen and self.state in DELIVERED else None

    @property
    def _last_seen_on(self) -> date | None:
        if "last_seen" in self.__dict__:  # with_care()
            day: date | None = self.__dict__["last_seen"]
            return day
        newest = next(iter(self.checks.all()), None)  # type: ignore[attr-defined]
        return newest.date if newest else self.handed_over_on

    def clean(self) -> None:
        errors: dict[str, str] = {}
        if self.activity_id and self.program_id and self.activity.program_id != self.program_id:
            errors["activity"] = coded(
                "other_program", _now("This activity belongs to another programme.")
            )
        if self.handed_over_on and self.state not in DELIVERED:
            errors["state"] = coded(
                "handed_over", _now("It has a day of handover: say that it was handed over.")
            )
        if errors:
            raise ValidationError(errors)


class ConditionCheck(models.Model):
    """Somebody went to see an output after its handover."""

    output = models.ForeignKey(Output, models.CASCADE, related_name="checks")
    date = models.DateField(_("date"))
    state = models.CharField(_("state"), max_length=15, choices=OutputState.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("condition check")
        verbose_name_plural = _("condition checks")

    def __str__(self) -> str:
        return f"{self.output_id} · {self.date} · {self.get_state_display()}"


class GroupKind(models.TextChoices):
    START_UP = "start_up", _("Start-up group")
    CLUB_COMMUNITY = "club_community", _("Champions of Change club in the community")
    CLUB_SCHOOL = "club_school", _("Champions of Change club in school")
    PARENTS = "parents", _("Parents' group")
    OTHER = "other", _("Other group")


class Group(Placed, NamedModel, VersionedModel):
    """A group or club the programme supports; how many members over time: `MemberCount`."""

    search_fields = ("name",)

    name = models.CharField(_("group or club"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=GroupKind.choices)
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="groups", verbose_name=_("programme")
    )
    communes = models.ManyToManyField(Commune, related_name="groups", verbose_name=_("communes"))
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, verbose_name=_("village")
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = InCommunes.as_manager()

    class Meta:
        ordering = ["program__order", "sort_key", "id"]
        verbose_name = _("group or club")
        verbose_name_plural = _("groups and clubs")

    @property
    def own_day(self) -> date | None:
        return self.founded_on or self.ended_on


class MemberCount(models.Model):
    """How many members a group had on a day (people)."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="counts")
    date = models.DateField(_("date"))
    members = models.PositiveIntegerField(_("members"))
    female = models.PositiveIntegerField(_("women"), null=True, blank=True)
    ethnic_minority = models.PositiveIntegerField(_("ethnic minority"), null=True, blank=True)

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("member count")
        verbose_name_plural = _("member counts")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "date"],
                name="member_count_once_a_day",
                violation_error_message=_("The members of that day are counted already."),
                violation_error_code="already_there",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{part}__isnull": True}) | Q(**{f"{part}__lte": F("members")}),
                    name=f"member_count_{part}_within_total",
                    violation_error_message=_("A part cannot be more than the total."),
                    violation_error_code="part_above_total",
                )
                for part in ("female", "ethnic_minority")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} · {self.date}: {self.members}"


class ReferralKind(models.TextChoices):
    VOCATIONAL = "vocational", _("Vocational training")
    APPRENTICESHIP = "apprenticeship", _("Apprenticeship")
    JOB = "job", _("Job")


class Referral(Placed, VersionedModel):
    """Young people linked to vocational training or a place to learn a trade, as a count.

    `people` is empty where the source names the link and not how many.
    """

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="referrals", verbose_name=_("programme")
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="referrals", verbose_name=_("commune")
    )
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="referrals", verbose_name=_("fiscal year")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=ReferralKind.choices)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    female = models.PositiveIntegerField(_("women"), null=True, blank=True)
    partner = models.CharField(_("school or workshop"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    history = HistoricalRecords()

    objects = Scoped.as_manager()

    class Meta:
        ordering = ["-fiscal_year__start", "commune__sort_key", "kind", "id"]
        verbose_name = _("link to vocational training")
        verbose_name_plural = _("links to vocational training")
        constraints = [
            models.CheckConstraint(
                condition=Q(female__isnull=True)
                | Q(people__isnull=True)
                | Q(female__lte=F("people")),
                name="referral_women_within_total",
                violation_error_message=_("A part cannot be more than the total."),
                violation_error_code="part_above_total",
            ),
        ]

    @property
    def own_day(self) -> date | None:
        return first_day(self)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.commune}"
