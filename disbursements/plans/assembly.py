"""A year's plan is assembled: what each draft speaks for, and what approval takes from it.

The unit is programme × year. A draft speaks for a programme from its first change there; at most
one open draft does (a constraint of the database). Approval replaces the lines of what it speaks
for and copies all others from the version in force at that moment.
"""

from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from core.services.transition import save_with_history
from disbursements.models import PlanLine, PlanProgram, PlanState, PlanVersion
from disbursements.plans.lines import (
    Changes,
    Content,
    Key,
    Line,
    changes_between,
    contents,
    lines_of,
    put_lines,
    with_changes,
    write_lines,
)
from programs.models import FiscalYear


def spoken_by(plan: PlanVersion) -> set[int]:
    """The programmes (ids) that a version speaks for."""
    return set(plan.spoken.values_list("program_id", flat=True))


def speak_for(plan: PlanVersion, programs: Collection[int], *, is_open: bool = True) -> None:
    """Have a version speak for some more programmes. `Conflict` (409, `taken`) names the open draft
    that speaks for one of them already."""
    wanted = set(programs) - spoken_by(plan)
    if is_open and (other := open_draft(plan.fiscal_year, wanted, but=plan)):
        raise programs_taken(other, wanted)
    rows = [
        PlanProgram(plan_version=plan, fiscal_year=plan.fiscal_year, program_id=pk, is_open=is_open)
        for pk in sorted(wanted)
    ]
    try:
        with transaction.atomic():
            PlanProgram.objects.bulk_create(rows)
    except IntegrityError as error:  # somebody else's came between the look and the write
        if other := open_draft(plan.fiscal_year, wanted, but=plan):
            raise programs_taken(other, wanted) from error
        raise


def open_draft(
    year: FiscalYear, programs: Collection[int], but: PlanVersion | None = None
) -> PlanVersion | None:
    """The open draft of a year that speaks for some of these programmes; `Conflict` where several
    do, or where it waits for approval and takes no lines."""
    found = PlanVersion.objects.filter(
        spoken__fiscal_year=year, spoken__program__in=programs, spoken__is_open=True
    )
    if but is not None:
        found = found.exclude(pk=but.pk)
    drafts = list(found.select_related("fiscal_year", "created_by").distinct().order_by("pk")[:2])
    if not drafts:
        return None
    if but is None and (len(drafts) > 1 or drafts[0].state == PlanState.SUBMITTED):
        raise programs_taken(drafts[0], programs)
    return drafts[0]


def programs_taken(draft: PlanVersion, programs: Collection[int]) -> Conflict:
    """Why a programme cannot be changed here: another draft speaks for it."""
    codes = draft.spoken.filter(program__in=programs).values_list("program__code", flat=True)
    facts = {
        "programs": ", ".join(codes),
        "id": draft.pk,
        "state": draft.get_state_display(),
        "who": draft.created_by.display_name,
    }
    if draft.state == PlanState.SUBMITTED:
        facts["withdraws"] = who_withdraws(draft)
        said = _(
            "Draft no. %(id)s of %(who)s, which waits for approval, speaks for %(programs)s: "
            "%(withdraws)s can withdraw it, whoever approves can return it, then it takes changes "
            "again."
        )
    else:
        said = _(
            "Draft no. %(id)s of %(who)s (%(state)s) speaks for %(programs)s: change it there."
        )
    return Conflict(said % facts, "taken")


def who_withdraws(draft: PlanVersion) -> str:
    """Who may withdraw a submitted draft: its submitter, or who takes over where that one left."""
    submitter = draft.submitted_by
    if submitter and submitter.is_active:
        return submitter.display_name
    codes = ", ".join(draft.spoken.values_list("program__code", flat=True))
    return _("whoever drafts the plan of %(programs)s") % {"programs": codes}


def open_drafts(year: FiscalYear, programs: Collection[int]) -> list[PlanVersion]:
    """The drafts of a year, waiting or not, that speak for some of these programmes."""
    rows = PlanVersion.objects.filter(
        spoken__fiscal_year=year, spoken__program__in=programs, spoken__is_open=True
    )
    return list(rows.select_related("created_by").distinct().order_by("pk"))


def changed_by_others(
    draft: PlanVersion, lines: Iterable[Line], actor: User
) -> list[tuple[Line, User]]:
    """Of some lines of a draft those that somebody else changed in it, and who that was."""
    mine = own_changes(draft)
    found = [(line, line.changed_by or draft.created_by) for line in lines if line.key in mine]
    return [(line, person) for line, person in found if person.pk != actor.pk]


def takes_no_lines(plan: PlanVersion) -> Conflict:
    """Why a version cannot be changed (409); of one that waits: who may withdraw it."""
    if plan.state == PlanState.SUBMITTED:
        said = _("This plan waits for approval and takes no changes: %(who)s can withdraw it.")
        return Conflict(said % {"who": who_withdraws(plan)}, "state")
    return Conflict(_("Only a draft or a returned plan can be changed."), "state")


