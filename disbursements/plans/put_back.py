"""Undoing what a workbook changed in a draft that others work in: the lines it changed are put back
as they were, unless somebody changed them since."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from communes.models import Commune
from core.services.errors import Conflict
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans import assembly
from disbursements.plans.editing import locked
from disbursements.plans.lines import (
    Changes,
    Content,
    Key,
    Line,
    line_names,
    lines_of,
    with_changes,
)
from programs.models import Activity, Fund


def written_down(changes: Changes, spoken: Collection[int]) -> dict[str, object]:
    """Changes as JSON: what each line was and has become, and the programmes that the draft speaks
    for since."""
    lines = [
        {"key": list(key), "before": _json(before), "after": _json(after)}
        for key, (before, after) in changes.items()
    ]
    return {"lines": lines, "spoken": sorted(spoken)}


def _json(line: Line | None) -> dict[str, object] | None:
    if line is None:
        return None
    amounts = {str(quarter): amount for quarter, amount in line.amounts.items() if amount}
    details = {name: getattr(line, name) for name in PlanLine.details}
    return {"amounts": amounts, "title": line.title, **details}


@transaction.atomic
def put_back(*, actor: User, plan: PlanVersion, overwrote: dict[str, Any], why: str) -> PlanVersion:
    """Put a draft's lines back as they were before a workbook changed them. `Conflict` where one of
    them was changed since; other lines stay as they are."""
    row = locked(actor, plan, None)
    now = {line.key: line for line in lines_of(row)}
    changes: Changes = {}
    moved: list[Line] = []
    for each in overwrote["lines"]:
        code, commune, fund = each["key"]
        key: Key = (code, commune, fund)
        before, after = _line(key, each["before"]), _line(key, each["after"])
        there = now.get(key)
        if _content(there) != _content(after):
            moved += filter(None, [there or after])
        changes[key] = (there, before)
    if moved:
        said = _("These lines were changed since: %(lines)s.") % {"lines": line_names(moved)}
        raise Conflict(said, "moved_on")
    assembly.rewrite(row, with_changes(now.values(), changes), (), actor, why)
    idle = set(overwrote["spoken"]) - assembly.changed_programs(row)
    row.spoken.filter(program__in=idle).delete()
    return row


def _content(line: Line | None) -> Content | None:
    return line.content if line else None


def _line(key: Key, said: dict[str, Any] | None) -> Line | None:
    if said is None:
        return None
    code, commune, fund = key
    return Line(
        activity=Activity.objects.select_related("program").get(code=code),
        commune=Commune.objects.get(pk=commune),
        fund=Fund.objects.get(code=fund),
        amounts={int(quarter): amount for quarter, amount in said["amounts"].items()},
        title=said["title"],
        **{name: said[name] for name in PlanLine.details},
    )
