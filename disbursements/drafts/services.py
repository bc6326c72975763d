"""Taking back what was never sent: a draft entered by mistake goes, its history stays.

What was returned or withdrawn is dropped with a reason; what waits is withdrawn or returned first;
what was posted is reversed; a plan that
was approved is revised. Page, API and the undo of an import end here.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN, ENTER_DISBURSEMENT, LOAD_HISTORY
from accounts.scope import covers
from core.services.access import check
from core.services.bulk import delete_all
from core.services.errors import Conflict, StaleVersion
from disbursements.ledger.bulk import as_read
from disbursements.ledger.services import EDITABLE
from disbursements.models import (
    Attachment,
    CostLink,
    Disbursement,
    PlanState,
    PlanVersion,
    Status,
)


def is_possible(row: Disbursement) -> bool:
    """Whether it is a draft that was never submitted."""
    return row.status == Status.DRAFT and row.submitted_by_id is None


def needs_reason(row: Disbursement) -> bool:
    """Whether it was submitted once and is nobody's to decide now: it is dropped with a reason."""
    is_open = row.status in (Status.DRAFT, Status.RETURNED)
    return is_open and not is_possible(row)


def is_possible_of(plan: PlanVersion) -> bool:
    """Whether it is a draft that was never submitted."""
    return plan.state == PlanState.DRAFT and plan.submitted_by_id is None


@transaction.atomic
def disbursement(*, actor: User, disbursement: Disbursement, version: int, why: str = "") -> None:
    """Delete a draft that was never submitted, with its files and cost links; one that was returned
    or withdrawn with a reason (`why`).

    Raises `Conflict` (409) for any other state, `StaleVersion` when somebody changed it since.
    """
    row = Disbursement.objects.select_for_update().get(pk=disbursement.pk)
    _check_droppable(actor, row, why)
    if row.version != version:
        raise StaleVersion
    for part in (*row.attachments.all(), *row.cost_links.all()):
        _delete(part, actor, why)
    _delete(row, actor, why)


def _check_droppable(actor: User, row: Disbursement, why: str) -> None:
    _check_may(actor, row, ENTER_DISBURSEMENT)
    if not covers(actor, row.program, row.commune):
        raise PermissionDenied
    if needs_reason(row):
        if not why.strip():
            raise Conflict(_("It was submitted once: say why it is dropped."), "reason")
    elif not is_possible(row):
        raise Conflict(
            _("Only a draft that was never submitted can be deleted; this one is: %(state)s.")
            % {"state": row.get_status_display()},
            "state",
        )


@transaction.atomic
def disbursements(*, actor: User, rows: Sequence[Disbursement], why: str = "") -> None:
    """Delete drafts as `disbursement` does, as they were read, in one DELETE, all or none; raises
    what it says of the first that cannot be."""
    try:
        with transaction.atomic():
            _drop(actor, rows, why)
    except (Conflict, PermissionDenied):
        for row in rows:
            disbursement(actor=actor, disbursement=row, version=row.version, why=why)


def _drop(actor: User, rows: Sequence[Disbursement], why: str) -> None:
    keys = [row.pk for row in rows]
    list(Disbursement.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    for row in rows:
        _check_droppable(actor, row, why)
    held: set[int] = set()
    for part in (Attachment, CostLink):
        found = part.objects.filter(disbursement__in=keys)
        held.update(found.values_list("disbursement", flat=True))
    for row in (row for row in rows if row.pk in held):
        disbursement(actor=actor, disbursement=row, version=row.version, why=why)
    bare = [row for row in rows if row.pk not in held]
    still = as_read(bare) & Q(status__in=EDITABLE)
    if delete_all(bare, still, actor, _why(why)) != len(bare):
        raise StaleVersion


@transaction.atomic
def plan(*, actor: User, plan: PlanVersion, version: int, why: str = "") -> None:
    """Delete a draft plan version that was never submitted, with its lines.

    Raises `Conflict` (409) for any other state, `StaleVersion` when somebody changed it since.
    """
    row = PlanVersion.objects.select_for_update().get(pk=plan.pk)
    _check_may(actor, row, DRAFT_PLAN)
    if not PlanVersion.objects.visible_to(actor).filter(pk=row.pk).exists():
        raise PermissionDenied
    if not is_possible_of(row):
        raise Conflict(
            _("Only a draft that was never submitted can be deleted; this one is: %(state)s.")
            % {"state": row.get_state_display()},
            "state",
        )
    if row.version != version:
        raise StaleVersion
    try:
        _delete(row, actor, why)
    except ProtectedError as error:
        raise Conflict(
            _("Something points at this draft already (a proposal, say): it stays."), "in_use"
        ) from error


def _check_may(actor: User, row: Disbursement | PlanVersion, permission: str) -> None:
    """Who drafts such rows; who loads history, their own only."""
    check(actor, permission, LOAD_HISTORY)
    if not actor.can(permission) and row.created_by_id != actor.pk:
        raise PermissionDenied


def _delete(row: Any, actor: User, why: str) -> None:
    row._history_user, row._change_reason = actor, _why(why)
    row.delete()


def _why(why: str) -> str:
    return why or _("deleted as a draft")
