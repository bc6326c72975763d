"""Action points as sections share them: tasks and requests, of a year or of a meeting."""

from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.services.request_cache import once
from monitoring.models import ActionPoint, Meeting
from monitoring.models.action_points import ActionKind, ActionState
from monitoring.reviews.services.followed_up import review_before
from programs.models import FiscalYear
from reports.documents.blocks import Column, Writer
from reports.documents.records import day
from reports.documents.section import Figures, Label, MeetingSources, Row, Sources
from reports.documents.wording import say

FIELDS: dict[str, Label] = {"assignee": _("who"), "due": _("due"), "state": _("state")}
QUERIES = {
    ActionKind.TASK: "/api/v1/action-points/?kind=task&state=open",
    ActionKind.REQUEST: "/api/v1/action-points/?kind=request",
}


def find(kind: ActionKind) -> Callable[[Sources], Figures]:
    """Of one kind: open still, or asked for by the year's meetings, whatever came of it."""

    def found(sources: Sources) -> Figures:
        year = sources.query.year
        rows = [row for row in of_year(sources) if row.kind == kind and _is_named(row, year)]
        return {"query": QUERIES[kind], "rows": _rows(rows)}

    return found


def _is_named(row: ActionPoint, year: FiscalYear) -> bool:
    asked = row.kind == ActionKind.REQUEST and row.meeting is not None
    return row.state == ActionState.OPEN or (asked and row.meeting.fiscal_year_id == year.pk)


def last_review(sources: Sources) -> Meeting | None:
    """The annual review before the one of the year, read once."""
    user, year = sources.user, sources.query.year
    return once(("last review", user.pk, year.pk), lambda: review_before(year, user))


def of_year(sources: Sources) -> list[ActionPoint]:
    """Of both kinds, and of the last review whatever came of them: read once."""
    user, year = sources.user, sources.query.year
    asked = Q(kind=ActionKind.REQUEST, meeting__fiscal_year=year) | Q(state=ActionState.OPEN)
    if sources.query.quarter is None and (review := last_review(sources)):
        asked |= Q(meeting=review)
    rows = ActionPoint.objects.visible_to(user).filter(asked)
    return once(
        ("action points", user.pk, year.pk),
        lambda: list(rows.select_related("assignee_user", "meeting")),
    )


def of_meeting(kind: ActionKind) -> Callable[[MeetingSources], Figures]:
    """Those of one kind that a meeting decided."""

    def found(sources: MeetingSources) -> Figures:
        meeting = sources.meeting
        points = meeting.action_points.visible_to(sources.user)  # type: ignore[attr-defined]
        rows = points.filter(kind=kind).select_related("assignee_user")
        asked = f"/api/v1/action-points/?meeting={meeting.pk}&kind={kind}"
        return {"query": asked, "rows": _rows(rows)}

    return found


def _rows(rows: Iterable[ActionPoint]) -> list[Row]:
    return [
        {
            "id": row.pk,
            "title": row.title,
            "assignee": row.assignee,
            "due": day(row.due_date),
            "state": str(row.get_state_display()),
        }
        for row in rows
    ]


def write(to: Writer, rows: list[Row], caption: str = "", what: str = "") -> None:
    """What, who, until when, and how it stands."""
    if not rows:
        return
    to.table(
        caption or say("Việc cần làm", "Action points"),
        [
            Column(what or say("Việc cần làm", "What is to be done"), 70, number=False),
            Column(say("Đơn vị, người thực hiện", "Who"), 40, number=False),
            Column(say("Thời hạn", "Due"), 26, number=False),
            Column(say("Tình trạng", "State"), 24, number=False),
        ],
        [[row["title"], row["assignee"], row["due"], row["state"]] for row in rows],
    )
