"""Changes to a plan version that is a draft or was returned: its words, its lines, transfers.

Each change counts the plan version's `version` up, so that two who edit one draft notice. Page and
API end here; `version` is what the person saw (None: as the record given was read).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN
from core.services.access import check
from core.services.errors import Conflict, StaleVersion
from core.services.transition import save_with_history
from core.values.money import format_vnd
from disbursements.ledger.services import scope_errors
from disbursements.models import PlanAmount, PlanLine, PlanState, PlanVersion
from disbursements.plans import assembly
from disbursements.plans.services import (
    Line,
    approved_version,
    check_line,
    check_seen,
    write_lines,
)

EDITABLE = (PlanState.DRAFT, PlanState.RETURNED)
WORDS = ("reason", "decision_no", "decision_date")


def _locked(actor: User, plan: PlanVersion, version: int | None) -> PlanVersion:
    """The draft, locked and in the version that was seen."""
    check(actor, DRAFT_PLAN)
    check_seen(actor, plan)
    row = PlanVersion.objects.select_for_update().get(pk=plan.pk)
    if row.state not in EDITABLE:
        raise Conflict(_("Only a draft or a returned plan can be changed."), "state")
    if row.version != (plan.version if version is None else version):
        raise StaleVersion
    return row


def _saved(row: PlanVersion, actor: User, why: str) -> PlanVersion:
    row.version += 1
    save_with_history(row, actor, why)
    return row


@transaction.atomic
def describe(
    *, actor: User, plan: PlanVersion, version: int | None = None, **changes: Any
) -> PlanVersion:
    """Change `reason`, `decision_no` or `decision_date`."""
    unknown = set(changes) - set(WORDS)
    if unknown:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    row = _locked(actor, plan, version)
    for name, value in changes.items():
        setattr(row, name, value)
    return _saved(row, actor, _("reason changed") if set(changes) == {"reason"} else _("changed"))


@transaction.atomic
def add_line(*, actor: User, plan: PlanVersion, line: Line, version: int | None = None) -> PlanLine:
    """Add a line. Raises `ValidationError` by field, `Conflict` when the plan is read only."""
    row = _locked(actor, plan, version)
    _check(line, row, actor)
    assembly.speak_for(row, {line.activity.program_id})
    write_lines(row, [line])
    _saved(row, actor, _moved(line, 0))
    return _same(row, line).get()


@transaction.atomic
def change_line(*, actor: User, row: PlanLine, line: Line, version: int | None = None) -> PlanLine:
    """Put `line` in the place of a line of a draft, which keeps its id."""
    plan = _locked(actor, row.plan_version, version)
    _check(line, plan, actor, row)
    _check_scope(actor, row)
    assembly.speak_for(plan, {row.program_id, line.activity.program_id})
    before = _total(row)
    row.plan_version = plan
    row.program = line.activity.program
    for name in ("activity", "commune", "fund", *PlanLine.details):
        setattr(row, name, getattr(line, name))
    row.title = line.title or line.activity.title
    row.full_clean()
    row.save()
    for quarter in (1, 2, 3, 4):
        _put(row, quarter, line.amounts.get(quarter, 0))
    _saved(plan, actor, _moved(line, before))
    return row


def set_line(*, actor: User, plan: PlanVersion, line: Line, version: int | None = None) -> PlanLine:
    """Add a line, or put it in the place of the one with the same activity, commune and fund."""
    earlier = _same(plan, line).first()
    if earlier is None:
        return add_line(actor=actor, plan=plan, line=line, version=version)
    earlier.plan_version = plan
    return change_line(actor=actor, row=earlier, line=line, version=version)


@transaction.atomic
def remove_line(
    *, actor: User, plan: PlanVersion, line: PlanLine, version: int | None = None
) -> PlanVersion:
    """Take a line out of a draft."""
    row = _locked(actor, plan, version)
    _check_scope(actor, line)
    assembly.speak_for(row, {line.program_id})
    why = _("%(line)s removed (%(before)s đồng)") % {
        "line": f"{line.activity.code} · {line.commune}",
        "before": format_vnd(_total(line)),
    }
    row.lines.filter(pk=line.pk).delete()
    return _saved(row, actor, why)


@transaction.atomic
def transfer(
    *,
    actor: User,
    plan: PlanVersion,
    source: PlanLine,
    target: PlanLine,
    quarter: int,
    to_quarter: int,
    amount: int,
    reason: str,
    version: int,
) -> PlanVersion:
    """Move `amount` đồng from one line's quarter to another's: the total stays as it is."""
    row = _locked(actor, plan, version)
    for line in (source, target):
        _check_scope(actor, line)
    left = _amount(source, quarter)
    errors = {}
    if (source.pk, quarter) == (target.pk, to_quarter):
        errors["target"] = _("Choose another line or another quarter.")
    if not 0 < amount <= left:
        errors["amount"] = _("From 1 to %(left)s đồng, what the line plans for that quarter.") % {
            "left": format_vnd(left)
        }
    if not reason.strip():
        errors["reason"] = _("Say why the money is moved.")
    if errors:
        raise ValidationError(errors)
    assembly.speak_for(row, {source.program_id, target.program_id})
    _put(source, quarter, left - amount)
    _put(target, to_quarter, _amount(target, to_quarter) + amount)
    moved = _("%(amount)s đồng from %(source)s to %(target)s: %(reason)s") % {
        "amount": format_vnd(amount),
        "source": f"{source.activity.code} · {source.commune} (Q{quarter})",
        "target": f"{target.activity.code} · {target.commune} (Q{to_quarter})",
        "reason": reason.strip(),
    }
    row.reason = "\n".join(filter(None, [row.reason, moved]))
    return _saved(row, actor, moved)


@transaction.atomic
def bring_up_to_date(*, actor: User, plan: PlanVersion, version: int | None = None) -> PlanVersion:
    """Put a draft on top of the version in force: its own changes stay, all else is as now."""
    row = _locked(actor, plan, version)
    current = approved_version(row.fiscal_year)
    if current is None or row.based_on_id == current.pk:
        raise Conflict(_("This draft is up to date."), "state")
    lines = assembly.brought_up_to_date(row, current)
    row.based_on = current
    return assembly.rewrite(row, lines, (), actor, _("brought up to date"))


def _moved(line: Line, before: int) -> str:
    """What the trail says of a line that had `before` đồng."""
    return _("%(line)s: %(before)s → %(after)s đồng") % {
        "line": f"{line.activity.code} · {line.commune}",
        "before": format_vnd(before),
        "after": format_vnd(sum(line.amounts.values())),
    }


def _same(plan: PlanVersion, line: Line) -> Any:
    return plan.lines.filter(activity=line.activity, commune=line.commune, fund=line.fund)


def _check(line: Line, plan: PlanVersion, actor: User, row: PlanLine | None = None) -> None:
    check_line(line, plan.fiscal_year, actor)
    if _same(plan, line).exclude(pk=row.pk if row else None).exists():
        raise ValidationError(
            {
                "activity": _(
                    "The plan already has a line for this activity, commune and funding source."
                )
            }
        )


def _check_scope(actor: User, line: PlanLine) -> None:
    errors = scope_errors(actor, line.program, line.commune)
    if errors:
        raise ValidationError(list(errors.values()))


def _amount(line: PlanLine, quarter: int) -> int:
    found = line.amounts.filter(quarter=quarter).first()
    return found.amount if found else 0


def _total(line: PlanLine) -> int:
    return sum(line.amounts.values_list("amount", flat=True))


def _put(line: PlanLine, quarter: int, amount: int) -> None:
    if amount:
        PlanAmount.objects.update_or_create(line=line, quarter=quarter, defaults={"amount": amount})
    else:
        line.amounts.filter(quarter=quarter).delete()
