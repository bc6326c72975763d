"""What communes and coordinators propose for a year, and what the board made of it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.scope import Scoped
from communes.lookups import is_part_of
from communes.models import Commune, Placed, Village
from core.models import NamedModel, VersionedModel, state_column
from core.values.dates import ROMAN
from core.values.money import zero
from core.values.said import refused
from disbursements.models import MAX_AMOUNT, PlanVersion
from programs.models import Activity, FiscalYear, Program, first_day


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    SELECTED = "selected", _("Selected")
    DEFERRED = "deferred", _("Deferred")
    REFUSED = "refused", _("Refused")
    DRAFTED = "drafted", _("In a draft of the plan")
    PLANNED = "planned", _("In the plan")


IN_A_PLAN = (ProposalState.DRAFTED, ProposalState.PLANNED)


class Proposal(Placed, NamedModel, VersionedModel):
    """An activity proposed for a fiscal year: why, where, for whom, what it would cost (đồng)."""

    search_fields = ("title",)
    name_field = "title"
    transitions = {
        ProposalState.PROPOSED: (
            ProposalState.SELECTED,
            ProposalState.DEFERRED,
            ProposalState.REFUSED,
        ),
        ProposalState.DEFERRED: (ProposalState.SELECTED, ProposalState.REFUSED),
        ProposalState.SELECTED: (
            ProposalState.DRAFTED,
            ProposalState.DEFERRED,
            ProposalState.REFUSED,
        ),
        ProposalState.REFUSED: (ProposalState.SELECTED,),
        ProposalState.DRAFTED: (
            ProposalState.SELECTED,
            ProposalState.PLANNED,
            ProposalState.DEFERRED,
            ProposalState.REFUSED,
        ),
        ProposalState.PLANNED: (ProposalState.SELECTED,),
    }

    title = models.CharField(_("proposed activity"), max_length=300)
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="proposals", verbose_name=_("fiscal year")
    )
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="proposals", verbose_name=_("programme")
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="proposals", verbose_name=_("commune")
    )
    village = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, verbose_name=_("village")
    )
    why = models.TextField(_("why"))
    for_whom = models.CharField(_("for whom"), max_length=300)
    expected = models.CharField(_("what it would bring"), max_length=300)
    estimate = models.BigIntegerField(_("estimated cost (đồng)"))
    quarter = models.PositiveSmallIntegerField(
        _("quarter"),
        choices=[*enumerate(ROMAN, 1)],
        default=1,
    )
    state = state_column(ProposalState, ProposalState.PROPOSED)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    carried_from = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_into",
        editable=False,
        verbose_name=_("unfinished activity"),
    )
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, related_name="proposals", editable=False
    )
    plan_version = models.ForeignKey(
        PlanVersion, models.SET_NULL, null=True, related_name="proposals", editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = Scoped.as_manager()

    class Meta:
        ordering = ["-fiscal_year__start", "program__order", "commune__sort_key", "sort_key", "id"]
        verbose_name = _("proposed activity")
        verbose_name_plural = _("proposed activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(estimate__gte=1, estimate__lte=MAX_AMOUNT),
                name="proposal_estimate_in_range",
                violation_error_message=_("The amount must be from 1 to 10^15 đồng."),
                violation_error_code="out_of_range",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["deferred", "refused"]) | ~Q(reason=""),
                name="proposal_not_taken_says_why",
                violation_error_code="reason_needed",
            ),
            models.CheckConstraint(
                condition=~Q(state="planned") | Q(activity__isnull=False),
                name="proposal_planned_has_an_activity",
                violation_error_code="required",
            ),
        ]

    @property
    def own_day(self) -> date | None:
        return first_day(self)

    def clean(self) -> None:
        if self.estimate == 0:
            raise refused("estimate", "zero", zero().message)
        there = [self.commune_id]
        if self.village_id and not is_part_of(self.village.commune_id, there):
            raise refused("village", "other_commune", _now("This village lies in another commune."))
