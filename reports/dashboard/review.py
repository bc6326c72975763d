"""What the year's annual review said, for the room: outcomes, what was discussed, what is asked."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from monitoring.models import Meeting
from monitoring.models.action_points import ActionKind
from monitoring.models.meetings import MeetingKind
from reports.page_query import PageQuery

PARTS = ("results", "shortcomings", "difficulties_said", "challenges", "solutions")
Review = dict[str, Any]


def review_of(page: PageQuery, user: User) -> Review | None:
    """The annual review of the year, where the page is about the whole year; else None."""
    if page.programs or page.communes or page.is_part:
        return None
    seen = Meeting.objects.visible_to(user).filter(kind=MeetingKind.ANNUAL_REVIEW)
    meeting = seen.filter(fiscal_year=page.year).prefetch_related("attendance").first()
    if meeting is None:
        return None
    outcomes = meeting.stated_outcomes.select_related("program")  # type: ignore[attr-defined]
    points = meeting.action_points.visible_to(user).select_related("assignee_user")  # type: ignore[attr-defined]
    return {
        "outcomes": [
            [str(row.program) if row.program else _("All programmes"), row.text] for row in outcomes
        ],
        "discussed": _discussed(meeting),
        "requests": [
            [row.title, row.assignee, display.day(row.due_date), row.get_state_display()]
            for row in points.filter(kind=ActionKind.REQUEST)
        ],
    }


def _discussed(meeting: Meeting) -> list[list[str]]:
    """Who came, who chaired, and each part of what was discussed."""
    came = [
        " · ".join(filter(None, [each.offices or each.body, *each.parts]))
        for each in meeting.attendance.all()  # type: ignore[attr-defined]
    ]
    rows = [
        [_("Attendance"), "; ".join(came)],
        [_("Chair"), meeting.chair_text],
        *(
            [capfirst(str(meeting._meta.get_field(name).verbose_name)), getattr(meeting, name)]
            for name in PARTS
        ),
    ]
    return [row for row in rows if row[1]]
