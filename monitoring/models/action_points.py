"""Action points: one list of what is to be done, whoever and whatever raised it."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import either, within
from communes.models import Board, Commune, Placed
from core.models import NamedModel, VersionedModel, state_column
from core.values.said import coded, refused
from monitoring.models.difficulties import Difficulty
from monitoring.models.meetings import Meeting
from monitoring.models.visits import Visit
from programs.models import Program

SOURCES = ("meeting", "visit", "difficulty")


class ActionKind(models.TextChoices):
    TASK = "task", _("Task")
    REQUEST = "request", _("Request")


class ActionState(models.TextChoices):
    OPEN = "open", _("To do")
    REPORTED = "reported", _("Done, to be verified")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class ActionPointQuerySet(models.QuerySet["ActionPoint"]):
    def visible_to(self, user: User) -> "ActionPointQuerySet":
        """Those in the user's scope, and those the user was given or wrote."""
        about = within(user, program="program", commune="commune", optional=True)
        if not user.is_active:
            return self.none()
        return self.filter(either(about, Q(assignee_user=user) | Q(created_by=user)))

    def overdue(self, as_of: date) -> "ActionPointQuerySet":
        return self.filter(state=ActionState.OPEN, due_date__lt=as_of)

    def overdue_since(self, last: date | None, as_of: date) -> "ActionPointQuerySet":
        """Those that became overdue after the day `last` and up to `as_of`; without it: on `as_of`
        itself. What a digest says, once, also when days were left out."""
        since = last or as_of - timedelta(days=1)
        return self.overdue(as_of).filter(due_date__gte=since)


class ActionPoint(Placed, NamedModel, VersionedModel):
    """Something to be done, or asked for (kiến nghị), by a person or a body, by a day.

    Done needs a note of what was done, dropped says why. Where the author reports it done, somebody
    else verifies.
    """

    search_fields = ("title", "assignee_body")
    name_field = "title"
    transitions = {
        ActionState.OPEN: (ActionState.REPORTED, ActionState.DONE, ActionState.CANCELLED),
        ActionState.REPORTED: (ActionState.DONE, ActionState.OPEN, ActionState.CANCELLED),
        ActionState.DONE: (ActionState.OPEN, ActionState.CANCELLED),
        ActionState.CANCELLED: (ActionState.OPEN,),
    }

    title = models.CharField(_("what is to be done"), max_length=500)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ActionKind.choices, default=ActionKind.TASK
    )
    due_date = models.DateField(_("due"), null=True, blank=True)
    assignee_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("person"),
    )
    assignee_body = models.CharField(_("body"), max_length=200, blank=True)
    program = models.ForeignKey(
        Program, models.PROTECT, null=True, blank=True, verbose_name=_("programme")
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, verbose_name=_("commune")
    )
    board = models.ForeignKey(
        Board,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("board"),
    )
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("meeting"),
    )
    visit = models.ForeignKey(
        Visit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("monitoring visit"),
    )
    difficulty = models.ForeignKey(
        Difficulty,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("difficulty"),
    )
    state = state_column(ActionState, ActionState.OPEN)
    done_note = models.TextField(_("what was done"), blank=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    dropped_why = models.TextField(_("why it was dropped"), blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ActionPointQuerySet.as_manager()

    class Meta:
        ordering = [F("due_date").asc(nulls_last=True), "id"]
        verbose_name = _("action point")
        verbose_name_plural = _("action points")
        indexes = [models.Index(fields=["state", "due_date"], name="action_point_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["reported", "done"])
                | (~Q(done_note="") & Q(done_by__isnull=False)),
                name="action_point_done_says_what",
                violation_error_message=_("Say what was done."),
                violation_error_code="required",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | ~Q(done_by=F("created_by"))
                | Q(verified_by__isnull=False),
                name="action_point_own_is_verified",
                violation_error_code="four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("done_by")),
                name="action_point_verified_by_another",
                violation_error_code="four_eyes",
            ),
        ]

    @property
    def own_day(self) -> date | None:
        return self.source.own_day if self.source else self.due_date

    def clean(self) -> None:
        if self.assignee_user_id is None and not self.assignee_body.strip():
            raise refused("assignee_body", "required", _now("Name a person or a body."))
        if sum(getattr(self, f"{name}_id") is not None for name in SOURCES) > 1:
            raise ValidationError(
                coded(
                    "one_source",
                    _now("An action point comes from one meeting, visit or difficulty."),
                )
            )

    @property
    def assignee(self) -> str:
        """Who has to do it, as shown."""
        person = self.assignee_user.display_name if self.assignee_user else ""
        return " · ".join(part for part in (person, self.assignee_body) if part)

    @property
    def source(self) -> Any:
        """The meeting, visit or difficulty that raised it, or None."""
        return self.meeting or self.visit or self.difficulty

    def is_overdue(self, as_of: date) -> bool:
        return (
            self.state == ActionState.OPEN and self.due_date is not None and self.due_date < as_of
        )
