"""Pages of activities: what each was planned to cost and what was disbursed, and its record."""

from typing import Any

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.lists import Column, Empty, Listing, filters, list_response
from core.pages import ADMINS, RecordAdmin
from core.pages.detail import detail_view, has_any_permission
from core.pages.entry import edit_view, new_view
from core.services.access import requires
from core.values import display
from core.values.money import rate
from disbursements.against_plan import kept_rows, planned_amounts
from disbursements.models import Disbursement
from programs.api import ActivityFilters
from programs.models import Activity, FiscalYear
from programs.settings.activities import activities as records
from programs.summary_query import SummaryQuery
from programs.years.page_year import latest_year, year_codes

ALL = "all"  # in the place of a fiscal year's code


def all_years() -> tuple[FiscalYear, ...]:
    return tuple(FiscalYear.objects.order_by("start"))


def with_money(
    rows: QuerySet[Activity], user: User, years: tuple[FiscalYear, ...]
) -> QuerySet[Activity]:
    """Each activity with what plan against actual says of it, in the person's scope."""
    query = SummaryQuery(years)
    amounts, _versions = planned_amounts(query, user)
    seen = Disbursement.objects.visible_to(user)
    sides = {
        "planned": ("line__activity", amounts),
        "disbursed": ("activity", kept_rows(query, seen.posted())),
        "waiting": ("activity", kept_rows(query, seen.waiting())),
    }
    sums = {}
    for name, (activity, money) in sides.items():
        own = money.filter(Q(**{activity: OuterRef("pk")})).order_by().values(activity)
        total = Subquery(own.annotate(total=Sum("amount")).values("total"))
        sums[name] = Cast(total, BigIntegerField())  # of no rows at all PostgreSQL knows no type
    return rows.annotate(**sums)


class ActivityMoneyFilters(ActivityFilters):
    """Unless told otherwise the activities of the latest year with postings."""

    fiscal_year = filters.Choices(
        "fiscal_year", (), one=True, empty=None, method="of_year", label=_("Fiscal year")
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.filters["fiscal_year"].choose_from([(ALL, _("All years")), *year_codes()])

    def defaults(self, data: Any) -> dict[str, str]:
        return {} if data.get("fiscal_year") else {"fiscal_year": latest_year(self.user).code}

    def of_year(self, rows: QuerySet[Activity], _name: str, codes: list[str]) -> QuerySet[Activity]:
        """The activities with their money of the year, or of all years (đồng)."""
        years = tuple(year for year in all_years() if codes[0] in (ALL, year.code))
        rows = with_money(rows, self.user, years)
        money = {"planned": None, "disbursed": None, "waiting": None}
        return rows if codes[0] == ALL else rows.exclude(**money)


def _remaining(row: Any) -> int | None:
    if row.planned is None and row.disbursed is None:
        return None
    return (row.planned or 0) - (row.disbursed or 0)


COLUMNS = (
    Column.own("code", _("activity code"), note=lambda row: row.title, note_label=_("activity")),
    Column.text("title", _("activity"), hidden=True),
    Column("program", _("programme"), lambda row: row.program.code, ("program__order", "code")),
    Column.text("unit", _("implementing unit")),
    Column.own("planned", _("planned (đồng)"), sum="planned"),
    Column.own("disbursed", _("disbursed (đồng)"), sum="disbursed"),
    Column.own("waiting", _("waiting for approval (đồng)"), sum="waiting", hidden=True),
    Column("remaining", _("remaining (đồng)"), _remaining, numeric=True, said=display.left),
    Column("rate", _("rate (%)"), lambda row: rate(row.disbursed or 0, row.planned), numeric=True),
)

listing = Listing(
    name="activities",
    title=_("Activities"),
    columns=COLUMNS,
    rows=lambda user: Activity.objects.visible_to(user).select_related("program"),
    filters=ActivityMoneyFilters,
    usual=("search", "fiscal_year", "program"),
    href=lambda row: reverse("activity", args=[row.pk]),
    order="program",
    empty=Empty(
        title=_("No activity yet"),
        text=_("Activities come with the plan: bring it in from Excel, or add them and draft it."),
    ),
)

activity_area = RecordAdmin(
    name="activities",
    one="activity",
    records=records,
    title=_("Activities"),
    new=_("Add an activity"),
    optional=("unit",),
    filterset=ActivityFilters,
    filters=(),
    columns=COLUMNS,
    related=("program",),
)
ADMINS[Activity] = activity_area


@requires(VIEW)
def activities(request: PersonRequest) -> HttpResponseBase:
    """The activities of the programmes in the person's scope, with their money."""
    lead = _now("What each activity was planned to cost and what was disbursed for it.")
    new_href = (
        reverse("activity-new") if has_any_permission(request.user, records.permissions) else ""
    )
    context = {"lead": lead, "admin": activity_area, "new_href": new_href}
    return list_response(request, listing, "records/list.html", context)


urlpatterns = [
    path("activities/", activities, name="activities"),
    path("activities/new/", new_view(activity_area), name="activity-new"),
    path("activities/<int:pk>/", detail_view(activity_area), name="activity"),
    path("activities/<int:pk>/edit/", edit_view(activity_area), name="activity-edit"),
]
