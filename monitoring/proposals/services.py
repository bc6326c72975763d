"""Choosing next year's activities: proposed, decided within the ceiling, taken into the plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DECIDE_PROPOSAL, PLAN_SELECTED, PROPOSE_ACTIVITY
from accounts.scope import outside
from communes.models import Commune
from communes.own_day import PlacedServices, check_place, unit_then
from core.services.access import check
from core.services.errors import Conflict
from core.services.transition import save_with_history, transition
from core.values.money import format_vnd
from core.values.said import coded
from disbursements.against_plan import against_plan
from disbursements.ledger.services import unspecified_fund
from disbursements.models import PlanVersion
from disbursements.plans import assembly
from disbursements.plans import services as plans
from disbursements.plans.many import funds_as_there
from monitoring.models import Proposal
from monitoring.models.proposals import IN_A_PLAN, ProposalState
from programs.models import Activity, FiscalYear, Fund
from programs.summary_query import SummaryQuery

OPEN = (ProposalState.PROPOSED, ProposalState.DEFERRED)
TAKEN = (ProposalState.SELECTED, *IN_A_PLAN)


def _proposal(row: Proposal, actor: User, many: Any = None) -> None:
    if errors := outside(actor, program=row.program, commune=row.commune):
        raise ValidationError(errors)


proposals = PlacedServices(
    Proposal,
    permissions=(PROPOSE_ACTIVITY,),
    fields=(
        "title",
        "fiscal_year",
        "program",
        "commune",
        "village",
        "why",
        "for_whom",
        "expected",
        "estimate",
        "quarter",
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


def ceilings() -> list[tuple[FiscalYear, Ceiling]]:
    """The ceiling of every fiscal year, in their order."""
    taken = Sum("proposals__estimate", filter=Q(proposals__state__in=TAKEN))
    years = FiscalYear.objects.annotate(taken=taken)
    return [(year, Ceiling(year.ceiling, year.taken or 0)) for year in years]


@transaction.atomic
def select(*, actor: User, proposal: Proposal, version: int | None = None) -> Proposal:
    """Take a proposal, if the year's ceiling still holds it."""
    check(actor, DECIDE_PROPOSAL)
    _proposal(proposal, actor)
    year = FiscalYear.objects.select_for_update().get(pk=proposal.fiscal_year_id)
    room = ceiling_of(year)
    if room.left is not None and proposal.estimate > room.left:
        raise Conflict(
            _("The ceiling leaves %(left)s đồng; this proposal asks for %(asked)s.")
            % {"left": format_vnd(room.left), "asked": format_vnd(proposal.estimate)},
            "ceiling",
        )
    return _move(actor, proposal, version, ProposalState.SELECTED, [*OPEN, "refused"], "")


def defer(*, actor: User, proposal: Proposal, reason: str, version: int | None = None) -> Proposal:
    """Put off, with a reason; it can still be changed and taken later."""
    return _decline(actor, proposal, reason, version, ProposalState.DEFERRED)


def refuse(*, actor: User, proposal: Proposal, reason: str, version: int | None = None) -> Proposal:
    """Not taken, with a reason."""
    return _decline(actor, proposal, reason, version, ProposalState.REFUSED)


def _decline(
    actor: User, proposal: Proposal, reason: str, version: int | None, to: ProposalState
) -> Proposal:
    check(actor, DECIDE_PROPOSAL)
    _proposal(proposal, actor)
    if not reason.strip():
        raise ValidationError({"reason": coded("reason_needed", _("Say why."))})
    before = [ProposalState.PROPOSED, ProposalState.SELECTED, ProposalState.DEFERRED]
    return _move(actor, proposal, version, to, [s for s in before if s != to], reason.strip())


