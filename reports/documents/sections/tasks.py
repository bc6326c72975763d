"""Main tasks of the time to come: what was written, and the action points that are open."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.models.action_points import ActionKind
from reports.documents import action_points
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Table
from reports.documents.sections.proposals import TAKEN
from reports.documents.wording import inside, say


def texts() -> Mapping[str, str]:
    return {"tasks": _now("Main tasks of the time to come")}


def write(to: Writer, report: Report) -> None:
    """In the annual report under the plan of the year after."""
    to.text(report.text("tasks"))
    action_points.write(to, report.rows("action_points"))


def write_of_quarter(to: Writer, report: Report) -> None:
    if text := report.text("tasks"):
        to.section(say("Nhiệm vụ trọng tâm quý tiếp theo", "Main tasks of the next quarter"))
        to.text(text)


def write_of_meeting(to: Writer, report: Report) -> None:
    action_points.write(to, report.rows("action_points"))


def suggest(report: Report) -> Mapping[str, str]:
    """What the review before left open, agreements to sign, and what was selected to be done."""
    left = [
        row["title"] for row in report.rows("last_review") if row["outcome"] in ("late", "open")
    ]
    unsigned = [row["title"] for row in report.rows("agreements") if not row["signed"]]
    chosen = [row for row in report.rows("proposals") if row["state"] in TAKEN]
    finish = say("Hoàn thành kết luận của hội nghị trước", "Finish what the last review concluded")
    lines = [f"{finish}: {title}." for title in left]
    lines += [say(f"Ký kết {inside(title)}.", f"Sign: {title}.") for title in unsigned]
    if chosen:
        lines.append(
            say(
                f"Triển khai {len(chosen)} hoạt động đề xuất được lựa chọn.",
                f"Carry out the {len(chosen)} proposed activities that were selected.",
            )
        )
    return {"tasks": "\n".join(lines)}


CALLED = _("Action points")
FOUND = Table(CALLED, action_points.find(ActionKind.TASK), action_points.FIELDS)
AT_MEETING = Table(CALLED, action_points.of_meeting(ActionKind.TASK), action_points.FIELDS)
SECTION = Section(write, {"action_points": FOUND}, texts, suggest)
OF_QUARTER = Section(write_of_quarter, texts=texts, suggest=suggest)
OF_MEETING = Section(write_of_meeting, {"action_points": AT_MEETING})
