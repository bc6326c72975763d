"""A plan's template that comes back: what its rows change in the plan as it stands now.

The template had the lines of a version in force. A line that stands there as it did is left as the
portal has it by now, one that is not there any more vanishes (which is asked), and one that was
added in the portal meanwhile is none of the template's: it stays.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import covers
from disbursements.models import PlanVersion
from disbursements.plans.lines import Key, Line, line_names, line_of, lines_of
from disbursements.plans.many import funds_as_there
from disbursements.plans.services import approved_version
from imports.kinds.known import KnownRow, KnownRows
from imports.outcome import of_file
from imports.workbook import Row

if TYPE_CHECKING:
    from imports.kinds.plan import PlanBuilder

Pair = tuple[Row, Line]


@dataclass
class Merged:
    """The lines that a workbook comes to: of its rows, and those that stay beside them."""

    pairs: list[Pair] = field(default_factory=list)
    kept: list[Line] = field(default_factory=list)
    moved: set[Key] = field(default_factory=set)  # keys that lines had before they got others
    gone: list[Line] = field(default_factory=list)  # of the template, without a row
    taken_out: list[Line] = field(default_factory=list)  # in the portal, since it was made


def merged(
    builder: "PlanBuilder", found: list[Pair], before: list[Line], there: list[Line]
) -> Merged:
    """What a template's rows come to on top of the lines `before`, of which it stands for those
    `there`."""
    known = builder.known
    now = {line.key: line for line in before}
    base = {line.key: line for line in _of_template(builder)}
    result, stated = Merged(), set[Key]()
    of_template = {known_line(one).place for one in known.rows.values()}
    new = [line for row, line in found if known.get(row) is None]
    funds_as_there([line for line in new if line.place not in of_template], before)
    for row, line in found:
        one = known.get(row)
        if one is None:
            stated.add(line.key)
            result.pairs.append((row, line))
            continue
        key = known_line(one).key
        stated.add(key)
        after = _after(known, one, line, now.get(key))
        if after is None:
            result.taken_out += [] if one.changed else [line]
            continue
        if after.key != key and after.key in now.keys() - base.keys():
            text = _("Somebody added this line in the portal since the template was made.")
            known.error(row, "changed_meanwhile", text)
        result.pairs.append((row, after))
        result.moved |= {key} - {after.key}
    keys = {line.key for _row, line in result.pairs}
    result.gone = [line for key, line in base.items() if key not in stated and key in now]
    for line in there:
        was = base.get(line.key) if line.key not in stated else None
        is_theirs = line.key not in base or (was is not None and was.content != line.content)
        if line.key not in keys and line.key not in result.moved and is_theirs:
            result.kept.append(line)
    return result


def known_line(one: KnownRow) -> Line:
    """The line that a row's id stands for, as the template had it."""
    return line_of(one.record)


def _after(known: KnownRows, one: KnownRow, line: Line, there: Line | None) -> Line | None:
    """The line `there` with what its row changes in it; None for a line that was taken out in the
    portal, and after an error."""
    if not one.changed:
        return replace(there, where=one.row) if there else None
    if not known.settle(one, line, there) or there is None:
        return None
    after = replace(there, where=one.row, amounts=dict(there.amounts))
    for name in one.changes:
        if name in known.kind.quarters:
            quarter = known.kind.quarters[name]
            after.amounts[quarter] = line.amounts.get(quarter) or 0
        else:
            setattr(after, name, getattr(line, name))
    return after


def _of_template(builder: "PlanBuilder") -> list[Line]:
    """The lines that the template was made with, of which the actor has the places, too."""
    known = builder.known
    versions = {one.record.plan_version_id for one in known.rows.values()}
    version = PlanVersion.objects.filter(pk__in=versions).order_by("-pk").first()
    people: list[User] = [builder.actor]
    if known.origin:
        version = version or approved_version(builder.year)
        people += User.objects.filter(pk=known.origin.user)
    lines = lines_of(version) if version else []
    return [
        line
        for line in lines
        if all(covers(person, line.activity.program, line.commune) for person in people)
    ]


def say_kept(builder: "PlanBuilder", result: Merged, replaced: set[Key]) -> None:
    """Lines of the template without a row that stay all the same, and why."""
    kept = {line.key for line in result.kept}
    others = [line for line in result.gone if line.key not in replaced]
    changed = [line for line in result.gone if line.key in kept]
    for lines, text in (
        (changed, _("These lines were changed in the portal since, and stay: %(lines)s.")),
        (
            result.taken_out,
            _("These lines were taken out in the portal since, and stay out: %(lines)s."),
        ),
        (
            others,
            _(
                "No line of their programme is in the workbook, so that these stay: %(lines)s. "
                "Take them out in the draft if they are to go."
            ),
        ),
    ):
        if lines:
            said = text % {"lines": line_names(lines)}
            builder.outcome.warnings.append(of_file("rows_missing", said))
