"""The list of months: which are closed, and what waits in them."""

from django import forms
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import within
from core.lists import Column, Empty, Listing
from programs.models import Period, YearState
from programs.years import closing
from programs.years.page_year import YearForm


class PeriodFilters(YearForm):
    """Always of one year, whose state stands below."""

    fiscal_year = forms.ChoiceField(label=_("Fiscal year"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *YearState.choices]
    )
    waits = forms.ChoiceField(
        label=_("Not posted"),
        required=False,
        choices=[("", _("All")), ("yes", _("Months with such rows"))],
    )


def in_scope(user: User) -> QuerySet:
    """The months, each with how many rows of the person's scope are not posted."""
    seen = within(user, program="disbursements__program", commune="disbursements__commune")

    def rows(*states: str) -> Count:
        return Count("disbursements", filter=Q(disbursements__status__in=states) & seen)

    months = Period.objects.select_related("area", "fiscal_year")
    return months.annotate(waiting=rows(closing.WAITING), unsent=rows("draft", "returned"))


def narrowed(rows: QuerySet, form: PeriodFilters) -> QuerySet:
    wanted = form.cleaned_data
    found = Q(fiscal_year=form.year)
    if wanted.get("state"):
        found &= Q(state=wanted["state"])
    if wanted.get("waits"):
        found &= Q(waiting__gt=0) | Q(unsent__gt=0)
    return rows.filter(found)


listing = Listing(
    name="months",
    title=_("Months"),
    columns=(
        Column("month", _("month"), str, "start"),
        Column("quarter", _("quarter"), lambda row: row.quarter_name, "start", hidden=True),
        Column("area", _("area"), lambda row: row.area.full_name, "area__sort_key"),
        Column(
            "state",
            _("state"),
            lambda row: row.get_state_display(),
            "state",
            tone=lambda row: "" if row.is_closed else "good",
        ),
        Column("waiting", _("waiting for approval"), lambda row: row.waiting, "waiting", "waiting"),
        Column("unsent", _("drafts and returned"), lambda row: row.unsent, "unsent", "unsent"),
    ),
    rows=in_scope,
    form=lambda user, data: PeriodFilters(data, user),
    narrowed=narrowed,
    href=lambda row: reverse("period", args=[row.pk]),
    order="month",
    empty=Empty(title=_("No months here.")),
    live=False,  # the state of the year stands below
)
