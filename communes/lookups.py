"""What to say of a place that nobody knows, and what became of one that was merged."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

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
