"""The list of months: which are closed, and what waits in them."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import within
from core.lists import Column, Empty, Listing, filters
from programs.models import FiscalYear, Period, YearState
from programs.years import closing
from programs.years.filters import OfOneYear


class Waits(filters.YesNo):
    """With rows of your scope that are not posted, or without."""


class MonthFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    state = filters.Choices("state", YearState.values)
    waits = Waits("waiting", method="is_waiting", label=_("With rows not posted"))

    def is_waiting(self, months: QuerySet[Period], _name: str, value: bool) -> QuerySet[Period]:
        some = Q(waiting__gt=0) | Q(unsent__gt=0)
        return months.filter(some if value else ~some)


class PeriodFilters(OfOneYear, MonthFilters):
    """The page's: always of one year, whose state stands below."""


def in_scope(user: User) -> QuerySet[Period]:
    """The months, each with how many rows of the person's scope are not posted. They are counted
    apart: joined to the whole ledger, a page would take as long as the ledger is."""
    ledger: Any = Period._meta.get_field("disbursements").related_model
    seen = within(user, program="program", commune="commune")
    open_rows = ledger.objects.filter(seen, period=OuterRef("pk")).exclude(status="posted")

    def rows(*states: str) -> Coalesce:
        of_month = open_rows.filter(status__in=states).order_by().values("period")
        return Coalesce(Subquery(of_month.annotate(count=Count("pk")).values("count")), 0)

    months = Period.objects.select_related("area", "fiscal_year")
    return months.annotate(waiting=rows(closing.WAITING), unsent=rows("draft", "returned"))


listing = Listing(
    name="months",
    title=_("Months"),
    columns=(
        Column("month", _("month"), str, "start"),
        Column("quarter", _("quarter"), lambda row: row.quarter_name, "start", hidden=True),
        Column("area", _("area"), lambda row: row.area_name, "area__sort_key"),
        Column.choice("state", _("state"), tone=lambda row: "" if row.is_closed else "good"),
        Column("waiting", _("waiting for approval"), lambda row: row.waiting, "waiting", "waiting"),
        Column("unsent", _("drafts and returned"), lambda row: row.unsent, "unsent", "unsent"),
    ),
    rows=in_scope,
    filters=PeriodFilters,
    href=lambda row: reverse("period", args=[row.pk]),
    order="month",
    empty=Empty(title=_("No months here.")),
    live=False,  # the state of the year stands below
)
