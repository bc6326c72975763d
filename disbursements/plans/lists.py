"""The list of plan versions: newest year first, each with its total in the person's scope."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import DRAFT_PLAN, VIEW
from core.lists import Column, Empty, Listing, list_response
from core.services.access import requires
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans.api import PlanVersionFilters
from programs.columns import YEAR


def in_scope(user: User) -> QuerySet[PlanVersion]:
    """The versions, each with the lines that the person sees: their number and sum (đồng)."""
    lines = PlanLine.objects.visible_to(user).filter(plan_version=OuterRef("pk"))
    count = lines.order_by().values("plan_version").annotate(n=Count("pk")).values("n")
    rows = PlanVersion.objects.visible_to(user).select_related("fiscal_year", "approved_by")
    return rows.with_planned(user).annotate(line_count=Subquery(count))


COLUMNS = (
    Column("version", _("version"), lambda row: row.title, ("fiscal_year__start", "number")),
    YEAR,
    Column(
        "state",
        _("state"),
        lambda row: row.get_state_display(),
        "state",
        tone=lambda row: row.state,
    ),
    Column("decision", _("decision number"), lambda row: row.decision_no, short=True),
    Column("decided", _("decision date"), lambda row: row.decision_date, "decision_date"),
    Column("reason", _("reason"), lambda row: row.reason[:200]),
    Column("lines", _("lines"), lambda row: row.line_count or 0, "line_count", numeric=True),
    Column("total", _("total (đồng)"), lambda row: row.planned, "planned", numeric=True),
    Column("entered", _("entered"), lambda row: row.created_at, "created_at", hidden=True),
    Column(
        "approved_by",
        _("approved by"),
        lambda row: row.approved_by and row.approved_by.display_name,
        hidden=True,
    ),
)


def listing(user: User) -> Listing:
    first: dict[str, Any] = {}
    if user.can(DRAFT_PLAN):
        first = {"href": reverse("plan-new"), "action": _now("Draft a version")}
    return Listing(
        name="plans",
        title=_("Plans"),
        columns=COLUMNS,
        rows=in_scope,
        filters=PlanVersionFilters,
        usual=("search", "fiscal_year", "state"),
        href=lambda row: reverse("plan-version", args=[row.pk]),
        empty=Empty(
            title=_("No plan in your assignment yet."),
            text=_("Draft the year's plan, or bring it in from Excel."),
            **first,
        ),
        per_page=30,
    )


@requires(VIEW)
def plan_versions(request: PersonRequest) -> HttpResponseBase:
    """The versions of all years."""
    lead = _now("Reports compare with the newest approved version.")
    return list_response(request, listing(request.user), "disbursements/plans.html", {"lead": lead})
