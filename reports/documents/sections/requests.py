"""What is asked of whom, until when, and how it stands; and what was written."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.models.action_points import ActionKind
from reports.documents import action_points
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Table
from reports.documents.wording import say


def heading() -> str:
    return say("Đề xuất, kiến nghị", "Requests and recommendations")


def texts() -> Mapping[str, str]:
    return {"recommendations": _now("Recommendations")}


def write(to: Writer, report: Report) -> None:
    rows, text = report.rows("requests"), report.text("recommendations")
    if rows or text:
        to.section(heading())
        action_points.write(to, rows, heading(), say("Nội dung", "What is asked"))
        to.text(text)


def suggest(report: Report) -> Mapping[str, str]:
    """What is asked of who is responsible for a difficulty that stands."""
    rows = [row for row in report.rows("difficulties") if row["owner"] and not row["result"]]
    lines = [
        say(
            f"Đề nghị {row['owner']} tiếp tục giải quyết: {row['title']}.",
            f"{row['owner']} is asked to go on solving: {row['title']}.",
        )
        for row in rows
    ]
    return {"recommendations": "\n".join(lines)}


CALLED = _("Requests")
FOUND = Table(CALLED, action_points.find(ActionKind.REQUEST), action_points.FIELDS)
AT_MEETING = Table(CALLED, action_points.of_meeting(ActionKind.REQUEST), action_points.FIELDS)
SECTION = Section(write, {"requests": FOUND}, texts, suggest)
OF_MEETING = Section(write, {"requests": AT_MEETING})
