"""What became of the conclusions and requests of the annual review before this one."""

from collections import Counter
from datetime import date

from django.utils.translation import gettext_lazy as _

from core.values.dates import format_date
from monitoring.reviews.services.followed_up import (
    FollowedUp,
    Outcome,
    followed_up,
)
from reports.documents import action_points
from reports.documents.blocks import Column, Writer
from reports.documents.records import day
from reports.documents.section import Figures, Report, Row, Section, Sources, Table
from reports.documents.wording import say

SAID = {
    Outcome.DONE: ("đã hoàn thành", "done"),
    Outcome.DONE_LATE: ("hoàn thành chậm", "done late"),
    Outcome.REPORTED: ("đã báo xong, chờ xác nhận", "reported done, to be verified"),
    Outcome.LATE: ("quá hạn", "late"),
    Outcome.OPEN: ("đang thực hiện", "under way"),
    Outcome.DROPPED: ("không thực hiện", "dropped"),
    Outcome.NOBODY: ("chưa giao đơn vị thực hiện", "given to nobody"),
}


def find(sources: Sources) -> Figures | None:
    query = sources.query
    meeting = action_points.last_review(sources)
    if meeting is None:
        return None
    points = [row for row in action_points.of_year(sources) if row.meeting_id == meeting.pk]
    return {
        "query": f"/api/v1/action-points/?meeting={meeting.pk}",
        "meeting": meeting.title,
        "day": meeting.date_text,
        "rows": [_row(each) for each in followed_up(meeting, points, query.until)],
    }


def _row(each: FollowedUp) -> Row:
    return {
        "id": each.pk,
        "title": each.what,
        "assignee": each.who,
        "due": day(each.due),
        "outcome": each.outcome.value,
        "result": each.said,
        "done": day(each.done_on),
    }


def write(to: Writer, report: Report) -> None:
    found, rows = report.table("last_review"), report.rows("last_review")
    if not rows:
        return
    as_of = format_date(date.fromisoformat(report.figures["as_of"]))
    to.section(
        say(
            "Thực hiện kết luận, kiến nghị của hội nghị tổng kết năm trước",
            "What became of the last review's conclusions",
        )
    )
    to.say(
        f"{found['meeting']} ({found['day']}) có {len(rows)} kết luận, kiến nghị; "
        f"tính đến ngày {as_of}: {_counted(rows)}.",
        f"{found['meeting']} ({found['day']}) made {len(rows)} conclusions and requests; "
        f"as of {as_of}: {_counted(rows)}.",
    )
    to.table(
        say("Thực hiện kết luận, kiến nghị của hội nghị trước", "What became of each"),
        [
            Column(say("Nội dung", "Conclusion, request"), 60, number=False),
            Column(say("Đơn vị, người thực hiện", "Who"), 36, number=False),
            Column(say("Thời hạn", "Due"), 24, number=False),
            Column(say("Kết quả", "Outcome"), 40, number=False),
        ],
        [[row["title"], row["assignee"], row["due"], _result(row)] for row in rows],
    )


def _counted(rows: list[Row]) -> str:
    """'2 đã hoàn thành, 1 quá hạn': in the order of the outcomes."""
    counts = Counter(row["outcome"] for row in rows)
    return ", ".join(f"{counts[each]} {say(*said)}" for each, said in SAID.items() if counts[each])


def _result(row: Row) -> str:
    """'Hoàn thành chậm (27/03/2023): …', 'Không thực hiện: …'."""
    said = say(*SAID[Outcome(row["outcome"])])
    on = f" ({row['done']})" if row["done"] else ""
    why = f": {row['result']}" if row["result"] else ""
    return f"{said[0].upper()}{said[1:]}{on}{why}"


FIELDS = {
    "assignee": _("who"),
    "due": _("due"),
    "outcome": _("what became of it"),
    "result": _("result"),
    "done": _("done on"),
}
SECTION = Section(
    write, {"last_review": Table(_("Conclusions of the review before"), find, FIELDS)}
)