def own_changes(plan: PlanVersion) -> Changes:
    """The lines in which a draft differs from what was there when it began."""
    return changes_between(_began_with(plan), lines_of(plan))


def _began_with(plan: PlanVersion) -> list[Line]:
    """The lines there were when a draft began: of the version it is a copy of, or else, of what it
    speaks for, those of the version in force then."""
    if plan.based_on:
        return lines_of(plan.based_on)
    approved = PlanVersion.objects.approved().filter(fiscal_year=plan.fiscal_year_id)
    then = approved.filter(approved_at__lte=plan.created_at).order_by("-number").first()
    spoken = spoken_by(plan)
    lines = lines_of(then) if then else []
    return [line for line in lines if line.activity.program_id in spoken]


def changed_programs(plan: PlanVersion) -> set[int]:
    """The programmes in which a draft differs from what was there when it began."""
    return {_program(pair) for pair in own_changes(plan).values()}


def _program(pair: tuple[Line | None, Line | None]) -> int:
    line = pair[1] or pair[0]
    assert line is not None
    return line.activity.program_id


def firsts(plan: PlanVersion) -> set[int]:
    """The programmes (ids) of which a version has the first lines: it is their original plan."""
    mine = set(plan.lines.order_by().values_list("program_id", flat=True).distinct())
    earlier = PlanLine.objects.filter(
        plan_version__state=PlanState.APPROVED,
        plan_version__fiscal_year=plan.fiscal_year_id,
    ).exclude(plan_version=plan)
    if plan.number:
        earlier = earlier.filter(plan_version__number__lt=plan.number)
    return mine - set(earlier.order_by().values_list("program_id", flat=True).distinct())


def revises(plan: PlanVersion) -> bool:
    """Whether it changes a programme that had lines in an approved version already (or nothing of
    one)."""
    approved = PlanVersion.objects.approved().filter(fiscal_year=plan.fiscal_year_id)
    spoken = spoken_by(plan)
    is_first = bool(spoken) and spoken <= firsts(plan)
    return not is_first and approved.exclude(pk=plan.pk).exists()


def meanwhile(plan: PlanVersion, current: PlanVersion | None) -> dict[Key, Content | None]:
    """What has changed, of the lines that a draft speaks for, since it was drafted: key → the line
    in force now, None where it is gone."""
    if current is None or plan.based_on_id == current.pk:
        return {}
    spoken = spoken_by(plan)
    then = _spoken_lines(_began_with(plan), spoken)
    now = _spoken_lines(lines_of(current), spoken)
    return {key: now.get(key) for key in then.keys() | now.keys() if then.get(key) != now.get(key)}


def _spoken_lines(lines: Iterable[Line], spoken: Collection[int]) -> dict[Key, Content]:
    return contents(line for line in lines if line.activity.program_id in spoken)


def check_up_to_date(plan: PlanVersion, current: PlanVersion | None) -> None:
    """`Conflict` (409, `outdated`) where lines that a draft speaks for changed since it began."""
    if changed := meanwhile(plan, current):
        raise Conflict(
            _(
                "%(count)s lines that this plan changes were changed since it was drafted; "
                "%(current)s is in force by now. Bring the draft up to date, then look at it again."
            )
            % {"count": len(changed), "current": current.title if current else ""},
            "outdated",
        )


def assemble(plan: PlanVersion, current: PlanVersion | None) -> None:
    """Make a draft the whole plan of its year: what it speaks for, and of all other programmes the
    lines of the version in force. `Conflict` (409, `outdated`) where its own changed meanwhile."""
    check_up_to_date(plan, current)
    if current is not None and plan.based_on_id != current.pk:
        spoken = spoken_by(plan)
        plan.lines.exclude(program__in=spoken).delete()
        others = [each for each in lines_of(current) if each.activity.program_id not in spoken]
        write_lines(plan, others)
    plan.spoken.update(is_open=False)


def take_in(plan: PlanVersion, other: PlanVersion) -> None:
    """Have a version that is being approved speak for what another one does, with its lines."""
    spoken = spoken_by(other)
    plan.lines.filter(program__in=spoken).delete()
    write_lines(plan, [each for each in lines_of(other) if each.activity.program_id in spoken])
    other.spoken.update(is_open=False)
    speak_for(plan, spoken, is_open=False)
    plan.add_makers_of(other)


def brought_up_to_date(plan: PlanVersion, current: PlanVersion) -> list[Line]:
    """The lines of a draft on top of the version in force: its own changes, and whatever else was
    changed meanwhile."""
    spoken = spoken_by(plan)
    mine = {key: pair for key, pair in own_changes(plan).items() if _program(pair) in spoken}
    return with_changes(lines_of(current), mine)


def rewrite(
    plan: PlanVersion, lines: list[Line], programs: Collection[int], actor: User, reason: str
) -> PlanVersion:
    """Put other lines into an open draft, which speaks for `programs` from now on."""
    speak_for(plan, programs)
    put_lines(plan, lines, actor)
    plan.version += 1
    save_with_history(plan, actor, reason)
    return plan
