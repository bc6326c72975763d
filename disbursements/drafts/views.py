"""Buttons that delete a draft: of the ledger, of the plan."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import DRAFT_PLAN, ENTER_DISBURSEMENT
from core.pages.forms import run_service, seen_version
from core.services.access import posts
from disbursements.drafts import services as discard
from disbursements.models import Disbursement, PlanVersion


@posts(ENTER_DISBURSEMENT)
def disbursement(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Disbursement.objects.visible_to(request.user), pk=pk)
    why = request.POST.get("reason", "")
    service = partial(discard.disbursement, why=why)
    return _discard(request, service, "disbursement", row, to="disbursements")


@posts(DRAFT_PLAN)
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PlanVersion.objects.visible_to(request.user), pk=pk)
    return _discard(request, discard.plan, "plan", row, to="plan-versions", back="plan-version")


def _discard(
    request: PersonRequest,
    service: Callable[..., object],
    name: str,
    row: Model,
    *,
    to: str,
    back: str = "disbursement",
) -> HttpResponse:
    """Delete `row` in the version the person saw; a refusal is said on the row's own page."""
    seen = seen_version(request)

    def delete() -> bool:
        service(actor=request.user, version=-1 if seen is None else seen, **{name: row})
        return True

    done, _status = run_service(request, delete)
    if not done:
        return redirect(back, pk=row.pk)
    messages.success(request, _("The draft is deleted."))
    return redirect(to)
