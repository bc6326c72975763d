"""Two plan versions line by line: what is new, gone, more, less, and by how much."""

from dataclasses import dataclass, field

from accounts.models import User
from core.values import display
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans.assembly import spoken_by
from disbursements.plans.origins import PREFETCH

CHANGED = ("new", "removed", "changed")


@dataclass
class Compared:
    """One line in both versions (đồng by quarter); `line` is the newer one where there is one."""

    line: PlanLine
    before: dict[int, int] = field(default_factory=dict)
    after: dict[int, int] = field(default_factory=dict)
    kind: str = "same"
    spent: int = 0  # đồng, where somebody asked for it (`review`)

    @property
    def change(self) -> int:
        return sum(self.after.values()) - sum(self.before.values())

    @property
    def is_under_spent(self) -> bool:
        """Whether it plans less than was spent."""
        return sum(self.after.values()) < self.spent


def signed(amount: int) -> str:
    """+5 or −5 with thousands grouped."""
    return ("+" if amount > 0 else "−" if amount < 0 else "") + display.number(abs(amount))


def version_before(plan: PlanVersion) -> PlanVersion | None:
    """The version to compare with: the one it was copied from, else the approved one before."""
    if plan.based_on_id:
        return plan.based_on
    earlier = PlanVersion.objects.approved().filter(fiscal_year=plan.fiscal_year)
    if plan.number:
        earlier = earlier.filter(number__lt=plan.number)
    return earlier.exclude(pk=plan.pk).order_by("-number").first()


def compare(
    before: PlanVersion | None,
    after: PlanVersion,
    user: User | None,
    *,
    speaks_for_all: bool = False,
) -> list[Compared]:
    """The lines of both in the user's scope (None: all), in the plan's order, in seven queries.

    A draft changes only what it speaks for: its other lines are those of the version in force."""
    spoken = None if speaks_for_all or after.number is not None else spoken_by(after)
    table: dict[tuple[int, int, int], Compared] = {}
    for line, amounts in _lines(after, user):
        row = Compared(line=line, after=amounts, kind="new" if before else "same")
        if spoken is not None and line.program_id not in spoken:
            row.before, row.kind = amounts, "same"
        table[_key(line)] = row
    for line, amounts in _lines(before, user) if before else []:
        if spoken is not None and line.program_id not in spoken:
            continue
        row = table.setdefault(_key(line), Compared(line=line, kind="removed"))
        row.before = amounts
        if row.kind != "removed":
            row.kind = "same" if row.before == row.after else "changed"
    return sorted(
        table.values(),
        key=lambda row: (row.line.program.order, row.line.activity.code, row.line.commune.sort_key),
    )


def _key(line: PlanLine) -> tuple[int, int, int]:
    return line.activity_id, line.commune_id, line.fund_id


def _lines(plan: PlanVersion, user: User | None) -> list[tuple[PlanLine, dict[int, int]]]:
    seen = PlanLine.objects.all() if user is None else PlanLine.objects.visible_to(user)
    rows = (
        seen.filter(plan_version=plan)
        .order_by("pk")
        .select_related("program", "activity", "commune", "fund", "plan_version")
        .prefetch_related("amounts", PREFETCH)
    )
    return [(row, {a.quarter: a.amount for a in row.amounts.all() if a.amount}) for row in rows]
