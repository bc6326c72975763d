"""Writes about outputs, groups and referrals."""

from datetime import date as Date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import CONFIRM_OUTPUT, RECORD_OUTPUT
from accounts.scope import outside
from communes.lookups import is_part_of
from communes.models import Commune
from communes.own_day import PlacedServices, read_place
from core.services.access import check
from core.services.request_cache import once
from core.services.transition import save_with_history, transition
from core.values.dates import in_future, today
from core.values.said import coded, refused
from core.values.text import names_in
from programs.models import ConditionCheck, FiscalYear, Group, MemberCount, Output, Referral
from programs.models.outputs import DELIVERED, OutputState
from programs.years.services import year_of


def delivered(user: User, year: FiscalYear, as_of: Date) -> list[Output]:
    """What of a year was handed over by a day, with its programme and communes."""
    rows = Output.objects.visible_to(user).filter(fiscal_year=year, state__in=DELIVERED)
    rows = rows.exclude(handed_over_on__gt=as_of)
    found = rows.select_related("program").prefetch_related("communes")
    return once(("delivered", user.pk, year.pk, as_of), lambda: list(found))


def possible(output: Output) -> list[OutputState]:
    """The states it may be found in next: those it can come to; the one it has, once delivered."""
    state = OutputState(output.state)
    here = [state] if state in DELIVERED else []
    return [*here, *map(OutputState, Output.transitions[state])]


def _in_communes(row: Output | Group, actor: User, many: dict[str, list[Commune]]) -> None:
    """Every commune named is the actor's, and the village lies (or lay) in one of them."""
    communes = many.get("communes")
    if communes is None:
        communes = list(row.communes.all()) if row.pk else []
    errors: dict[str, str] = {} if communes else {"communes": _("Name at least one commune.")}
    for commune in communes:
        refused = outside(actor, program=row.program, commune=commune)
        if "commune" in refused:
            refused["communes"] = refused.pop("commune")
        errors.update(refused)
    here = {commune.pk for commune in communes}
    if row.village_id and not is_part_of(row.village.commune_id, here):
        errors["village"] = coded("other_commune", _("This village lies in another commune."))
    if errors:
        raise ValidationError(errors)


def _in_commune(row: Referral, actor: User, many: dict[str, object]) -> None:
    if errors := outside(actor, program=row.program, commune=row.commune):
        raise ValidationError(errors)


def _output(row: Output, actor: User, many: dict[str, list[Commune]]) -> None:
    """Its fiscal year by default that of its days; not handed over in the future."""
    if row.fiscal_year_id is None:
        row.fiscal_year = year_of(row.handed_over_on or row.planned_on or today())
    if said := in_future(row.handed_over_on):
        raise ValidationError({"handed_over_on": said})
    _in_communes(row, actor, many)


outputs = PlacedServices(
    Output,
    permissions=(RECORD_OUTPUT,),
    fields=names_in(
        "title kind program activity fiscal_year village recipient_kind recipient quantity unit "
        "planned_on handed_over_on state maintained_by note"
    ),
    many=("communes",),
    prepare=_output,
)
groups = PlacedServices(
    Group,
    permissions=(RECORD_OUTPUT,),
    fields=("name", "kind", "program", "village", "founded_on", "ended_on", "note"),
    many=("communes",),
    prepare=_in_communes,
)
referrals = PlacedServices(
    Referral,
    permissions=(RECORD_OUTPUT,),
    fields=("program", "commune", "fiscal_year", "kind", "people", "female", "partner", "note"),
    prepare=_in_commune,
)


@transaction.atomic
def confirm(
    *,
    actor: User,
    output: Output,
    state: str,
    date: Date | None = None,
    note: str = "",
    version: int | None = None,
) -> Output:
    """Say that an output was handed over, is in use or is broken; the day becomes a check.

    What was planned in a unit that ended since is handed over in the unit which that one became.
    """
    check(actor, CONFIRM_OUTPUT)
    _in_communes(output, actor, {})
    date = date or today()
    if said := in_future(date):
        raise ValidationError({"date": said})
    changes: dict[str, Any] = {}
    why, units = note or _("confirmed"), list(output.communes.all())
    if state in DELIVERED:
        if output.handed_over_on and date < output.handed_over_on:
            raise refused("date", "wrong_order", _("This lies before the handover."))
        changes["handed_over_on"] = output.handed_over_on or date
        units, became = _at_handover(output, changes["handed_over_on"])
        why = "; ".join([why, *became])
    moved = transition(output, actor=actor, to=state, version=version, why=why, **changes)
    moved.communes.set(units)
    if state in DELIVERED:
        ConditionCheck.objects.create(output=moved, date=date, state=state, note=note)
    return moved


def _at_handover(output: Output, day: Date) -> tuple[list[Commune], list[str]]:
    """Where it stands on the day of its handover, and what of its units became which since it was
    planned, in words."""
    before = list(output.communes.all())
    output.handed_over_on = day
    units, errors = read_place(output, before)
    if errors:
        raise ValidationError({"date": errors["commune"]})
    ended = [unit for unit in before if unit not in units]
    said = _("%(old)s became %(new)s")
    return units, [said % {"old": unit, "new": unit.successor.full_name} for unit in ended]


@transaction.atomic
def note_state(
    *,
    actor: User,
    output: Output,
    state: str,
    date: Date | None = None,
    note: str = "",
    version: int | None = None,
) -> Output:
    """Note the state an output was found in: a changed one is `confirm`'s, else it is a check."""
    if state != output.state or state not in DELIVERED:
        return confirm(
            actor=actor, output=output, state=state, date=date, note=note, version=version
        )
    check(actor, CONFIRM_OUTPUT)
    _in_communes(output, actor, {})
    date = date or today()
    if said := in_future(date):
        raise ValidationError({"date": said})
    ConditionCheck.objects.create(output=output, date=date, state=state, note=note)
    return output


@transaction.atomic
def count_members(*, actor: User, group: Group, date: Date, **counts: object) -> MemberCount:
    """Note how many members a group had on a day: `members`, `female`, `ethnic_minority`."""
    check(actor, RECORD_OUTPUT)
    _in_communes(group, actor, {})
    if said := in_future(date):
        raise ValidationError({"date": said})
    row = MemberCount(group=group, date=date, **counts)
    row.full_clean()
    row.save()
    save_with_history(group, actor, _("members counted"))
    return row
