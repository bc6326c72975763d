"""What whoever approves a plan sees: by programme and line before, after and spent, and what is
doubtful about it. Doubts are said and never lock; only lines that vanish ask for a tick."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import within
from core.values.dates import ROMAN
from core.values.money import format_vnd
from disbursements.models import Disbursement, LedgerTotal, PlanAmount, PlanProgram, PlanVersion
from disbursements.plans import assembly
from disbursements.plans.comparison import CHANGED, Compared, compare, version_before
from disbursements.plans.services import approved_version
from disbursements.plans.vanishing import Vanishing
from disbursements.totals.reading import posted_in
from programs.models import Period, Program, ProgramCeiling, YearState

OPEN = ("draft", "submitted", "returned")


@dataclass
class ProgramRow:
    """A programme's plan before and after, and what was spent of it (đồng)."""

    program: Program
    before: int = 0
    after: int = 0
    spent: int = 0
    ceiling: int | None = None
    whole: int = 0  # after, whoever asks: a ceiling seen in part would be none
    gone: list[int] = field(default_factory=list)

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def vanishing(self) -> Vanishing:
        """Its lines with money that vanish."""
        return Vanishing(len(self.gone), sum(self.gone))

    @property
    def is_over(self) -> bool:
        """Whether the plan is above the programme's ceiling."""
        return self.ceiling is not None and self.whole > self.ceiling


