"""Changes to a plan version that is a draft or was returned: its words, its lines, transfers.

A line has a version of its own, so that two who edit two lines do not meet; each change also counts
the plan version's `version` up, so that nobody submits lines unseen. Page and API end here;
`version` is what the person saw of the line (of the plan where it is about the plan).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN
from core.api.bulk import RowErrors
from core.services.access import check
from core.services.errors import Conflict, StaleVersion
from core.services.transition import save_with_history
from core.values.money import format_vnd
from core.values.said import coded, refused
from disbursements.ledger.services import scope_errors
from disbursements.models import PlanAmount, PlanLine, PlanVersion
from disbursements.models.plans import PlanLineQuerySet
from disbursements.plans import assembly
from disbursements.plans.lines import stamp
from disbursements.plans.services import (
    EDITABLE,
    Line,
    approved_version,
    check_line,
    check_seen,
    write_lines,
)

WORDS = ("reason", "decision_no", "decision_date")


@dataclass
class Change:
    """What becomes of one line: `row` as it was seen in `version` (None: a new line) is `line` from
    now on."""

    line: Line
    row: PlanLine | None = None
    version: int | None = None
    another_fund: bool = False  # confirmed: a second line beside one of another fund


def locked(actor: User, plan: PlanVersion, version: int | None) -> PlanVersion:
    """The draft, locked and in the version that was seen (None: whichever, the change is to a line
    that has its own)."""
    check(actor, DRAFT_PLAN)
    check_seen(actor, plan)
    row = PlanVersion.objects.select_for_update().get(pk=plan.pk)
    if row.state not in EDITABLE:
        raise assembly.takes_no_lines(row)
    if version is not None and row.version != version:
        raise StaleVersion
    return row


def _locked_line(plan: PlanVersion, line: PlanLine, version: int | None) -> PlanLine:
    """A line of a locked draft as it is now, in the version that was seen."""
    row = plan.lines.select_related("program", "activity", "commune", "fund").filter(pk=line.pk)
    found = row.first()
    if found is None or found.version != (line.version if version is None else version):
        raise StaleVersion
    found.plan_version = plan
    return found


def _saved(row: PlanVersion, actor: User, why: str, count: int = 1) -> PlanVersion:
    row.version += count
    save_with_history(row, actor, why)
    return row


@transaction.atomic
def describe(
    *, actor: User, plan: PlanVersion, version: int | None = None, **changes: object
) -> PlanVersion:
    """Change `reason`, `decision_no` or `decision_date`."""
    unknown = set(changes) - set(WORDS)
    if unknown:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    row = locked(actor, plan, plan.version if version is None else version)
    for name, value in changes.items():
        setattr(row, name, value)
    return _saved(row, actor, _("reason changed") if set(changes) == {"reason"} else _("changed"))


@transaction.atomic
def add_line(
    *,
    actor: User,
    plan: PlanVersion,
    line: Line,
    version: int | None = None,
    another_fund: bool = True,
) -> PlanLine:
    """Add a line. Raises `ValidationError` by field, `Conflict` when the plan is read only.

    Without `another_fund` it asks where a line of the same activity and commune is there already,
    of another fund."""
    row = locked(actor, plan, version)
    _check(line, row, actor)
    if not another_fund:
        _ask_about_fund(line, row)
    assembly.speak_for(row, {line.activity.program_id})
    line.changed_by = actor
    write_lines(row, [line])
    _saved(row, actor, _moved(line, 0))
    return _same(row, line).get()


@transaction.atomic
def change_line(
    *,
    actor: User,
    row: PlanLine,
    line: Line,
    version: int | None = None,
    another_fund: bool = True,
) -> PlanLine:
    """Put `line` in the place of a line of a draft, which keeps its id; `version` is the line's."""
    plan = locked(actor, row.plan_version, None)
    _check_scope(actor, row)
    found = _locked_line(plan, row, version)
    why = _change(plan, found, line, actor, another_fund)
    _saved(plan, actor, why)
    return found


def _change(
    plan: PlanVersion, row: PlanLine, line: Line, actor: User, another_fund: bool = True
) -> str:
    """Change a line of a locked draft; what the trail says of it."""
    _check(line, plan, actor, row)
    _check_scope(actor, row)
    key = (line.activity.pk, line.commune.pk, line.fund.pk)
    if not another_fund and key != (row.activity_id, row.commune_id, row.fund_id):
        _ask_about_fund(line, plan, row)
    assembly.speak_for(plan, {row.program_id, line.activity.program_id})
    before = _total(row)
    row.program = line.activity.program
    for name in ("activity", "commune", "fund", *PlanLine.details):
        setattr(row, name, getattr(line, name))
    row.title = line.title or line.activity.title
    stamp(row, actor)
    row.full_clean()
    row.save()
    for quarter in (1, 2, 3, 4):
        _set_amount(row, quarter, line.amounts.get(quarter, 0))
    return _moved(line, before)


