"""What there is to say of a file's features: kept as a key and its words, said in the reader's
language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.values.text import abridged

SENTENCES = {
    "no_outline": _("Feature %(number)s (%(called)s) has no outline: a Polygon or MultiPolygon."),
    "not_closed": _("Feature %(number)s (%(called)s): a ring is not closed or too short."),
    "no_day": _("Feature %(number)s (%(called)s): its day cannot be read."),
    "crosses": _("%(unit)s: its outline crosses itself."),
    "flat": _("%(unit)s: its outline has no area."),
    "flat_part": _("%(unit)s: a part of its outline has no area and was left away."),
    "elsewhere": _("%(unit)s: its outline lies far from where the portal knows the unit."),
    "nameless": _("Feature %(number)s has neither a code nor a name."),
    "unknown": _("Feature %(number)s (%(called)s): the portal knows no such commune."),
    "unknown_like": _("Feature %(number)s (%(called)s): unknown. Is %(near)s meant?"),
    "other_time": _("Feature %(number)s (%(called)s): no unit of %(day)s has this code or name."),
    "ambiguous": _("Feature %(number)s (%(called)s) may be %(units)s: say the day of the units."),
    "two_ways": _("Feature %(number)s (%(called)s): the code is that of %(units)s."),
    "outside": _("Feature %(number)s (%(called)s) lies outside the programme area."),
    "twice": _("%(unit)s stands in the file more than once (features %(numbers)s)."),
}


def words(key: str, **named: object) -> list[object]:
    """A sentence as it is kept."""
    return [key, {name: abridged(value, 80) for name, value in named.items()}]


def say(kept: list[Any]) -> str:
    key, named = kept
    return str(SENTENCES[key] % named)
