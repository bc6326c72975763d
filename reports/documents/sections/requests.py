"""What is asked of whom, until when, and how it stands; and what was written."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.models.action_points import ActionKind
from reports.documents import action_points
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Table

HEADING = "Đề xuất, kiến nghị"


def texts() -> Mapping[str, str]:
    return {"recommendations": _now("Recommendations")}


def write(to: Writer, report: Report) -> None:
    rows, text = report.rows("requests"), report.text("recommendations")
    if rows or text:
        to.section(HEADING)
        action_points.write(to, rows, HEADING, "Nội dung")
        to.text(text)


CALLED = _("Requests")
FOUND = Table(CALLED, action_points.find(ActionKind.REQUEST), action_points.FIELDS)
AT_MEETING = Table(CALLED, action_points.of_meeting(ActionKind.REQUEST), action_points.FIELDS)
SECTION = Section(write, {"requests": FOUND}, texts)
OF_MEETING = Section(write, {"requests": AT_MEETING})
