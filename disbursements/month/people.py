"""Who has to do a step of a month, by name."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.people.cover import who_could
from accounts.roles import CLOSE_PERIOD
from disbursements.models import Disbursement
from programs.models import Period, Program

NAMED = 5  # names that a step says


def able(permission: str, program: Program | None) -> list[str]:
    """Whose role lets them, with an assignment to the programme (None: to any)."""
    people = _who_could(permission)
    if program is not None:
        people = people.filter(Q(assignments__program=None) | Q(assignments__program=program))
    return _names(people.filter(assignments__isnull=False))


def closing(period: Period) -> list[str]:
    """Who closes months of every programme in this one's area (`closing.may_close`)."""
    whole = Q(assignments__program=None) & (
        Q(assignments__commune=None) | Q(assignments__commune=period.area_id)
    )
    return _names(_who_could(CLOSE_PERIOD).filter(whole, assignments__isnull=False))


def who_made(rows: QuerySet[Disbursement], field: str = "created_by") -> list[str]:
    """Who entered (or submitted) these rows."""
    return _names(User.objects.filter(pk__in=rows.order_by().values(field)))


def _who_could(permission: str) -> QuerySet[User]:
    return User.objects.filter(pk__in=[person.pk for person in who_could(permission)])


def _names(people: QuerySet[User]) -> list[str]:
    found = people.distinct().order_by("username")[: NAMED + 1]
    names = [person.display_name for person in found]
    return [*names[:NAMED], "…"] if len(names) > NAMED else names
