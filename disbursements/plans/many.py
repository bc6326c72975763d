"""Many lines of a draft at once, as a workbook states them: the whole plan of their programmes, or
only the lines that change."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.api.bulk import RowErrors
from core.values.said import refused
from disbursements.models import UNSPECIFIED_FUND, PlanVersion
from disbursements.plans import assembly
from disbursements.plans.editing import locked
from disbursements.plans.lines import Line, lines_of
from disbursements.plans.services import check_line, would_replace
from disbursements.plans.vanishing import Vanishing

SCOPES = ("whole", "changes")


@transaction.atomic
def state_lines(
    *,
    actor: User,
    plan: PlanVersion,
    lines: list[Line],
    scope: str = "",
    version: int | None = None,
    confirm_vanishing: bool = False,
    another_fund: bool = False,
) -> PlanVersion:
    """Put lines into a draft. With `scope` "whole" they are all lines of their programmes within
    the actor's scope, with "changes" no other line is touched; where lines would vanish it asks
    which (400 at `scope`), and with "whole" for one tick for all of them. Raises `RowErrors`."""
    row = locked(actor, plan, version)
    before = lines_of(row)
    lines = funds_as_there(lines, before)
    stated = {line.key for line in lines}
    gone = [line for line in would_replace(actor, before, lines) if line.key not in stated]
    stay = [line for line in before if not (scope == "whole" and line in gone)]
    _check_all(lines, stay, row, actor, another_fund)
    lost = Vanishing(len(gone), sum(line.total for line in gone))
    if gone and not scope:
        said = _("Say whether these are the whole plan (scope: whole) or changes. %(lost)s")
        raise refused("scope", "scope_needed", said % {"lost": lost})
    if scope == "whole" and lost.sum and not confirm_vanishing:
        said = _("%(said)s Confirm it for all of them with one tick (confirm_vanishing).")
        raise refused("confirm_vanishing", "confirm_vanishing", said % {"said": lost})
    replaced = stated | ({line.key for line in gone} if scope == "whole" else set())
    after = [*(line for line in before if line.key not in replaced), *lines]
    programs = {line.activity.program_id for line in lines}
    said = _("%(count)s lines stated at once") % {"count": len(lines)}
    return assembly.rewrite(row, after, programs, actor, said)


def funds_as_there(lines: list[Line], there: list[Line]) -> list[Line]:
    """Lines that name no fund take that of the line of their activity and commune, where there is
    one, and make no second line beside it."""
    stated = Counter(line.place for line in lines)
    places = Counter(line.place for line in there)
    funds = {line.place: line.fund for line in there if places[line.place] == 1}
    for line in lines:
        is_unnamed = line.fund.code == UNSPECIFIED_FUND and stated[line.place] == 1
        if is_unnamed and line.place in funds:
            line.fund = funds[line.place]
    return lines


def second_funds(lines: list[Line], there: list[Line]) -> list[Line]:
    """Lines that would stand beside one of the same activity and commune that differs only in its
    fund: new ones, where that one is not stated too."""
    keys = {line.key for line in there}
    stated = {line.key for line in lines}
    beside = {line.place for line in there if line.key not in stated}
    return [line for line in lines if line.key not in keys and line.place in beside]


def _check_all(
    lines: list[Line], before: list[Line], plan: PlanVersion, actor: User, another_fund: bool
) -> None:
    times = Counter(line.key for line in lines)
    twins = [] if another_fund else [line.key for line in second_funds(lines, before)]
    errors: dict[int, ValidationError] = {}
    for index, line in enumerate(lines):
        try:
            check_line(line, plan.fiscal_year, actor)
            if times[line.key] > 1:
                said = _("The same activity, commune and funding source stand here twice.")
                raise refused("activity", "repeated", said)
            if line.key in twins:
                said = _(
                    "%(line)s has a line of another funding source: name that one, or confirm that "
                    "this is another line beside it (another_fund)."
                )
                raise refused("fund", "another_fund", said % {"line": line.name})
        except ValidationError as error:
            errors[index] = error
    if errors:
        raise RowErrors(errors)
