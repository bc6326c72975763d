"""The list of variances: what lies outside the limits at a quarter's end, explained or not."""

from django import forms
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.lists import Column, Empty, Listing, answer
from core.lists.columns import BY_VALUE
from core.lists.listing import Figure
from core.pages.forms import SearchInput
from core.services.access import requires
from core.values import display
from core.values.text import fold
from monitoring.variance import services as variance
from monitoring.variance.services import Variance
from programs.years.page_year import YearForm, page_year

SIDES = (("over", _("Over plan")), ("under", _("Under plan")))
EXPLAINED = (("no", _("Asked for")), ("yes", _("Given")))


class VarianceFilters(YearForm):
    """Of which quarter; unless told otherwise the last that ended in the last year with money."""

    search = forms.CharField(
        label=_("Search"),
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Programme, commune or activity")}),
    )
    fiscal_year = forms.ChoiceField(label=_("Fiscal year"), required=False)
    quarter = forms.ChoiceField(label=_("At the end of"), required=False)
    side = forms.ChoiceField(label=_("Variance"), required=False, choices=[("", _("All")), *SIDES])
    explained = forms.ChoiceField(
        label=_("Explanation"), required=False, choices=[("", _("All")), *EXPLAINED]
    )

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data, user)
        ended = variance.ended_quarters(self.year)
        asked = self.data.get("quarter", "")
        known = asked.isdigit() and int(asked) in ended
        self.number = int(asked) if known else (ended or [0])[-1]
        self.data["quarter"] = str(self.number or "")  # type: ignore[index]
        self.offer("quarter", [(str(q), display.quarter(q, self.year.start)) for q in ended])


def narrowed(user: User, form: VarianceFilters) -> list[Variance]:
    """The variances of the quarter that fulfil the other filters."""
    rows = variance.variances(user, form.year, form.number) if form.number else []
    wanted = form.cleaned_data
    if side := wanted.get("side"):
        rows = [row for row in rows if row.is_over == (side == "over")]
    if said := wanted.get("explained"):
        rows = [row for row in rows if (row.note is not None) == (said == "yes")]
    words = fold(wanted.get("search") or "").split()
    return [row for row in rows if all(word in fold(_searched(row)) for word in words)]


def _searched(row: Variance) -> str:
    return f"{row.program.code} {row.program} {row.commune or row.activity}"


def figures(rows: list[Variance]) -> list[Figure]:
    """How many of what is found are still to be explained."""
    missing = sum(row.note is None for row in rows)
    return [Figure(_now("Not explained yet"), display.number(missing), "under" if missing else "")]


def href(row: Variance) -> str:
    """The page of a variance."""
    kind, pk = row.subject
    return reverse("variance", args=[row.year.code, row.quarter, row.program.code, kind, pk])


COLUMNS = (
    Column(
        "subject", _("commune or activity"), lambda row: str(row.commune or row.activity), BY_VALUE
    ),
    Column("program", _("programme"), lambda row: row.program.code, BY_VALUE),
    Column("planned", _("plan to date (đồng)"), lambda row: row.planned, BY_VALUE, numeric=True),
    Column("disbursed", _("disbursed (đồng)"), lambda row: row.disbursed, BY_VALUE, numeric=True),
    Column(
        "difference",
        _("difference (đồng)"),
        lambda row: row.disbursed - row.planned,
        BY_VALUE,
        numeric=True,
    ),
    Column("rate", _("rate (%)"), lambda row: row.rate, BY_VALUE, numeric=True),
    Column(
        "explained",
        _("explanation"),
        lambda row: _now("given") if row.note else _now("asked for"),
        BY_VALUE,
        tone=lambda row: "good" if row.note else "warn",
        note=lambda row: row.note.text[:200] if row.note else "",
        note_label=_("what was said"),
    ),
    Column(
        "decision", _("decision"), lambda row: row.note.decision if row.note else "", hidden=True
    ),
)

listing = Listing(
    name="variances",
    title=_("Variances"),
    columns=COLUMNS,
    rows=lambda user: user,
    form=lambda user, data: VarianceFilters(data, user),
    narrowed=narrowed,
    href=href,
    figures=figures,
    empty=Empty(title=_("Nothing lies outside the limits.")),
    live=False,  # a year offers its own quarters, and its own limits stand above
)


@requires(VIEW)
def variances(request: PersonRequest) -> HttpResponseBase:
    """What lies outside the limits at a quarter's end, explained or not."""
    year = page_year(request.GET, request.user)
    lead = _now(
        "Below %(low)s %% or above %(high)s %% of the plan to date at a quarter's end: say why."
    )
    limits = {"low": year.variance_low, "high": year.variance_high}
    return answer(request, listing, context={"lead": lead % limits})
