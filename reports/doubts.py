"""Doubts that are said beside the figures of an answer, and refuse nothing."""

from django.utils.translation import gettext as _

from accounts.models import User
from communes.lookups import seen_in_part
from core.values.dates import format_date, today
from programs.summary_query import SummaryQuery


def doubts(query: SummaryQuery, user: User) -> list[str]:
    """The sentences of a question: a day still to come, new units of which only a part is seen."""
    return [*_days_to_come(query), *_parts(query, user)]


def _days_to_come(query: SummaryQuery) -> list[str]:
    now = today()
    if query.as_of is None or query.as_of <= now:
        return []
    said = _("%(day)s is after today: what is dated up to today, %(today)s, is all there is.")
    return [said % {"day": format_date(query.as_of), "today": format_date(now)}]


def _parts(query: SummaryQuery, user: User) -> list[str]:
    if not query.new_units:
        return []
    said = _("%(unit)s is a part here: you see %(seen)s of it, and not what was %(lacked)s.")
    return [
        said
        % {
            "unit": unit.full_name,
            "seen": ", ".join(part.name for part in seen),
            "lacked": ", ".join(part.name for part in lacked),
        }
        for unit, seen, lacked in seen_in_part(user, query.programs)
        if not query.communes or unit in query.communes
    ]
