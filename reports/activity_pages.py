"""Pages of activities: what each was planned to cost and what was disbursed, and its record."""

from typing import Any

from django import forms
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.lists import Column, Empty, Listing, answer
from core.pages import ADMINS, RecordAdmin
from core.pages.detail import detail_view
from core.pages.forms import SearchInput
from core.services.access import requires
from core.services.records import RecordServices
from core.values.money import rate
from core.values.sql_text import Alphabetical
from core.values.text import fold
from disbursements.against_plan import kept_rows, planned_amounts
from disbursements.ledger.choices import programs_for
from disbursements.models import Disbursement
from programs.api import ActivityFilters
from programs.models import Activity, FiscalYear
from programs.summary_query import SummaryQuery
from programs.years.page_year import latest_year, year_codes

ALL = "all"  # in the place of a fiscal year's code


class ActivityForm(forms.Form):
    """What the list shows; unless told otherwise of the latest year with postings."""

    search = forms.CharField(
        label=_("Search"),
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Code, title or implementing unit")}),
    )
    fiscal_year = forms.ChoiceField(label=_("Fiscal year"), required=False)
    program: Any = forms.ModelChoiceField(
        label=_("Programme"),
        required=False,
        queryset=None,
        empty_label=_("All"),
        to_field_name="code",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        years = [(ALL, _("All years")), *year_codes()]
        self.fields["fiscal_year"].choices = years  # type: ignore[attr-defined]
        self.fields["program"].queryset = programs_for(user)  # type: ignore[attr-defined]


def all_years() -> tuple[FiscalYear, ...]:
    return tuple(FiscalYear.objects.order_by("start"))


def narrowed(rows: QuerySet, form: ActivityForm) -> QuerySet:
    """The activities asked for, with their money of the year, or of all years (đồng)."""
    wanted = form.cleaned_data
    years = all_years()
    code = wanted.get("fiscal_year") or ALL
    rows = with_money(rows, form.user, tuple(y for y in years if code in (ALL, y.code)))
    if code != ALL:
        rows = rows.exclude(planned=None, disbursed=None, waiting=None)
    if wanted.get("program"):
        rows = rows.filter(program=wanted["program"])
    for word in fold(wanted.get("search") or "").split():
        rows = rows.filter(search_key__contains=word)
    return rows


def with_money(rows: QuerySet, user: User, years: tuple[FiscalYear, ...]) -> QuerySet:
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


def _remaining(row: Any) -> int | None:
    if row.planned is None and row.disbursed is None:
        return None
    return (row.planned or 0) - (row.disbursed or 0)


def form_for(user: User, data: QueryDict) -> ActivityForm:
    asked = data.copy()
    if not asked.get("fiscal_year"):
        asked["fiscal_year"] = latest_year(user).code
    return ActivityForm(asked, user=user)


COLUMNS = (
    Column(
        "code",
        _("activity code"),
        lambda row: row.code,
        "code",
        note=lambda row: row.title,
        note_label=_("activity"),
    ),
    Column("title", _("activity"), lambda row: row.title, (Alphabetical("title"),), hidden=True),
    Column("program", _("programme"), lambda row: row.program.code, ("program__order", "code")),
    Column("unit", _("implementing unit"), lambda row: row.unit, (Alphabetical("unit"),)),
    Column("planned", _("planned (đồng)"), lambda row: row.planned, "planned", sum="planned"),
    Column(
        "disbursed", _("disbursed (đồng)"), lambda row: row.disbursed, "disbursed", sum="disbursed"
    ),
    Column(
        "waiting",
        _("waiting for approval (đồng)"),
        lambda row: row.waiting,
        "waiting",
        sum="waiting",
        hidden=True,
    ),
    Column("remaining", _("remaining (đồng)"), _remaining, numeric=True),
    Column("rate", _("rate (%)"), lambda row: rate(row.disbursed or 0, row.planned), numeric=True),
)

listing = Listing(
    name="activities",
    title=_("Activities"),
    columns=COLUMNS,
    rows=lambda user: Activity.objects.visible_to(user).select_related("program"),
    form=form_for,
    narrowed=narrowed,
    href=lambda row: reverse("activity", args=[row.pk]),
    order="program",
    empty=Empty(
        title=_("No activity yet"),
        text=_("Activities come with the plan: draft one, or bring it in from Excel."),
    ),
)

activity_area = RecordAdmin(
    name="activities",
    one="activity",
    records=RecordServices(
        model=Activity, permissions=(), fields=("code", "title", "program", "unit")
    ),
    title=_("Activities"),
    new="",
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
    return answer(request, listing, context={"lead": lead})


urlpatterns = [
    path("activities/", activities, name="activities"),
    path("activities/<int:pk>/", detail_view(activity_area), name="activity"),
]
