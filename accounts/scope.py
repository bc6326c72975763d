"""Scope as one chainable query: what an Assignment grants, as a filter for any model."""

from collections.abc import Collection
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from core.services.prepared import Prepared
from core.services.request_cache import once
from core.values.said import coded

if TYPE_CHECKING:
    from accounts.models import Assignment, User

NOTHING = Q(pk__in=[])
# The ids of programme and commune, of the unit that one became, and when following was confirmed.
Assigned = tuple[int | None, int | None, int | None, datetime | None]
Row = TypeVar("Row", bound=Model, covariant=True)


class Programme(Protocol):
    """A programme, as far as it is known here."""

    pk: int
    code: str


class Unit(Protocol):
    """A commune, as far as it is known here: what it lies in, and what it became."""

    pk: int
    code: str
    name: str
    valid_from: date
    parent_id: int | None
    successor_id: int | None


def within(
    user: "User", *, program: str | None = None, commune: str | None = None, optional: bool = False
) -> Q:
    """The filter for rows in the user's assignments.

    `program` and `commune` are the lookups from the row to its Program and its Commune; leave one
    out for a model that has none (a Program is seen by whoever is assigned to it anywhere).
    A commune also stands for the units merged into it and for the units below it, so that old
    figures are seen by whoever has the successor; and for the unit it became (`followed_by`). With
    `optional` a row that names no programme (or no commune) is about all of them, and everybody
    with an assignment sees it.
    """
    parts = [
        _or_none(_grant(program, program_id), program, optional)
        & _or_none(_grant_commune(commune, commune_id), commune, optional)
        for program_id, commune_id in grants_of(user)
    ]
    if commune is not None:
        parts += [
            _or_none(_grant(program, program_id), program, optional) & Q(**{commune: unit_id})
            for program_id, unit_id in followed_by(user)
        ]
    if not parts:
        return NOTHING
    if not all(parts):  # an empty part grants everything, and `Q | empty` would forget it
        return Q()
    return reduce(or_, parts)


def either(granted: Q, other: Q) -> Q:
    """Rows in scope, or those of `other` all the same (`Q() | other` would be `other` alone)."""
    return granted | other if granted else granted


def grants_of(user: "User") -> list[tuple[int | None, int | None]]:
    """The (program id, commune id) pairs granted; read once per user object."""
    pairs: list[tuple[int | None, int | None]] | None = getattr(user, "_grants", None)
    if pairs is None:
        pairs = [(program, commune) for program, commune, _new, _said in _assigned(user)]
    return pairs


def _assigned(user: "User") -> list[Assigned]:
    """What each assignment says; read once per user object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    rows: list[Assigned] | None = getattr(user, "_assigned", None)
    if rows is None:
        rows = once(("assigned", user.pk), lambda: _read(user.pk))
        user._assigned = rows  # type: ignore[attr-defined]  # kept with this object
    return rows


def _of_people(keys: list[int]) -> QuerySet[Model, Assigned]:
    names = ("program_id", "commune_id", "commune__successor_id", "followed_at")
    rows = apps.get_model("accounts", "Assignment").objects.filter(user__in=keys)
    return rows.order_by("pk").values_list(*names)


_read: Prepared[int, Assigned] = Prepared(0, _of_people)  # at every request


def followed_by(user: "User") -> list[tuple[int | None, int]]:
    """The (program id, unit id) pairs that assignments followed their unit to when it was merged.

    Only the new unit itself, whose rows are dated from its first day: never the other units it was
    made of. Where the person lacked one of those, only once an administrator has confirmed it.
    Read once per user object.
    """
    if not any(commune for _program, commune in grants_of(user)):
        return []
    pairs: list[tuple[int | None, int]] | None = getattr(user, "_followed", None)
    if pairs is None:
        ended = [(p, unit, new, said) for p, unit, new, said in _assigned(user) if new]
        merged = _merged_into({new for _program, _unit, new, _said in ended})
        pairs = [
            (program, new)
            for program, _unit, new, confirmed in ended
            if confirmed
            or all(_covers_part(user, program, part) for part in merged if part.successor_id == new)
        ]
        user._followed = pairs  # type: ignore[attr-defined]  # kept with this object
    return pairs


def _merged_into(units: Collection[int | None]) -> list[Unit]:
    """The units that these were made of, in the order of lists."""
    if not units:
        return []
    communes = apps.get_model("communes", "Commune")
    return list(communes.objects.filter(successor__in=units).order_by("sort_key"))


def _covers_part(user: "User", program: int | None, unit: Unit) -> bool:
    """Whether one of the user's own assignments is to this unit, for the programme."""
    places = (None, unit.pk, unit.parent_id, unit.successor_id)
    return any(of in (None, program) and commune in places for of, commune in grants_of(user))


