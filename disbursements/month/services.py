"""All drafts of a month submitted in one step, as they were seen."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from disbursements.many import services as many
from disbursements.models import Disbursement, Status
from disbursements.month.steps import Month
from programs.models import Period, Program


@transaction.atomic
def submit_all(
    *, actor: User, period: Period, program: Program | None = None, seen: str = ""
) -> list[Disbursement]:
    """Submit the drafts of a month in the actor's scope, all or none; what was submitted: at most
    `many.MOST`, the oldest first. `seen` (`sum_of`): `Conflict` where they are others by now."""
    month = Month(actor, period, program)
    many.check_may(actor, many.DEEDS["submit"])
    if seen and seen != sum_of(month):
        raise Conflict(_("The drafts of this month have changed: look at them again."), "stale")
    drafts = month.rows.filter(status=Status.DRAFT)[: many.MOST]
    chosen = list(drafts.values_list("pk", "version"))
    if not chosen:
        raise Conflict(_("Nothing of this month waits to be submitted."), "state")
    return many.do_many(actor=actor, deed=many.DEEDS["submit"], chosen=chosen)


def sum_of(month: Month) -> str:
    """What tells whether the drafts are still those that were seen."""
    drafts = month.part(Status.DRAFT)
    return f"{drafts.count}:{drafts.total}"
