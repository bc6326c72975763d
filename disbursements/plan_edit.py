"""Changes to a plan version that is still a draft: lines, transfers, its reason."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import DRAFT_PLAN
from core.access import check
from core.errors import Conflict, StaleVersion
from core.money import format_vnd
from core.transition import save_with_history
from disbursements.ledger import scope_errors
from disbursements.models import PlanAmount, PlanLine, PlanState, PlanVersion
from disbursements.plans import Line, check_line, write_lines

EDITABLE = (PlanState.DRAFT, PlanState.RETURNED)


def _locked(actor: Any, plan: PlanVersion, version: int) -> PlanVersion:
    """The draft, locked and in the version that was seen."""
    check(actor, DRAFT_PLAN)
    row = PlanVersion.objects.select_for_update().get(pk=plan.pk)
    if row.state not in EDITABLE:
        raise Conflict(_("Only a draft or a returned plan can be changed."), "state")
    if row.version != version:
        raise StaleVersion
    return row


def _saved(row: PlanVersion, actor: Any, why: str) -> PlanVersion:
    row.version += 1
    save_with_history(row, actor, why)
    return row


@transaction.atomic
def set_line(*, actor: Any, plan: PlanVersion, line: Line, version: int) -> PlanVersion:
    """Add a line, or put new amounts in the one with the same activity, commune and fund."""
    row = _locked(actor, plan, version)
    check_line(line, row.fiscal_year, actor)
    earlier = row.lines.filter(activity=line.activity, commune=line.commune, fund=line.fund).first()
    before = _total(earlier) if earlier else 0
    if earlier:
        earlier.delete()
    write_lines(row, [line])
    after = sum(line.amounts.values())
    return _saved(
        row,
        actor,
        _("%(line)s: %(before)s → %(after)s đồng")
        % {
            "line": f"{line.activity.code} · {line.commune}",
            "before": format_vnd(before),
            "after": format_vnd(after),
        },
    )


@transaction.atomic
def remove_line(*, actor: Any, plan: PlanVersion, line: PlanLine, version: int) -> PlanVersion:
    """Take a line out of a draft."""
    row = _locked(actor, plan, version)
    _check_scope(actor, line)
    why = _("%(line)s removed (%(before)s đồng)") % {
        "line": f"{line.activity.code} · {line.commune}",
        "before": format_vnd(_total(line)),
    }
    row.lines.filter(pk=line.pk).delete()
    return _saved(row, actor, why)


@transaction.atomic
def transfer(
    *,
    actor: Any,
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
def set_reason(*, actor: Any, plan: PlanVersion, reason: str, version: int) -> PlanVersion:
    """Say why the plan changes."""
    row = _locked(actor, plan, version)
    row.reason = reason
    return _saved(row, actor, _("reason changed"))


def _check_scope(actor: Any, line: PlanLine) -> None:
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
