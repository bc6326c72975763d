"""What the year's annual review was, for the room: who came, what was said, what is asked."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from core.values.dates import today
from monitoring.models import Meeting
from monitoring.models.action_points import ActionKind
from monitoring.models.meetings import MeetingKind
from monitoring.reviews.services.followed_up import (
    FollowedUp,
    followed_up,
    points_of,
    review_before,
)
from reports.page_query import PageQuery

PARTS = ("shortcomings", "difficulties_said", "challenges", "solutions")
Review = dict[str, list[list[str]]]


def review_of(page: PageQuery, user: User) -> Review:
    """The annual review of the year, where the page is about the whole year; else nothing."""
    if page.programs or page.communes or page.is_part:
        return {}
    seen = Meeting.objects.visible_to(user).filter(kind=MeetingKind.ANNUAL_REVIEW)
    meeting = seen.filter(fiscal_year=page.year).prefetch_related("attendance").first()
    if meeting is None:
        return {}
    return {
        "present": _present(meeting),
        "discussed": _discussed(meeting),
        "outcomes": _outcomes(meeting),
        "requests": _requests(meeting, user),
    }


def last_review(page: PageQuery, user: User) -> list[FollowedUp]:
    """What became of what the review before concluded and asked for: the first thing told of the
    past, where the page is about the whole year."""
    if page.programs or page.communes or page.is_part:
        return []
    meeting = review_before(page.year, user)
    as_of = page.as_of or min(page.year.end, today())
    return followed_up(meeting, points_of(meeting, user), as_of) if meeting else []


def _present(meeting: Meeting) -> list[list[str]]:
    """Who came, by body and office, and what they did; the chair first."""
    came = [
        [each.body, " · ".join(filter(None, [each.offices, ", ".join(each.parts)]))]
        for each in meeting.attendance.all()  # type: ignore[attr-defined]
    ]
    return [[_("Chair"), meeting.chair_text], *came]


def _discussed(meeting: Meeting) -> list[list[str]]:
    """Each part of what was discussed, in a line."""
    said = [
        [
            capfirst(str(meeting._meta.get_field(name).verbose_name)),
            " ".join(getattr(meeting, name).splitlines()),
        ]
        for name in PARTS
    ]
    return [row for row in said if row[1]]


def _outcomes(meeting: Meeting) -> list[list[str]]:
    """The stated outcomes of each programme in a line, of all programmes last."""
    rows = meeting.stated_outcomes.select_related("program")  # type: ignore[attr-defined]
    lines: dict[str, list[str]] = {}
    for row in sorted(
        rows, key=lambda row: (row.program is None, row.program and row.program.order)
    ):
        lines.setdefault(row.program.code if row.program else _("all"), []).append(row.text)
    return [[name, " ".join(texts)] for name, texts in lines.items()]


def _requests(meeting: Meeting, user: User) -> list[list[str]]:
    """What was asked of whom, until when, and how it stands."""
    rows = meeting.action_points.visible_to(user).select_related("assignee_user")  # type: ignore[attr-defined]
    return [
        [row.title, row.assignee, display.day(row.due_date), row.get_state_display()]
        for row in rows.filter(kind=ActionKind.REQUEST)
    ]
