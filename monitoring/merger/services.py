"""A unit ends: what is open in it goes to the unit it became, record by record, with a tick.

Nothing of the past changes: records keep their unit and their day (`communes.own_day`), and rows of
the ledger are posted where they belong. A tick says that the successor goes on with a record;
of an assignment it also confirms that it follows into the new unit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people import services as people
from accounts.roles import MANAGE_PEOPLE
from communes.models import Commune
from core.services.access import check
from core.services.errors import Conflict
from core.values.said import coded, refused
from monitoring.merger.kinds import KINDS, Kind
from monitoring.models.handed_on import HandedOn, HandedOnKind

MOST = 200  # records of a kind on the page, and in one step


@dataclass(frozen=True)
class Line:
    """A record that is open in the unit: its tick, or why it cannot be handed on."""

    record: Any
    title: str
    state: str
    href: str
    tick: HandedOn | None
    cannot: str

    @property
    def is_open(self) -> bool:
        return self.tick is None and not self.cannot


@dataclass(frozen=True)
class Group:
    """One kind: its first open records, and how many there are."""

    kind: Kind
    lines: list[Line]
    total: int

    @property
    def label(self) -> str:
        return str(self.kind.name.label)

    @property
    def ticked(self) -> int:
        return sum(line.tick is not None for line in self.lines)

    @property
    def more(self) -> int:
        """How many there are besides those named."""
        return self.total - len(self.lines)


def has_ended(unit: Commune) -> bool:
    """Whether it ended, or has a day on which it will, and became another unit."""
    return unit.valid_to is not None and unit.successor_id is not None


def checklist(unit: Commune, user: User) -> list[Group]:
    """What is open in a unit, by kind, in the person's scope."""
    check(user, MANAGE_PEOPLE)
    ticks = {
        (tick.kind, tick.record_id): tick
        for tick in HandedOn.objects.filter(unit=unit).select_related("done_by")
    }
    return [_group(kind, unit, user, ticks) for kind in KINDS.values()]


def _group(kind: Kind, unit: Commune, user: User, ticks: dict[tuple[str, int], HandedOn]) -> Group:
    rows = kind.rows(unit, user)
    found = list(rows[: MOST + 1])
    total = len(found) if len(found) <= MOST else rows.count()
    return Group(kind, [_line(kind, row, unit, ticks) for row in found[:MOST]], total)


def _line(kind: Kind, row: Model, unit: Commune, ticks: dict[tuple[str, int], HandedOn]) -> Line:
    tick = ticks.get((kind.name, row.pk))
    cannot = "" if tick else kind.cannot(row, unit)
    return Line(row, kind.title(row), kind.state(row), kind.href(row), tick, cannot)


def ticks_of(unit: Commune) -> list[HandedOn]:
    """Every tick of a unit, those of records that are done by now too."""
    return list(HandedOn.objects.filter(unit=unit).select_related("done_by"))


@transaction.atomic
def hand_on(
    *,
    actor: User,
    unit: Commune,
    kind: str,
    records: Collection[int] | None = None,
    note: str = "",
) -> list[HandedOn]:
    """Hand these records on to the successor (None: the first 200 that can be); the new ticks.

    A record that cannot be handed on is refused with the reason, and then nothing is; one that was
    handed on already keeps its tick.
    """
    check(actor, MANAGE_PEOPLE)
    unit = Commune.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if not has_ended(unit):
        raise Conflict(_("This unit has not ended, or became no other unit."), "state")
    if kind not in KINDS:
        raise refused("kind", "invalid_choice", _("There is no such kind."))
    lines = _chosen(unit, actor, KINDS[kind], records)
    return [_tick(actor, unit, KINDS[kind], line, note) for line in lines if line.is_open]


def _chosen(unit: Commune, actor: User, kind: Kind, records: Collection[int] | None) -> list[Line]:
    done = HandedOn.objects.filter(unit=unit, kind=kind.name)
    rows = kind.rows(unit, actor)
    if records is None:
        rows = rows.exclude(pk__in=done.values("record_id"))[:MOST]
        return [_line(kind, row, unit, {}) for row in rows]
    wanted = set(records)
    if not wanted or len(wanted) > MOST:
        raise refused("records", "out_of_range", _("Choose from 1 to %(most)d.") % {"most": MOST})
    ticks = {(tick.kind, tick.record_id): tick for tick in done.filter(record_id__in=wanted)}
    lines = [_line(kind, row, unit, ticks) for row in rows.filter(pk__in=wanted)]
    if missing := wanted - {line.record.pk for line in lines} - {pk for _kind, pk in ticks}:
        said = _("%(ids)s: not open in this unit.")
        raise refused(
            "records", "does_not_exist", said % {"ids": ", ".join(map(str, sorted(missing)))}
        )
    if stay := [f"{line.title}: {line.cannot}" for line in lines if line.cannot]:
        raise ValidationError({"records": [coded("state", text) for text in stay]})
    return lines


def _tick(actor: User, unit: Commune, kind: Kind, line: Line, note: str) -> HandedOn:
    if kind.name == HandedOnKind.ASSIGNMENTS:
        people.follow(actor=actor, assignment=line.record)
    tick = HandedOn(
        unit=unit,
        kind=kind.name,
        record_id=line.record.pk,
        title=line.title[:300],
        note=note.strip(),
        done_by=actor,
    )
    tick.full_clean()
    tick.save()
    return tick
