"""The list of people and one person's trail, read for whoever manages people."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import reduce
from operator import or_

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Assignment, User
from accounts.scope import Unit, lacked_beside
from accounts.sign_in import second_factor
from core.pages.history import Entry, entries
from core.values import display

NO_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
TRAIL = 100
STATES = (
    ("active", _lazy("Active")),
    ("invited", _lazy("Invited")),
    ("inactive", _lazy("Deactivated")),
)


def everybody() -> QuerySet[User]:
    """All people, with their assignments and whether they have a second factor."""
    rows = User.objects.annotate(second_factor=second_factor.SWITCHED_ON)
    return rows.prefetch_related("assignments__program", "assignments__commune").order_by(
        "-is_active", "username"
    )


def in_state(rows: QuerySet[User], states: Collection[str]) -> QuerySet[User]:
    """The people in one of these states."""
    active = Q(is_active=True)
    each = {"active": active & ~NO_PASSWORD, "invited": active & NO_PASSWORD, "inactive": ~active}
    return rows.filter(reduce(or_, (each[state] for state in states)))


def lines(rows: Iterable[User]) -> list[dict[str, object]]:
    """People with what the set-up says of each: state, and where they may act."""
    return [
        {
            "user": row,
            "where": [assignment_label(assignment) for assignment in row.assignments.all()],
            "state": state_of(row),
        }
        for row in rows
    ]


def state_of(user: User) -> tuple[str, str]:
    """How the badge looks and what it says."""
    if not user.is_active:
        return "bad", _("Deactivated")
    if not user.has_usable_password():
        return "warn", _("Invited")
    return "good", _("Active")


def assignment_label(assignment: Assignment) -> str:
    program = assignment.program.code if assignment.program else _("Every programme")
    commune = assignment.commune.name if assignment.commune else _("every commune")
    return f"{program} · {commune}"


def succession(assignment: Assignment) -> dict[str, object] | None:
    """What became of an assignment's commune, in words, and whether it waits to be confirmed."""
    unit = assignment.commune and assignment.commune.successor
    if unit is None:
        return None
    lacked = lacked_beside(assignment)
    words = {
        "unit": unit.full_name,
        "day": display.day(unit.valid_from),
        "others": ", ".join(other.name for other in lacked),
    }
    if not lacked:
        said = _("Since %(day)s also %(unit)s: all that it was made of is assigned.")
    elif assignment.followed_at:
        said = _("Since %(day)s also %(unit)s, shared with what was %(others)s.")
    else:
        said = _(
            "Not yet %(unit)s: confirming also shares its records of what was %(others)s,"
            " dated from %(day)s."
        )
    waits = bool(lacked) and assignment.followed_at is None
    return {"said": said % words, "waits": waits, "name": unit.full_name}


def unit_name(row: Unit) -> str:
    """A unit with its code and, where it is a later one, since when."""
    label = f"{row.name} ({row.code})"
    return label if row.valid_from.year <= 1900 else f"{label} · {display.day(row.valid_from)}"


def trail(user: User) -> list[Entry]:
    """What was done to a person and to their assignments, newest first."""
    both: list[tuple[datetime, Entry]] = []
    for rows in (user.history.all(), Assignment.history.filter(user_id=user.pk)):
        newest = rows.select_related("history_user").order_by("-history_date", "-history_id")
        taken = list(newest[:TRAIL])
        both += zip([row.history_date for row in taken], entries(taken), strict=True)
    both.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _when, entry in both[:TRAIL]]
