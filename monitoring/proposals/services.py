"""Choosing next year's activities: proposed, decided within the ceiling, taken into the plan."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DECIDE_PROPOSAL, PROPOSE_ACTIVITY
from accounts.scope import outside
from communes.models import Commune
from communes.own_day import PlacedServices, check_place, unit_then
from core.services.access import check
from core.services.errors import Conflict, require_reason
from core.services.transition import save_with_history, transition
from core.values.money import format_vnd
from core.values.text import names_in
from disbursements.against_plan import against_plan
from monitoring.models import Proposal
from monitoring.models.proposals import IN_A_PLAN, ProposalState
from monitoring.proposals import drafting
from programs.models import Activity, FiscalYear, Program, ProgramCeiling
from programs.summary_query import SummaryQuery

OPEN = (ProposalState.PROPOSED, ProposalState.DEFERRED)
UNTAKEN = (*OPEN, ProposalState.REFUSED)
TAKEN = (ProposalState.SELECTED, *IN_A_PLAN)


def _proposal(row: Proposal, actor: User, many: object = None) -> None:
    if errors := outside(actor, program=row.program, commune=row.commune):
        raise ValidationError(errors)


proposals = PlacedServices(
    Proposal,
    permissions=(PROPOSE_ACTIVITY,),
    fields=names_in(
        "title fiscal_year program commune village why for_whom expected estimate quarter"
    ),
    prepare=_proposal,
    editable=lambda row: row.state in OPEN,
)


@dataclass(frozen=True)
class Ceiling:
    """How much of a year's ceiling the selected proposals take (đồng); no ceiling: None."""

    ceiling: int | None
    taken: int

    @property
    def left(self) -> int | None:
        return None if self.ceiling is None else self.ceiling - self.taken

    @property
    def percent(self) -> int:
        """How full it is, 0 to 100."""
        return min(100, 100 * self.taken // self.ceiling) if self.ceiling else 0


def ceiling_of(year: FiscalYear) -> Ceiling:
    """The whole year's, whoever asks: a ceiling seen in part would be no ceiling."""
    taken = Proposal.objects.filter(fiscal_year=year, state__in=TAKEN)
    return Ceiling(year.ceiling, taken.aggregate(sum=Sum("estimate"))["sum"] or 0)


def program_ceilings(*years: FiscalYear) -> dict[int, dict[Program, Ceiling]]:
    """By year (its id), of every programme in their order: its ceiling, and what is selected."""
    key = ("fiscal_year_id", "program_id")
    ceilings = ProgramCeiling.objects.filter(fiscal_year__in=years)
    most = {(y, p): amount for y, p, amount in ceilings.values_list(*key, "amount")}
    taken = Proposal.objects.filter(fiscal_year__in=years, state__in=TAKEN).order_by()
    sums = {(y, p): n for y, p, n in taken.values_list(*key).annotate(sum=Sum("estimate"))}
    programs = list(Program.objects.order_by("order", "code"))
    return {
        year.pk: {
            each: Ceiling(most.get((year.pk, each.pk)), sums.get((year.pk, each.pk), 0))
            for each in programs
        }
        for year in years
    }


def ceilings() -> list[tuple[FiscalYear, Ceiling]]:
    """The ceiling of every fiscal year, in their order."""
    taken = Sum("proposals__estimate", filter=Q(proposals__state__in=TAKEN))
    years = FiscalYear.objects.annotate(taken=taken)
    return [(year, Ceiling(year.ceiling, year.taken or 0)) for year in years]


@transaction.atomic
def select(*, actor: User, proposal: Proposal, version: int | None = None) -> Proposal:
    """Take a proposal, if the ceilings of the year and of its programme still hold it; it stands
    in the plan's draft at once (`drafting.at_once`)."""
    check(actor, DECIDE_PROPOSAL)
    _proposal(proposal, actor)
    year = FiscalYear.objects.select_for_update().get(pk=proposal.fiscal_year_id)
    _check_room(
        proposal,
        ceiling_of(year),
        _("The ceiling leaves %(left)s đồng; this proposal asks for %(asked)s."),
    )
    _check_room(
        proposal,
        program_ceilings(year)[year.pk][proposal.program],
        _("The ceiling of %(program)s leaves %(left)s đồng; this proposal asks for %(asked)s."),
    )
    chosen = _move(actor, proposal, version, ProposalState.SELECTED, "", UNTAKEN)
    return drafting.at_once(actor=actor, proposal=chosen)


def _check_room(proposal: Proposal, room: Ceiling, sentence: str) -> None:
    if room.left is not None and proposal.estimate > room.left:
        facts = {
            "program": proposal.program.code,
            "left": format_vnd(room.left),
            "asked": format_vnd(proposal.estimate),
        }
        raise Conflict(sentence % facts, "ceiling")


def defer(*, actor: User, proposal: Proposal, reason: str, version: int | None = None) -> Proposal:
    """Put off, with a reason; it can still be changed and taken later."""
    return _decline(actor, proposal, reason, version, ProposalState.DEFERRED)


def refuse(*, actor: User, proposal: Proposal, reason: str, version: int | None = None) -> Proposal:
    """Not taken, with a reason."""
    return _decline(actor, proposal, reason, version, ProposalState.REFUSED)


@transaction.atomic
def _decline(
    actor: User, proposal: Proposal, reason: str, version: int | None, to: ProposalState
) -> Proposal:
    check(actor, DECIDE_PROPOSAL)
    _proposal(proposal, actor)
    require_reason(reason, _("Say why."))
    if proposal.state == ProposalState.DRAFTED:
        drafting.take_out(actor=actor, proposal=proposal, reason=reason.strip())
    return _move(actor, proposal, version, to, reason.strip())


def _move(
    actor: User,
    proposal: Proposal,
    version: int | None,
    to: str,
    reason: str,
    before: Collection[str] | None = None,
) -> Proposal:
    return transition(
        proposal,
        actor=actor,
        to=to,
        allowed_from=before,
        version=version,
        refused=Conflict(_("This proposal has been decided or planned already."), "state"),
        why=reason or _("selected"),
        reason=reason,
        decided_by=actor,
        plan_version=None,
    )


@transaction.atomic
def carry_over(
    *, actor: User, from_year: FiscalYear, to_year: FiscalYear, activities: Iterable[Activity]
) -> list[Proposal]:
    """Propose again what was planned and not spent of unfinished activities, one per commune, or
    per unit that communes became meanwhile."""
    check(actor, PROPOSE_ACTIVITY, DECIDE_PROPOSAL)
    made = []
    wanted = {activity.pk: activity for activity in activities}
    left: dict[tuple[Activity, Commune], int] = {}
    for row in unfinished(actor, from_year):
        place = (row["activity"], unit_then(row["commune"], to_year.start))
        left[place] = left.get(place, 0) + row["left"]
    for (found, commune), amount in left.items():
        activity = wanted.get(found.pk)
        there = Proposal.objects.filter(fiscal_year=to_year, carried_from=found, commune=commune)
        if activity is None or there.exists():
            continue
        proposal = Proposal(
            title=activity.title[:300],
            fiscal_year=to_year,
            program=activity.program,
            commune=commune,
            why=_("Not finished in fiscal year %(year)s.") % {"year": from_year.code},
            for_whom=_("as planned in %(year)s") % {"year": from_year.code},
            expected=_("what is left of it"),
            estimate=amount,
            carried_from=activity,
            created_by=actor,
        )
        _proposal(proposal, actor)
        if errors := check_place(proposal.commune, proposal.own_day):
            raise ValidationError(errors)
        save_with_history(proposal, actor, _("carried over from %(year)s") % {"year": from_year})
        made.append(proposal)
    return made


class Left(TypedDict):
    activity: Activity
    commune: Commune
    left: int


def unfinished(user: User, year: FiscalYear) -> list[Left]:
    """Activity × commune with money planned and not disbursed: activity, commune, left (đồng)."""
    answer = against_plan(SummaryQuery.of_year(year, year.end, by=("activity", "commune")), user)
    rows = [row for row in answer.rows if (row.balance or 0) > 0]
    found = Activity.objects.select_related("program").in_bulk([r.key["activity"] for r in rows])
    units = Commune.objects.in_bulk([row.key["commune"] for row in rows])
    table: list[Left] = [
        {
            "activity": found[row.key["activity"]],
            "commune": units[row.key["commune"]],
            "left": row.balance or 0,
        }
        for row in rows
    ]
    return sorted(table, key=lambda row: (row["activity"].code, row["commune"].sort_key))