def _move(
    actor: User, proposal: Proposal, version: int | None, to: str, before: list[str], reason: str
) -> Proposal:
    return transition(
        proposal,
        actor=actor,
        to=to,
        allowed_from=before,
        state_field="state",
        version=version,
        refused=Conflict(_("This proposal has been decided or planned already."), "state"),
        why=reason or _("selected"),
        reason=reason,
        decided_by=actor,
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


def unfinished(user: User, year: FiscalYear) -> list[dict[str, Any]]:
    """Activity × commune with money planned and not disbursed: activity, commune, left (đồng)."""
    answer = against_plan(SummaryQuery.of_year(year, year.end, by=("activity", "commune")), user)
    rows = [row for row in answer.rows if (row.balance or 0) > 0]
    found = Activity.objects.select_related("program").in_bulk([r.key["activity"] for r in rows])
    units = Commune.objects.in_bulk([row.key["commune"] for row in rows])
    table = [
        {
            "activity": found[row.key["activity"]],
            "commune": units[row.key["commune"]],
            "left": row.balance,
        }
        for row in rows
    ]
    return sorted(table, key=lambda row: (row["activity"].code, row["commune"].sort_key))


@transaction.atomic
def plan_selected(
    *, actor: User, fiscal_year: FiscalYear, fund: Fund | None = None, reason: str = ""
) -> PlanVersion:
    """Make the selected proposals activities and lines of a draft, in one step: the draft that
    speaks for their programmes, else a new copy of the version in force. Each proposal keeps its
    activity and the version."""
    check(actor, PLAN_SELECTED)
    FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    chosen = list(
        Proposal.objects.visible_to(actor)
        .filter(fiscal_year=fiscal_year, state=ProposalState.SELECTED)
        .select_related("program", "commune", "carried_from", "activity")
        .order_by("pk")
    )
    if not chosen:
        raise Conflict(_("No selected proposal waits for the plan."), "empty")
    reason = reason or _("Activities chosen from the proposals")
    programs = {proposal.program_id for proposal in chosen}
    version = assembly.open_draft(fiscal_year, programs) or plans.create_draft(
        actor=actor,
        fiscal_year=fiscal_year,
        based_on=plans.approved_version(fiscal_year),
        reason=reason,
    )
    lines = _merged(version, chosen, fund or unspecified_fund(), actor)
    for line in lines:
        plans.check_line(line, fiscal_year, actor)
    assembly.rewrite(version, lines, programs, actor, reason)
    for proposal in chosen:
        transition(
            proposal,
            actor=actor,
            to=ProposalState.DRAFTED,
            allowed_from=[ProposalState.SELECTED],
            state_field="state",
            why=_("in a draft of the plan"),
            activity=proposal.activity,
            plan_version=version,
        )
    return version


def _merged(
    version: PlanVersion, chosen: list[Proposal], fund: Fund, actor: User
) -> list[plans.Line]:
    """The draft's lines with the proposals' money added: a line there already grows."""
    there = plans.lines_of(version)
    table = {line.key: line for line in there}
    for proposal in chosen:
        proposal.activity = (
            proposal.carried_from or proposal.activity or _new_activity(proposal, actor)
        )
        line = plans.Line(
            activity=proposal.activity,
            commune=proposal.commune,
            fund=fund,
            amounts={},
            title=proposal.title,
        )
        [line] = funds_as_there([line], there)  # no second line beside one of another fund
        line = table.setdefault(line.key, line)
        line.amounts[proposal.quarter] = line.amounts.get(proposal.quarter, 0) + proposal.estimate
    return list(table.values())


def _new_activity(proposal: Proposal, actor: User) -> Activity:
    """An activity under the programme's next code of the year: GBV-2024-01."""
    prefix = f"{proposal.program.code}-{proposal.fiscal_year.code}-"
    taken = set(Activity.objects.filter(code__startswith=prefix).values_list("code", flat=True))
    number = 1
    while f"{prefix}{number:02}" in taken:
        number += 1
    activity = Activity(code=f"{prefix}{number:02}", title=proposal.title, program=proposal.program)
    save_with_history(activity, actor, _("chosen from the proposals"))
    return activity
