"""Main tasks of the time to come: what was written, and the action points that are open."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.models.action_points import ActionKind
from reports.documents import action_points
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Table


def texts() -> Mapping[str, str]:
    return {"tasks": _now("Main tasks of the time to come")}


def write(to: Writer, report: Report) -> None:
    """In the annual report under the plan of the year after."""
    to.text(report.text("tasks"))
    action_points.write(to, report.rows("action_points"))


def write_of_quarter(to: Writer, report: Report) -> None:
    if text := report.text("tasks"):
        to.section("Nhiệm vụ trọng tâm quý tiếp theo")
        to.text(text)


def write_of_meeting(to: Writer, report: Report) -> None:
    action_points.write(to, report.rows("action_points"))


CALLED = _("Action points")
FOUND = Table(CALLED, action_points.find(ActionKind.TASK), action_points.FIELDS)
AT_MEETING = Table(CALLED, action_points.of_meeting(ActionKind.TASK), action_points.FIELDS)
SECTION = Section(write, {"action_points": FOUND}, texts)
OF_QUARTER = Section(write_of_quarter, texts=texts)
OF_MEETING = Section(write_of_meeting, {"action_points": AT_MEETING})
