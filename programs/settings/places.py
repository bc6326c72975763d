"""Writes about where the programme works: communes, villages, what the area is called.

A commune that joins gets the months of every fiscal year it existed in, so that money can be booked
there at once.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from communes import catalogue
from communes.models import ALWAYS, Commune, Level, ProgrammeArea, Village
from core.services.access import check
from core.services.errors import Conflict
from core.services.records import RecordServices
from core.services.transition import save_with_history
from core.values.said import refused
from core.values.text import names_in
from programs.years.services import open_months

# What says nothing about whether the programme has worked in a commune.
_NO_WORK = {"children", "predecessors", "villages", "assignments", "outlines"}


class UnitRecords(RecordServices[Commune]):
    """Units; once one is in the programme area, its months are there."""

    def _save(self, row: Any, actor: Any, many: dict[str, object], why: str) -> Any:
        saved = super()._save(row, actor, many, why)
        open_months(actor=actor)
        return saved


def _unit(row: Commune, actor: User, many: dict[str, object]) -> None:
    if row.level == Level.COMMUNE and row.parent is None:
        raise refused("parent", "required", _("Name the district or province it lies in."))
    before = Commune.objects.filter(pk=row.pk).first()
    if before and before.in_programme_area and not row.in_programme_area and has_work(before):
        raise refused(
            "in_programme_area",
            "in_use",
            _("There are plans or records of this commune: it has to stay."),
        )


units = UnitRecords(
    Commune,
    permissions=(MANAGE_SETTINGS,),
    fields=names_in(
        "code name full_name aliases level parent successor valid_from valid_to in_programme_area"
    ),
    prepare=_unit,
)
villages = RecordServices(
    Village, permissions=(MANAGE_SETTINGS,), fields=("commune", "name", "kind")
)
areas = RecordServices(
    ProgrammeArea, permissions=(MANAGE_SETTINGS,), fields=("name", "level", "since")
)


def has_work(commune: Commune) -> bool:
    """Whether anything was planned, spent or recorded in a commune."""
    for relation in Commune._meta.related_objects:
        name = relation.get_accessor_name() or ""
        if name.startswith("+") or name in _NO_WORK or relation.one_to_one:
            continue
        model = relation.related_model
        if hasattr(model, "history_id") or model._meta.label_lower.startswith("accounts."):
            continue
        if model._base_manager.filter(**{relation.field.name: commune}).exists():
            return True
    return False


@transaction.atomic
def adopt(*, actor: User, keys: Iterable[str], with_merged: bool = False) -> list[Commune]:
    """Take units of the catalogue into the programme area; those there already stay as they are.

    A commune merged in July 2025 brings the one it became, so that its figures roll up;
    `with_merged` also brings the communes that a present one was made of.
    """
    check(actor, MANAGE_SETTINGS)
    known = catalogue.units()
    keys = list(dict.fromkeys(keys))
    if not keys:
        raise refused("units", "required", _("Choose at least one commune."))
    if any(key not in known or known[key].level != Level.COMMUNE for key in keys):
        raise refused("units", "does_not_exist", _("One of these communes is not in the list."))
    taken = []
    for key in keys:
        unit = known[key]
        taken.append(_row(unit, actor, area=True))
        if with_merged:
            taken += [_row(old, actor, area=True) for old in catalogue.merged_into(key)]
    open_months(actor=actor)
    return taken


@transaction.atomic
def leave_out(*, actor: User, commune: Commune) -> Commune:
    """Take a commune out of the programme area again, while nothing is recorded there."""
    check(actor, MANAGE_SETTINGS)
    row = Commune.objects.select_for_update(of=("self",)).get(pk=commune.pk)
    if has_work(row):
        raise Conflict(_("There are plans or records of this commune: it has to stay."), "state")
    row.in_programme_area = False
    row.version += 1
    save_with_history(row, actor, _("left out of the programme area"))
    return row


def _row(unit: catalogue.Unit, actor: User, *, area: bool = False) -> Commune:
    """The row of a unit of the catalogue, made if it is not there, with the units above it."""
    row = Commune.objects.filter(code=unit.code, valid_from=unit.valid_from).first()
    if row is not None and (row.in_programme_area or not area):
        return row
    if row is None:
        row = _new_row(unit, actor)
    row.in_programme_area = row.in_programme_area or area
    if row.pk:
        row.version += 1
    save_with_history(row, actor, _("chosen for the programme area") if area else _("entered"))
    return row


def _new_row(unit: catalogue.Unit, actor: User) -> Commune:
    known = catalogue.units()
    return Commune(
        code=unit.code,
        name=unit.name,
        full_name=unit.full_name,
        aliases=unit.alias,
        level=unit.level,
        parent=_row(known[unit.parent], actor) if unit.parent else None,
        successor=_row(known[unit.became], actor, area=True) if unit.became else None,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        latitude=unit.latitude,
        longitude=unit.longitude,
    )


@transaction.atomic
def name_area(*, actor: User, name: str, level: str, version: int | None = None) -> ProgrammeArea:
    """What the programme area is called; the first name holds for all time."""
    row = ProgrammeArea.objects.first()
    if row is None:
        area: ProgrammeArea = areas.create(actor=actor, name=name, level=level, since=ALWAYS)
        return area
    now = row.version if version is None else version
    area = areas.change(actor=actor, record=row, version=now, name=name, level=level)
    return area
