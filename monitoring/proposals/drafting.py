"""What was chosen stands in a draft of the plan at once, and leaves it when it is put off again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import APPROVE_PLAN, PLAN_SELECTED
from core.services import remarks
from core.services.access import check
from core.services.errors import Conflict
from core.services.transition import save_with_history, transition
from disbursements.ledger.services import unspecified_fund
from disbursements.models import PlanState, PlanVersion
from disbursements.plans import assembly
from disbursements.plans import services as plans
from disbursements.plans.many import funds_as_there
from monitoring.models import Proposal
from monitoring.models.proposals import ProposalState
from programs.models import Activity, FiscalYear, Fund

TAKES_LINES = (PlanState.DRAFT, PlanState.RETURNED)


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
    return _put_in(actor, fiscal_year, chosen, fund, reason)


def at_once(*, actor: User, proposal: Proposal) -> Proposal:
    """Put a proposal that was just selected into the plan's open draft. Where there is none it
    stays selected (`plan_selected` makes one); where it cannot be, why is remarked."""
    if _open_draft(proposal.fiscal_year, {proposal.program_id}, quiet=True) is None:
        return proposal
    if actor.can(APPROVE_PLAN):
        said = _("It is chosen. You approve plans: somebody else takes it into the draft.")
        remarks.add_remark("state", "not_in_draft", said)
        return proposal
    try:
        with transaction.atomic():
            _put_in(actor, proposal.fiscal_year, [proposal], None, "")
    except (Conflict, ValidationError) as error:
        why = " ".join(getattr(error, "messages", [str(error)]))
        said = _("It is chosen, but not in the plan's draft yet: %(why)s") % {"why": why}
        remarks.add_remark("state", "not_in_draft", said)
        proposal.refresh_from_db()
    return proposal


def _open_draft(year: FiscalYear, programs: set[int], *, quiet: bool = False) -> PlanVersion | None:
    """The open draft that takes lines of these programmes: the one that speaks for them, else the
    one that other proposals went into. `quiet`: also one that refuses them, which says so later."""
    try:
        return assembly.open_draft(year, programs) or _draft_of_proposals(year)
    except Conflict:
        if quiet:
            return assembly.open_drafts(year, programs)[0]
        raise


def _put_in(
    actor: User, fiscal_year: FiscalYear, chosen: list[Proposal], fund: Fund | None, reason: str
) -> PlanVersion:
    reason = reason or _("Activities chosen from the proposals")
    programs = {proposal.program_id for proposal in chosen}
    version = _open_draft(fiscal_year, programs) or plans.create_draft(
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
            why=_("in a draft of the plan"),
            activity=proposal.activity,
            plan_version=version,
        )
    return version


def _draft_of_proposals(year: FiscalYear) -> PlanVersion | None:
    """The draft that proposals of the year went into, for those of other programmes, too."""
    drafts = PlanVersion.objects.filter(fiscal_year=year, state__in=TAKES_LINES)
    drafts = drafts.filter(proposals__state=ProposalState.DRAFTED).select_related("fiscal_year")
    return drafts.order_by("-pk").first()


def take_out(*, actor: User, proposal: Proposal, reason: str) -> None:
    """Take a proposal's money out of its draft again. `Conflict` where the draft takes no changes,
    the actor approves it, or its line was changed there."""
    version = proposal.plan_version
    if version is None:
        return
    if actor.can(APPROVE_PLAN):
        said = _("It stands in a draft of the plan, which you approve: somebody else takes it out.")
        raise Conflict(said, "state")
    if version.state not in TAKES_LINES:
        raise assembly.takes_no_lines(version)
    lines = plans.lines_of(version)
    line = next((line for line in lines if _holds(line, proposal)), None)
    if line is None:
        raise Conflict(
            _("Its line was changed in the draft of the plan: change it there."), "state"
        )
    line.amounts[proposal.quarter] -= proposal.estimate
    kept = [each for each in lines if each is not line or any(line.amounts.values())]
    assembly.rewrite(version, kept, {proposal.program_id}, actor, reason)


def _holds(line: plans.Line, proposal: Proposal) -> bool:
    place = (line.activity.pk, line.commune.pk) == (proposal.activity_id, proposal.commune_id)
    return place and line.amounts.get(proposal.quarter, 0) >= proposal.estimate


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
