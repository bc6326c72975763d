"""A draft of the plan goes: the proposals it was made of are selected again, not in the plan."""

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext as _

from core.services.transition import transition
from disbursements.models import PlanVersion
from monitoring.models import Proposal
from monitoring.models.proposals import ProposalState


@receiver(pre_delete, sender=PlanVersion)
def select_again(instance: PlanVersion, **_options: Any) -> None:
    """Each keeps its activity, so that choosing it anew makes no second one."""
    planned = Proposal.objects.filter(plan_version=instance, state=ProposalState.PLANNED)
    for proposal in planned:
        transition(
            proposal,
            actor=getattr(instance, "_history_user", None) or instance.created_by,
            to=ProposalState.SELECTED,
            allowed_from=[ProposalState.PLANNED],
            state_field="state",
            why=_("the draft of the plan was dropped"),
            plan_version=None,
        )
