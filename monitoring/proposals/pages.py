"""Pages of the proposed activities."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import DECIDE_PROPOSAL
from communes.columns import COMMUNE
from core.pages import Column, RecordAction, RecordAdmin, Section
from core.pages.record_forms import WhyForm
from core.values import display
from core.values.text import names_in
from monitoring.models import Proposal
from monitoring.models.proposals import ProposalState
from monitoring.proposals import scoring
from monitoring.proposals import services as proposals
from monitoring.proposals.api import CriterionFilters, ProposalFilters
from programs.columns import PROGRAM, YEAR


def _became(row: Proposal, user: User) -> Iterable[Section]:
    lines = []
    if row.carried_from:
        lines.append(_now("Goes on with %(activity)s.") % {"activity": row.carried_from})
    if row.activity:
        lines.append(_now("Became %(activity)s.") % {"activity": row.activity})
    links = []
    if row.plan_version:
        links.append((str(row.plan_version), reverse("plan-version", args=[row.plan_version_id])))
    if lines or links:
        yield Section(_("Where it came from and went to"), texts=tuple(lines), links=links)


def _scored(row: Proposal, user: User) -> Iterable[Section]:
    """The points given, beside each criterion's weight."""
    criteria = scoring.criteria_of(row.fiscal_year)
    points = scoring.points_of(row)
    if not points:
        return
    found = scoring.total(points, criteria)
    rows: list[tuple[object, ...]] = [
        (each.name, each.weight, points.get(each.pk, "–")) for each in criteria
    ]
    rows.append((_now("Score"), "", "–" if found is None else display.decimal(found)))
    head = (_("criterion"), _("weight"), _("points"))
    yield Section(_("Score"), head=head, rows=rows, numbers=True)


def _sections(row: Proposal, user: User) -> Iterable[Section]:
    yield from _scored(row, user)
    yield from _became(row, user)


def _undecided(row: Proposal, user: User) -> bool:
    return row.state in (ProposalState.PROPOSED, ProposalState.DEFERRED)


def _tone(row: Proposal) -> str:
    tones = {
        ProposalState.SELECTED: "good",
        ProposalState.PLANNED: "good",
        ProposalState.DEFERRED: "warn",
        ProposalState.REFUSED: "bad",
    }
    return tones.get(ProposalState(row.state), "info")


proposal_admin = RecordAdmin(
    name="proposals",
    one="proposal",
    called="proposal",
    records=proposals.proposals,
    title=_("Proposed activities"),
    new=_("Propose an activity"),
    filterset=ProposalFilters,
    filters=("fiscal_year", "state", "program", "commune", "search"),
    related=names_in("fiscal_year program commune village activity carried_from plan_version"),
    columns=(
        Column("title", _("proposed activity"), lambda row: row.title, "sort_key"),
        YEAR,
        PROGRAM,
        COMMUNE,
        Column.own("estimate", _("estimated cost (đồng)"), sum="estimate"),
        Column.choice("state", _("state"), tone=_tone),
        Column("reason", _("reason"), lambda row: row.reason),
        Column("why", _("why"), lambda row: row.why[:200], hidden=True),
        Column("for_whom", _("for whom"), lambda row: row.for_whom, hidden=True),
        Column("expected", _("what it would bring"), lambda row: row.expected, hidden=True),
    ),
    first=_("Propose the first activity for the year: why, for whom, at what cost."),
    actions=(
        RecordAction(
            "select",
            _("Select"),
            (DECIDE_PROPOSAL,),
            proposals.select,
            when=_undecided,
            decision=True,
        ),
        RecordAction(
            "defer",
            _("Defer"),
            (DECIDE_PROPOSAL,),
            proposals.defer,
            WhyForm,
            when=lambda row, user: row.may_become(ProposalState.DEFERRED),
            decision=True,
        ),
        RecordAction(
            "refuse",
            _("Refuse"),
            (DECIDE_PROPOSAL,),
            proposals.refuse,
            WhyForm,
            when=lambda row, user: row.may_become(ProposalState.REFUSED),
            decision=True,
        ),
    ),
    sections=_sections,
    more=(
        (_("Choose for the year"), "selection"),
        (_("Criteria"), "proposal-criteria"),
        (_("Results framework"), "results"),
    ),
)

criterion_admin = RecordAdmin(
    name="proposal-criteria",
    one="proposal-criterion",
    records=scoring.criteria,
    title=_("Criteria for proposals"),
    new=_("Add a criterion"),
    help=_("What the proposals of a year are judged by. A weight of 2 counts twice."),
    filterset=CriterionFilters,
    filters=("fiscal_year", "search"),
    related=("fiscal_year",),
    optional=("order",),
    columns=(
        Column("name", _("criterion"), lambda row: row.name, "sort_key"),
        YEAR,
        Column.own("weight", _("weight")),
        Column.own("order", _("order")),
    ),
)
