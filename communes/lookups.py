"""What to say of a place that nobody knows, and what became of one that was merged."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import grants_of
from communes.models import Commune, Village
from core.services.request_cache import once
from core.values.suggestions import not_known


def unknown_unit(text: str, names: Iterable[str] = ()) -> str:
    """The sentence for a commune's name or code that there is not."""
    return not_known(text, _("commune"), names)


def names_of_places() -> set[str]:
    """Names of the programme area's communes and villages, in small letters: none is a person's."""
    communes = Commune.objects.in_area().values_list("name", flat=True)
    return {name.lower() for name in [*communes, *Village.objects.values_list("name", flat=True)]}


def successors() -> dict[int, int]:
    """Old unit → the unit it became, for every unit that was merged."""
    rows = Commune.objects.exclude(successor=None).order_by("pk")
    return once("successors", lambda: dict(rows.values_list("pk", "successor_id")))


def predecessors_of(units: Iterable[int]) -> list[int]:
    """The old units that became one of these, for their villages and works lie there now."""
    wanted = set(units)
    return [old for old, new in successors().items() if new in wanted]


def seen_in_part(
    user: User, programs: Iterable[Model] = ()
) -> list[tuple[Commune, list[Commune], list[Commune]]]:
    """The new units of which a person sees some parts and not others, whatever the programme or in
    one of these: unit, parts seen, parts of the programme area not seen."""
    wanted = {program.pk for program in programs}
    granted = [pair for pair in grants_of(user) if not wanted or pair[0] in (None, *wanted)]
    if (None, None) in granted:
        return []
    found = []
    for unit in Commune.objects.in_area().filter(valid_to=None):
        parts = list(unit.predecessors.in_area().select_related("parent"))
        seen: list[Commune] = []
        lacked: list[Commune] = []
        for part in parts:
            of_part = {part.pk, part.parent_id, unit.pk, None}
            programs_of = {program for program, commune in granted if commune in of_part}
            (seen if programs_of else lacked).append(part)
        if seen and lacked:
            found.append((unit, seen, lacked))
    return found


def is_part_of(unit_id: int | None, others: Iterable[int]) -> bool:
    """Whether a unit is one of the others or became one of them: there its villages and works
    are found after its end."""
    others = set(others)
    return unit_id in others or successors().get(unit_id or 0) in others
