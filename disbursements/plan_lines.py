"""What the API adds to `plan_edit`: a line keeps its id, and a version says its decision.

Each change counts the plan version's `version` up, so that two who edit one draft notice.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import DRAFT_PLAN
from core.access import check
from core.errors import Conflict
from core.transition import transition
from disbursements.models import PlanLine, PlanState, PlanVersion
from disbursements.plans import Line, check_line, write_lines

EDITABLE = (PlanState.DRAFT, PlanState.RETURNED)


def describe(
    *, actor: Any, plan: PlanVersion, version: int | None = None, **changes: Any
) -> PlanVersion:
    """Change `reason`, `decision_no` or `decision_date` of a draft or returned version."""
    check(actor, DRAFT_PLAN)
    unknown = set(changes) - {"reason", "decision_no", "decision_date"}
    if unknown:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    return _touch(plan, actor, version, _("changed"), **changes)


@transaction.atomic
def add_line(*, actor: Any, plan: PlanVersion, line: Line, version: int | None = None) -> PlanLine:
    """Add a line. Raises `ValidationError` by field, `Conflict` when the plan is read only."""
    check(actor, DRAFT_PLAN)
    _touch(plan, actor, version, _("line added"))
    _check(line, plan, actor)
    write_lines(plan, [line])
    return _rows(plan, line).get()


@transaction.atomic
def change_line(*, actor: Any, row: PlanLine, line: Line, version: int | None = None) -> PlanLine:
    """Replace a line by `line`; it keeps its key."""
    check(actor, DRAFT_PLAN)
    plan = row.plan_version
    _touch(plan, actor, version, _("line changed"))
    _check(line, plan, actor, row)
    row.program = line.activity.program
    for name in ("activity", "commune", "fund", "unit", "note"):
        setattr(row, name, getattr(line, name))
    row.title = line.title or line.activity.title
    row.full_clean()
    row.save()
    row.amounts.all().delete()
    amounts = [(quarter, amount) for quarter, amount in sorted(line.amounts.items()) if amount]
    for quarter, amount in amounts:
        row.amounts.create(quarter=quarter, amount=amount)
    return row


def _touch(
    plan: PlanVersion, actor: Any, version: int | None, why: str, **changes: Any
) -> PlanVersion:
    return transition(
        plan,
        actor=actor,
        to=plan.state,
        allowed_from=[state for state in EDITABLE if state == plan.state],
        state_field="state",
        version=version,
        refused=Conflict(_("Only a plan in draft or returned can be changed."), "state"),
        why=why,
        **changes,
    )


def _rows(plan: PlanVersion, line: Line) -> Any:
    return plan.lines.filter(activity=line.activity, commune=line.commune, fund=line.fund)


def _check(line: Line, plan: PlanVersion, actor: Any, row: PlanLine | None = None) -> None:
    check_line(line, plan.fiscal_year, actor)
    if _rows(plan, line).exclude(pk=row.pk if row else None).exists():
        raise ValidationError(
            {
                "activity": _(
                    "The plan already has a line for this activity, commune and funding source."
                )
            }
        )
