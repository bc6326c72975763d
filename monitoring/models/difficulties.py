"""Difficulties: what stands in the way, who has to mend it by when, and what came of it."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import within
from communes.models import Commune, Placed
from core.models import NamedModel, VersionedModel, state_column
from monitoring.models.meetings import Meeting
from monitoring.models.visits import Visit
from programs.models import Activity, FiscalYear, Program


class Affects(models.TextChoices):
    PROGRESS = "progress", _("Progress")
    QUALITY = "quality", _("Quality")
    BOTH = "both", _("Progress and quality")


class DifficultyState(models.TextChoices):
    OPEN = "open", _("Open")
    IN_HAND = "in_hand", _("In hand")
    RESOLVED = "resolved", _("Resolved")


class DifficultyQuerySet(models.QuerySet["Difficulty"]):
    def visible_to(self, user: User) -> "DifficultyQuerySet":
        return self.filter(within(user, program="program", commune="commune", optional=True))

    def in_year(self, year: FiscalYear) -> "DifficultyQuerySet":
        """Those raised in the year, and those carried into it: still open when it began."""
        return self.filter(raised_on__lte=year.end).filter(
            Q(raised_on__gte=year.start)
            | ~Q(state=DifficultyState.RESOLVED)
            | Q(resolved_on__gte=year.start)
        )

    def unresolved(self) -> "DifficultyQuerySet":
        return self.exclude(state=DifficultyState.RESOLVED)


class Difficulty(Placed, NamedModel, VersionedModel):
    """A difficulty is one row however long it lasts: while open, each new year shows it again."""

    search_fields = ("title", "owner")
    name_field = "title"
    transitions = {
        DifficultyState.OPEN: (DifficultyState.IN_HAND, DifficultyState.RESOLVED),
        DifficultyState.IN_HAND: (DifficultyState.RESOLVED,),
        DifficultyState.RESOLVED: (DifficultyState.OPEN,),
    }

    title = models.CharField(_("difficulty"), max_length=300)
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="difficulties",
        verbose_name=_("programme"),
    )
    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="difficulties",
        verbose_name=_("commune"),
    )
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="difficulties",
        verbose_name=_("activity"),
    )
    raised_on = models.DateField(_("raised on"))
    affects = models.CharField(
        _("affects"), max_length=10, choices=Affects.choices, default=Affects.PROGRESS
    )
    effect = models.TextField(_("effect on progress or quality"), blank=True)
    solution = models.TextField(_("proposed solution"), blank=True)
    owner = models.CharField(_("responsible body"), max_length=200, blank=True)
    due_date = models.DateField(_("due"), null=True, blank=True)
    state = state_column(DifficultyState, DifficultyState.OPEN)
    result = models.TextField(_("result"), blank=True, editable=False)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True, editable=False)
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="difficulties",
        verbose_name=_("meeting"),
    )
    visit = models.ForeignKey(
        Visit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="difficulties",
        verbose_name=_("monitoring visit"),
    )
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = DifficultyQuerySet.as_manager()

    class Meta:
        ordering = [F("due_date").asc(nulls_last=True), "id"]
        verbose_name = _("difficulty")
        verbose_name_plural = _("difficulties")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_on__isnull=False)
                | (~Q(state="resolved") & Q(resolved_on__isnull=True)),
                name="difficulty_resolved_has_a_day",
                violation_error_code="required",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | ~Q(result=""),
                name="difficulty_resolved_has_a_result",
                violation_error_code="required",
            ),
        ]

    @property
    def own_day(self) -> date | None:
        return self.raised_on