@transaction.atomic
def set_line(
    *,
    actor: User,
    plan: PlanVersion,
    line: Line,
    version: int | None = None,
    another_fund: bool = True,
) -> PlanLine:
    """Add a line, or put it in the place of the one with the same activity, commune and fund;
    `version` is the plan's."""
    earlier = _same(plan, line).first()
    if earlier is None:
        return add_line(
            actor=actor, plan=plan, line=line, version=version, another_fund=another_fund
        )
    row = locked(actor, plan, version)
    _saved(row, actor, _change(row, earlier, line, actor))
    return earlier


@transaction.atomic
def change_many(*, actor: User, plan: PlanVersion, changes: Sequence[Change]) -> list[PlanLine]:
    """Change and add many lines of a draft, all or none. Raises `RowErrors` by index."""
    row = locked(actor, plan, None)
    errors: dict[int, ValidationError] = {}
    done: list[PlanLine] = []
    said: list[str] = []
    for index, change in enumerate(changes):
        try:
            done.append(_one_of_many(row, change, actor, said))
        except ValidationError as error:
            errors[index] = error
        except StaleVersion as error:
            errors[index] = refused("version", error.code, error.message)
    if errors:
        raise RowErrors(errors)
    if said:
        _saved(row, actor, "\n".join(said), len(said))
    return done


def _one_of_many(plan: PlanVersion, change: Change, actor: User, said: list[str]) -> PlanLine:
    line = change.line
    if change.row is None:
        _check(line, plan, actor)
        if not change.another_fund:
            _ask_about_fund(line, plan)
        assembly.speak_for(plan, {line.activity.program_id})
        line.changed_by = actor
        write_lines(plan, [line])
        said.append(_moved(line, 0))
        return _same(plan, line).get()
    row = _locked_line(plan, change.row, change.version)
    said.append(_change(plan, row, line, actor, change.another_fund))
    return row


@transaction.atomic
def remove_line(
    *, actor: User, plan: PlanVersion, line: PlanLine, version: int | None = None
) -> PlanVersion:
    """Take a line out of a draft; `version` is the line's."""
    row = locked(actor, plan, None)
    _check_scope(actor, line)
    _locked_line(row, line, version)
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
    row = locked(actor, plan, version)
    for line in (source, target):
        _check_scope(actor, line)
    left = _amount(source, quarter)
    errors = {}
    if (source.pk, quarter) == (target.pk, to_quarter):
        errors["target"] = coded("same_place", _("Choose another line or another quarter."))
    if not 0 < amount <= left:
        errors["amount"] = coded(
            "out_of_range",
            _("From 1 to %(left)s đồng, what the line plans for that quarter.")
            % {"left": format_vnd(left)},
        )
    if not reason.strip():
        errors["reason"] = coded("reason_needed", _("Say why the money is moved."))
    if errors:
        raise ValidationError(errors)
    assembly.speak_for(row, {source.program_id, target.program_id})
    for line in {source.pk: source, target.pk: target}.values():
        stamp(line, actor)
        line.save()
    _set_amount(source, quarter, left - amount)
    _set_amount(target, to_quarter, _amount(target, to_quarter) + amount)
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
    row = locked(actor, plan, plan.version if version is None else version)
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


def _same(plan: PlanVersion, line: Line) -> PlanLineQuerySet:
    return plan.lines.filter(activity=line.activity, commune=line.commune, fund=line.fund)


def _check(line: Line, plan: PlanVersion, actor: User, row: PlanLine | None = None) -> None:
    check_line(line, plan.fiscal_year, actor)
    if _same(plan, line).exclude(pk__in=[row.pk] if row else []).exists():
        raise refused(
            "activity",
            "already_there",
            _("The plan already has a line for this activity, commune and funding source."),
        )


def _ask_about_fund(line: Line, plan: PlanVersion, row: PlanLine | None = None) -> None:
    """Ask (400 at `fund`) where the activity has a line in the commune already, of another fund."""
    twins = plan.lines.filter(activity=line.activity, commune=line.commune)
    twins = twins.exclude(fund=line.fund).exclude(pk=row.pk if row else 0)
    names = [twin.fund.name for twin in twins.select_related("fund")]
    if names:
        said = _(
            "%(line)s has a line of another funding source (%(funds)s): change that one, or "
            "confirm that this is another line beside it (another_fund)."
        )
        facts = {"line": line.name, "funds": ", ".join(names)}
        raise refused("fund", "another_fund", said % facts)


def _check_scope(actor: User, line: PlanLine) -> None:
    errors = scope_errors(actor, line.program, line.commune)
    if errors:
        raise ValidationError(list(errors.values()))


def _amount(line: PlanLine, quarter: int) -> int:
    found = line.amounts.filter(quarter=quarter).first()
    return found.amount if found else 0


def _total(line: PlanLine) -> int:
    return sum(line.amounts.values_list("amount", flat=True))


def _set_amount(line: PlanLine, quarter: int, amount: int) -> None:
    if amount:
        PlanAmount.objects.update_or_create(line=line, quarter=quarter, defaults={"amount": amount})
    else:
        line.amounts.filter(quarter=quarter).delete()
