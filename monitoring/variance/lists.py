"""The list of variances: what lies outside the limits at a quarter's end, explained or not."""

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import EXPLAIN_VARIANCE, VIEW
from core.lists import Column, Empty, Listing, filters, list_response
from core.lists.columns import BY_VALUE
from core.lists.listing import Action, Figure, Ticks
from core.services.access import requires
from core.values import display
from core.values.dates import today
from core.values.text import fold
from monitoring.variance import services as variance
from monitoring.variance.services import Variance, beside_href
from programs.years.filters import OfOneYear
from programs.years.page_year import known_year

SIDES = (("over", _("Over plan")), ("under", _("Under plan")))
EXPLAINED = (("no", _("Asked for")), ("yes", _("Given")))


class VarianceFilters(OfOneYear):
    """Of which quarter; unless told otherwise the last that ended in the last year with money."""

    search = filters.Search(hint=_("Programme, commune or activity"))
    quarter = filters.Choices("quarter", (), one=True, empty=None, label=_("At the end of"))
    plan = filters.Choices("plan", (), one=True, empty=None, label=_("Held against"))
    side = filters.Choices("side", SIDES, label=_("Variance"))
    explained = filters.Choices("explained", EXPLAINED, label=_("Explanation"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = [(str(q), display.quarter(q, self.year.start)) for q in self.ended]
        self.filters["quarter"].choose_from(names)
        plans = variance.plans_of(self.year) if self.year else {}
        self.filters["plan"].choose_from(list(plans.items()))
        if self.year and today() <= self.year.end:  # it may still get there
            self.filters["side"].choose_from([SIDES[0], ("under", _("Not up to plan yet"))])

    @cached_property
    def ended(self) -> list[int]:
        """The quarters of the year that are over."""
        return variance.ended_quarters(self.year) if self.year else []

    def defaults(self, data: object) -> dict[str, str]:
        quarter = str(self.ended[-1]) if self.ended else ""
        return {**super().defaults(data), "quarter": quarter, "plan": variance.CURRENT}


def narrowed(user: User, filters: VarianceFilters) -> list[Variance]:
    """The variances of the quarter that fulfil the other filters."""
    wanted = filters.asked
    if not wanted["quarter"]:  # none has ended yet
        return []
    plan = wanted["plan"][0] if wanted["plan"] else variance.CURRENT
    rows = variance.variances(user, filters.year, int(wanted["quarter"][0]), plan)
    if sides := wanted["side"]:
        rows = [row for row in rows if ("over" if row.is_over else "under") in sides]
    if said := wanted["explained"]:
        rows = [row for row in rows if ("yes" if row.note else "no") in said]
    words = fold(wanted["search"]).split()
    return [row for row in rows if all(word in fold(_searched(row)) for word in words)]


def _searched(row: Variance) -> str:
    return f"{row.program.code} {row.program} {row.commune or row.activity}"


def figures(rows: list[Variance]) -> list[Figure]:
    """How many of what is found are still to be explained."""
    missing = sum(row.note is None for row in rows)
    return [Figure(_now("Not explained yet"), display.number(missing), "under" if missing else "")]


def href(row: Variance) -> str:
    """The page of a variance; against another plan than the current one nothing is to be explained,
    so that there its plan and money are what it leads to."""
    if row.plan != variance.CURRENT:
        return beside_href(row)
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
        said=lambda difference: display.left(-difference),
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
        "cause",
        _("cause"),
        lambda row: row.note.get_cause_display() if row.note else "",
        hidden=True,
    ),
    Column(
        "decision", _("decision"), lambda row: row.note.decision if row.note else "", hidden=True
    ),
)

EXPLAINED_AT_ONCE = Action("explain", _("Explain with one text"))
EXPLAIN = Ticks(
    actions=lambda user: [EXPLAINED_AT_ONCE] if user.can(EXPLAIN_VARIANCE) else [],
    href=reverse_lazy("variances-explain"),
    value=lambda row: "-".join([row.program.code, row.subject[0], str(row.subject[1])]),
)

listing = Listing(
    name="variances",
    title=_("Variances"),
    columns=COLUMNS,
    rows=lambda user: user,
    filters=VarianceFilters,
    narrowed=narrowed,
    href=href,
    figures=figures,
    ticks=EXPLAIN,
    empty=Empty(title=_("Nothing lies outside the limits.")),
    live=False,  # a year offers its own quarters, and its own limits stand above
)


@requires(VIEW)
def variances(request: PersonRequest) -> HttpResponseBase:
    """What lies outside the limits at a quarter's end, explained or not."""
    year = known_year(request.GET, request.user)
    lead = _now(
        "Below %(low)s %% or above %(high)s %% of the plan to date at a quarter's end: say why."
    )
    limits = {"low": year.variance_low, "high": year.variance_high} if year else {}
    return list_response(request, listing, context={"lead": lead % limits if year else ""})
