"""Linking costs, and what a thing cost."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT, RECORD_OUTPUT, RECORD_TRAINING
from core.services.access import check
from core.services.transition import save_with_history
from core.values.said import refused
from disbursements.models import CostLink, Disbursement, Status
from programs.models import Output
from trainings.models import Training

MAY_LINK = (ENTER_DISBURSEMENT, RECORD_TRAINING, RECORD_OUTPUT)


@dataclass(frozen=True)
class Cost:
    """What the posted disbursements linked to a thing add up to (đồng, net of reversals).

    `shared` of them also paid for something else: the sum is then an upper limit.
    """

    amount: int
    rows: int
    shared: int


@transaction.atomic
def link(*, actor: User, disbursement: Disbursement, thing: Training | Output) -> CostLink:
    """Say that a disbursement paid for a class or an output; both in the actor's scope."""
    check(actor, *MAY_LINK)
    for name, record in (("disbursement", disbursement), ("thing", thing)):
        if not _is_seen(actor, record):
            raise refused(name, "does_not_exist", _("There is no such record in your assignment."))
    kind = "training" if isinstance(thing, Training) else "output"
    row = CostLink(disbursement=disbursement, **{kind: thing})
    save_with_history(row, actor, _("linked"))
    return row


def _is_seen(actor: User, record: Any) -> bool:
    return bool(type(record).objects.visible_to(actor).filter(pk=record.pk).exists())


@transaction.atomic
def unlink(*, actor: User, link: CostLink) -> None:
    """Take a link back, of a disbursement and a thing in the actor's scope."""
    check(actor, *MAY_LINK)
    if not (_is_seen(actor, link.disbursement) and _is_seen(actor, link.training or link.output)):
        raise PermissionDenied
    row: Any = link
    row._history_user = actor
    row.delete()


def cost_of(thing: Training | Output, user: User) -> Cost:
    """What a thing cost, of what this user may see."""
    rows = (
        Disbursement.objects.visible_to(user)
        .filter(pk__in=thing.cost_links.values("disbursement"), status=Status.POSTED)
        .annotate(uses=Count("cost_links"))
        .order_by()
        .values_list("amount", "reversed_amount", "uses")
    )
    amounts = [(amount - reversed_amount, uses) for amount, reversed_amount, uses in rows]
    return Cost(
        amount=sum(amount for amount, _uses in amounts),
        rows=len(amounts),
        shared=sum(uses > 1 for _amount, uses in amounts),
    )
