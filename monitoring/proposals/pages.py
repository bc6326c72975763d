"""Pages of the proposed activities."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import DECIDE_PROPOSAL
from core.pages import Column, RecordAction, RecordAdmin, Section
from core.pages.record_forms import WhyForm
from monitoring.models import Proposal
from monitoring.models.proposals import IN_A_PLAN, ProposalState
from monitoring.proposals import services as proposals
from monitoring.proposals.api import ProposalFilters


def _proposal(service: Any) -> Any:
    return lambda *, row, **fields: service(proposal=row, **fields)


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
    records=proposals.proposals,
    title=_("Proposed activities"),
    new=_("Propose an activity"),
    filterset=ProposalFilters,
    filters=("fiscal_year", "state", "program", "commune", "search"),
    related=(
        "fiscal_year",
        "program",
        "commune",
        "village",
        "activity",
        "carried_from",
        "plan_version",
    ),
    columns=(
        Column("title", _("proposed activity"), lambda row: row.title, "sort_key"),
        Column("year", _("fiscal year"), lambda row: row.fiscal_year.code, "fiscal_year__start"),
        Column("program", _("programme"), lambda row: row.program.code, "program__order"),
        Column(
            "commune", _("commune"), lambda row: row.commune.name, "commune__sort_key", short=True
        ),
        Column(
            "estimate",
            _("estimated cost (đồng)"),
            lambda row: row.estimate,
            "estimate",
            sum="estimate",
        ),
        Column("state", _("state"), lambda row: row.get_state_display(), "state", tone=_tone),
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
            _proposal(proposals.select),
            when=_undecided,
            decision=True,
        ),
        RecordAction(
            "defer",
            _("Defer"),
            (DECIDE_PROPOSAL,),
            _proposal(proposals.defer),
            WhyForm,
            when=lambda row, user: row.state in (ProposalState.PROPOSED, ProposalState.SELECTED),
            decision=True,
        ),
        RecordAction(
            "refuse",
            _("Refuse"),
            (DECIDE_PROPOSAL,),
            _proposal(proposals.refuse),
            WhyForm,
            when=lambda row, user: row.state not in IN_A_PLAN,
            decision=True,
        ),
    ),
    sections=_became,
    more=((_("Choose for the year"), "selection"), (_("Results framework"), "results")),
)
