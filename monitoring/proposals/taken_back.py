"""A proposal is in the plan only while an approved version has its line; a draft of the plan that
goes gives its proposals back."""

from django.db.models import QuerySet
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.transition import transition
from disbursements.models import PlanVersion
from disbursements.plans.signals import plan_approved, plan_dropped, plan_joined
from monitoring.models import Proposal
from monitoring.models.proposals import ProposalState


@receiver(pre_delete, sender=PlanVersion)
def draft_deleted(instance: PlanVersion, **_options: object) -> None:
    """A draft goes: its proposals are selected again."""
    actor = getattr(instance, "_history_user", None) or instance.created_by
    _select_again(_drafted(instance), actor, _("the draft of the plan was dropped"))


@receiver(plan_dropped)
def draft_set_aside(plan: PlanVersion, actor: User, why: str, **_options: object) -> None:
    """As if it had been deleted."""
    _select_again(_drafted(plan), actor, why)


@receiver(plan_joined)
def draft_joined(plan: PlanVersion, into: PlanVersion, actor: User, **_options: object) -> None:
    """The proposals go where their draft's lines went."""
    for proposal in _drafted(plan):
        _move(proposal, ProposalState.DRAFTED, actor, _("the drafts were joined"), into)


@receiver(plan_approved)
def in_force(plan: PlanVersion, actor: User, **_options: object) -> None:
    """Of the year's proposals in a draft or in the plan those are in the plan whose line the
    approved version has; those that it took out are selected again."""
    lines = {*plan.lines.values_list("activity_id", "commune_id")}
    planned = Proposal.objects.filter(
        fiscal_year=plan.fiscal_year_id, state=ProposalState.PLANNED, plan_version__isnull=False
    )
    for proposal in planned:
        if (proposal.activity_id, proposal.commune_id) not in lines:
            _select_again([proposal], actor, _("the plan no longer has its line"))
    for proposal in _drafted(plan):
        if (proposal.activity_id, proposal.commune_id) in lines:
            _move(proposal, ProposalState.PLANNED, actor, _("in the plan"), plan)
        else:
            _select_again([proposal], actor, _("the plan was approved without its line"))


def _drafted(plan: PlanVersion) -> QuerySet[Proposal]:
    return Proposal.objects.filter(plan_version=plan, state=ProposalState.DRAFTED)


def _select_again(proposals: QuerySet[Proposal] | list[Proposal], actor: User, why: str) -> None:
    """Each keeps its activity, so that choosing it anew makes no second one."""
    for proposal in proposals:
        _move(proposal, ProposalState.SELECTED, actor, why, None)


def _move(
    proposal: Proposal, to: ProposalState, actor: User, why: str, plan: PlanVersion | None
) -> None:
    transition(
        proposal,
        actor=actor,
        to=to,
        allowed_from=[proposal.state],
        why=why,
        plan_version=plan,
    )
