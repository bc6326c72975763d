"""Who runs the programme, where: boards with a term, and their members.

Officials are named by office and role; a person's name is what a decision states, or empty.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import either, grants_of, within
from communes.models.placed import Placed
from communes.models.units import Commune, Level
from core.models import NamedModel, VersionedModel


class BoardKind(models.TextChoices):
    STEERING = "steering", _("Steering board")
    MANAGEMENT = "management", _("Project management board")
    COMMUNE = "commune", _("Commune project board")


class BoardQuerySet(models.QuerySet["Board"]):
    def visible_to(self, user: User) -> "BoardQuerySet":
        """Boards above the communes are everybody's; a commune's are of those assigned to it."""
        if not grants_of(user):
            return self.none()
        above = ~Q(commune__level=Level.COMMUNE)
        return self.filter(either(within(user, commune="commune"), above))

    def in_office(self, day: date) -> "BoardQuerySet":
        """Boards whose term includes the day."""
        return self.filter(
            Q(term_start=None) | Q(term_start__lte=day), Q(term_end=None) | Q(term_end__gte=day)
        )


class Board(Placed, NamedModel, VersionedModel):
    """A board under one decision. Consolidation (kiện toàn) is a new row that follows this one.

    `level` and `commune` (its jurisdiction, at any level) are data: districts ended in July 2025.
    """

    search_fields = ("name", "aliases", "decision_no")

    name = models.CharField(_("board"), max_length=200)
    aliases = models.CharField(
        _("named differently by a source"),
        max_length=300,
        blank=True,
        help_text=_("As the source wrote it; separated by semicolons."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=BoardKind.choices)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="boards", verbose_name=_("jurisdiction")
    )
    decision_no = models.CharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    term_start = models.DateField(_("in office from"), null=True, blank=True)
    term_end = models.DateField(_("in office until"), null=True, blank=True)
    to_consolidate = models.BooleanField(
        _("to be consolidated"), default=False, help_text=_("A new decision is called for.")
    )
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", editable=False
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "commune__sort_key", F("term_start").desc(nulls_last=True), "id"]
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        constraints = [
            models.CheckConstraint(
                condition=Q(term_start__isnull=True)
                | Q(term_end__isnull=True)
                | Q(term_end__gte=F("term_start")),
                name="board_term_in_order",
                violation_error_message=_("A term cannot end before it begins."),
                violation_error_code="wrong_order",
            ),
        ]

    @property
    def own_day(self) -> date | None:
        return self.term_start or self.decision_date


class BoardMember(models.Model):
    """A seat on a board: the office somebody holds elsewhere, and the role here."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="members")
    office = models.CharField(
        _("office"), max_length=200, help_text=_("For example: vice chair of the commune.")
    )
    role = models.CharField(_("role on the board"), max_length=100)
    name = models.CharField(_("name"), max_length=100, blank=True)
    acting = models.BooleanField(_("acting"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return f"{self.role}: {self.office}"
