"""What became of the conclusions and requests of a meeting: what the next one begins with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from monitoring.models import ActionPoint, Meeting
from monitoring.models.action_points import ActionState
from monitoring.models.meetings import MeetingKind
from programs.models import FiscalYear


class Outcome(models.TextChoices):
    """Where one stands, as of a day."""

    DONE = "done", _("Done")
    DONE_LATE = "done_late", _("Done late")
    REPORTED = "reported", _("Done, to be verified")
    LATE = "late", _("Late")
    OPEN = "open", _("To do")
    DROPPED = "dropped", _("Dropped")
    NOBODY = "nobody", _("Given to nobody")


@dataclass(frozen=True)
class FollowedUp:
    """A conclusion or request, and what became of it: what was done, or why it was dropped."""

    pk: int | None
    what: str
    outcome: Outcome
    who: str = ""
    due: Date | None = None
    said: str = ""
    done_on: Date | None = None


def review_before(year: FiscalYear, user: User) -> Meeting | None:
    """The annual review before the one of this year."""
    reviews = Meeting.objects.visible_to(user).filter(kind=MeetingKind.ANNUAL_REVIEW)
    before = reviews.filter(fiscal_year__start__lt=year.start)
    return before.order_by("-fiscal_year__start", "-date", "-pk").first()


def points_of(meeting: Meeting, user: User) -> list[ActionPoint]:
    """What a meeting gave somebody to do, as the user may see it."""
    return list(meeting.action_points.visible_to(user).select_related("assignee_user"))  # type: ignore[attr-defined]


def followed_up(meeting: Meeting, points: Iterable[ActionPoint], as_of: Date) -> list[FollowedUp]:
    """What a meeting concluded and asked for, in the order in which it is due; conclusions that
    nobody was given stand last."""
    found = [_of_point(point, as_of) for point in points]
    given = {each.what for each in found}
    lines = dict.fromkeys(line.strip() for line in meeting.conclusions.splitlines())
    return found + [
        FollowedUp(None, line, Outcome.NOBODY) for line in lines if line and line not in given
    ]


def _of_point(point: ActionPoint, as_of: Date) -> FollowedUp:
    dropped = point.state == ActionState.CANCELLED
    return FollowedUp(
        pk=point.pk,
        what=point.title,
        outcome=_outcome(point, as_of),
        who=point.assignee,
        due=point.due_date,
        said=point.dropped_why if dropped else point.done_note,
        done_on=point.done_on,
    )


def _outcome(point: ActionPoint, as_of: Date) -> Outcome:
    if point.state == ActionState.OPEN:
        return Outcome.LATE if point.is_overdue(as_of) else Outcome.OPEN
    if point.state == ActionState.DONE:
        late = point.due_date and point.done_on and point.done_on > point.due_date
        return Outcome.DONE_LATE if late else Outcome.DONE
    return {
        ActionState.REPORTED: Outcome.REPORTED,
        ActionState.CANCELLED: Outcome.DROPPED,
    }[ActionState(point.state)]