def lacked_beside(assignment: "Assignment") -> list[Unit]:
    """The other units merged with that of an assignment, where its programme is not the user's."""
    user, program = assignment.user, assignment.program_id
    merged = _merged_into({assignment.commune.successor_id})
    return [unit for unit in merged if not _covers_part(user, program, unit)]


def _grant(lookup: str | None, pk: int | None) -> Q:
    return Q() if lookup is None or pk is None else Q(**{lookup: pk})


def _or_none(granted: Q, lookup: str | None, optional: bool) -> Q:
    return granted | Q(**{f"{lookup}__isnull": True}) if optional and granted else granted


def _grant_commune(lookup: str | None, pk: int | None) -> Q:
    if lookup is None or pk is None:
        return Q()
    inside = Q(**{lookup: pk})
    if lookup == "pk":
        return inside | Q(successor=pk) | Q(parent=pk)
    return inside | Q(**{f"{lookup}__successor": pk}) | Q(**{f"{lookup}__parent": pk})


def covers(user: "User", program: Programme, commune: Unit) -> bool:
    """Whether an assignment of the user covers this programme in this commune (as `within`)."""
    units = {commune.pk, commune.successor_id, commune.parent_id} - {None}
    return any(
        program_id in (None, program.pk) and (commune_id is None or commune_id in units)
        for program_id, commune_id in grants_of(user)
    ) or _followed_to(user, program, commune)


def covers_all(user: "User") -> bool:
    """Whether the user is assigned to everything: what a row names need not be read then."""
    return (None, None) in grants_of(user)


def _followed_to(user: "User", program: Programme | None, unit: Unit) -> bool:
    """Whether an assignment of the programme (None: of any) followed its unit to this one."""
    wanted = (None, program.pk) if program else None
    return any(
        unit_id == unit.pk and (wanted is None or program_id in wanted)
        for program_id, unit_id in followed_by(user)
    )


class Scoped(QuerySet[Row]):
    """Rows about one programme in one commune, seen by whoever is assigned to both; `lies_in` are
    the lookups to them."""

    lies_in: ClassVar[dict[str, Any]] = {"program": "program", "commune": "commune"}

    def visible_to(self, user: "User") -> Self:
        return self.filter(within(user, **self.lies_in))


def outside(
    user: "User", *, program: Programme | None = None, commune: Unit | None = None
) -> dict[str, str]:
    """Field errors when no assignment of the user covers programme × commune; None stands for any.

    What names neither is about the whole area: who is assigned anywhere may write it, if the role
    may.
    """
    grants = grants_of(user)
    of_program = [c for p, c in grants if program is None or p in (None, program.pk)]
    if not of_program:
        name = program.code if program else _("The programme area")
        said = _("%(program)s is outside your assignment.") % {"program": name}
        return {"program": coded("outside_assignment", said)}
    if commune is None:
        return {}
    units = {None, commune.pk, commune.successor_id, commune.parent_id}
    if not units.isdisjoint(of_program) or _followed_to(user, program, commune):
        return {}
    said = _("%(commune)s is outside your assignment.") % {"commune": commune.name}
    return {"commune": coded("outside_assignment", said)}