class Review:
    """A version beside the one before, within a user's scope."""

    def __init__(self, plan: PlanVersion, user: User) -> None:
        self.plan, self.user = plan, user
        self.before = version_before(plan)
        self.rows: list[Compared] = compare(self.before, plan, user)
        self.spoken = assembly.spoken_by(plan)
        self._spend()

    @cached_property
    def changed(self) -> list[Compared]:
        """The lines that differ; of a first plan all of them."""
        return [row for row in self.rows if self.before is None or row.kind in CHANGED]

    @cached_property
    def programs(self) -> list[ProgramRow]:
        """What it speaks for in the user's scope, in the programmes' order."""
        found: dict[int, ProgramRow] = {}
        changed = {row.line.program_id for row in self.changed}
        for row in self.rows:
            pk = row.line.program_id
            if pk not in self.spoken and pk not in changed:
                continue
            each = found.setdefault(pk, ProgramRow(row.line.program))
            each.before += sum(row.before.values())
            each.after += sum(row.after.values())
            if row.kind == "removed" and row.change:
                each.gone.append(-row.change)
        spent = self._posted().filter(program__in=found)
        for pk, amount in spent.order_by().values_list("program").annotate(sum=Sum("amount")):
            found[pk].spent = amount
        ceilings = ProgramCeiling.objects.filter(
            fiscal_year=self.plan.fiscal_year_id, program__in=found
        )
        for ceiling in ceilings:
            found[ceiling.program_id].ceiling = ceiling.amount
        whole = PlanAmount.objects.filter(line__plan_version=self.plan, line__program__in=found)
        by_program = whole.order_by().values_list("line__program")
        for pk, amount in by_program.annotate(sum=Sum("amount")):
            found[pk].whole = amount
        return sorted(found.values(), key=lambda each: each.program.order)

    @property
    def vanishing(self) -> Vanishing:
        """All lines with money that vanish."""
        gone = [amount for each in self.programs for amount in each.gone]
        return Vanishing(len(gone), sum(gone))

    @cached_property
    def cut_under_spent(self) -> list[Compared]:
        """Lines that change and plan less than was spent."""
        return [row for row in self.changed if row.is_under_spent]

    @cached_property
    def closed_quarters(self) -> list[int]:
        """The quarters whose months are all closed."""
        return closed_quarters(self.plan)

    @cached_property
    def outdated(self) -> list[str]:
        """The lines it speaks for that changed since it was drafted, where it is still open."""
        if self.plan.state not in OPEN:
            return []
        changed = assembly.meanwhile(self.plan, approved_version(self.plan.fiscal_year))
        names = {(activity, fund) for activity, _commune, fund in changed}
        return [f"{activity} · {fund}" for activity, fund in sorted(names)]

    @cached_property
    def spoken_elsewhere(self) -> list[str]:
        """What it changes although another open draft speaks for it (drafts from before)."""
        if self.plan.state not in ("draft", "returned"):
            return []
        mine = {row.line.program_id for row in self._raw_changes()} - self.spoken
        taken = PlanProgram.objects.filter(
            fiscal_year=self.plan.fiscal_year_id, program__in=mine, is_open=True
        ).select_related("program")
        return [f"{each.program.code}: {each.plan_version_id}" for each in taken]

    def _raw_changes(self) -> list[Compared]:
        rows = compare(self.plan.based_on, self.plan, self.user, speaks_for_all=True)
        return [row for row in rows if self.plan.based_on is None or row.kind in CHANGED]

    @cached_property
    def warnings(self) -> list[str]:
        """What is doubtful, a sentence each."""
        said = []
        if self.outdated:
            text = _("Changed since this draft began: %(lines)s. Bring it up to date.")
            said.append(text % {"lines": ", ".join(self.outdated)})
        if self.spoken_elsewhere:
            text = _("Another open draft speaks for what this one changes (%(drafts)s): join them.")
            said.append(text % {"drafts": ", ".join(self.spoken_elsewhere)})
        if self.vanishing:
            said.append(str(self.vanishing))
        said += [_under_spent(row) for row in self.cut_under_spent]
        said += [_over(each) for each in self.programs if each.is_over]
        said += [
            _("Quarter %(quarter)s is closed, and the plan changes it.")
            % {"quarter": ROMAN[quarter - 1]}
            for quarter in self.closed_quarters
            if any(row.before.get(quarter, 0) != row.after.get(quarter, 0) for row in self.changed)
        ]
        return said

    def _posted(self) -> QuerySet[Disbursement] | QuerySet[LedgerTotal]:
        """What is posted in the plan's year, in the user's scope."""
        mine = within(self.user, program="program", commune="commune")
        return posted_in(self.plan.fiscal_year_id).filter(mine)

    def _spend(self) -> None:
        """Say of each line what was spent: of its own fund, or of all funds where the activity has
        one line in the commune."""
        posted = self._posted()
        sums: dict[tuple[int, int], dict[int, int]] = {}
        grouped = posted.order_by().values_list("activity", "commune", "fund")
        for activity, commune, fund, amount in grouped.annotate(sum=Sum("amount")):
            sums.setdefault((activity, commune), {})[fund] = amount
        lines: dict[tuple[int, int], int] = {}
        for row in self.rows:
            place = (row.line.activity_id, row.line.commune_id)
            lines[place] = lines.get(place, 0) + 1
        for row in self.rows:
            place = (row.line.activity_id, row.line.commune_id)
            funds = sums.get(place, {})
            alone = lines[place] == 1
            row.spent = sum(funds.values()) if alone else funds.get(row.line.fund_id, 0)


def closed_quarters(plan: PlanVersion) -> list[int]:
    """The quarters of a plan's year whose months are all closed."""
    periods = Period.objects.filter(fiscal_year=plan.fiscal_year_id)
    months = set(periods.order_by().values_list("quarter", "state"))
    is_open = {quarter for quarter, state in months if state != YearState.CLOSED}
    return sorted({quarter for quarter, _state in months} - is_open)


def _under_spent(row: Compared) -> str:
    text = _("%(line)s: %(after)s đồng are planned, %(spent)s đồng are spent already.")
    return text % {
        "line": f"{row.line.activity.code} · {row.line.commune.name}",
        "after": format_vnd(sum(row.after.values())),
        "spent": format_vnd(row.spent),
    }


def _over(each: ProgramRow) -> str:
    text = _("%(program)s: the plan of %(after)s đồng is above its ceiling of %(ceiling)s đồng.")
    return text % {
        "program": each.program.code,
        "after": format_vnd(each.whole),
        "ceiling": format_vnd(each.ceiling or 0),
    }
