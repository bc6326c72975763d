"""Who came to a meeting, by body and office, how many, and what they did."""

from django.utils.translation import gettext_lazy as _

from core.values.money import format_vnd
from monitoring.models import Attendance
from reports.documents.blocks import Column, Writer
from reports.documents.meetings import items
from reports.documents.section import Figures, MeetingSources, Report, Row, Section, Table


def find(sources: MeetingSources) -> Figures:
    rows = sources.meeting.attendance.all()  # type: ignore[attr-defined]
    return {
        "query": f"/api/v1/meetings/{sources.meeting.pk}/",
        "rows": [_attended(row) for row in rows],
    }


def _attended(row: Attendance) -> Row:
    return {
        "id": row.pk,
        "label": row.body,
        "who": ", ".join(filter(None, [row.name, row.offices])),
        "people": row.people,
        "did": ", ".join(row.parts),
    }


def write(to: Writer, report: Report) -> None:
    rows, attending = report.rows("attendance"), report.figures["meeting"]["attending"]
    to.section("Thành phần tham dự")
    _table(to, rows)
    if attending or not rows:
        items(to, attending)


def _table(to: Writer, rows: list[Row]) -> None:
    if not rows:
        return
    to.table(
        "Thành phần tham dự hội nghị",
        [
            Column("Cơ quan, đơn vị", 50, number=False),
            Column("Chức vụ", 58, number=False),
            Column("Số người", 20),
            Column("Nội dung tham gia", 32, number=False),
        ],
        [
            [
                row["label"],
                row["who"],
                format_vnd(row["people"]) if row["people"] else "",
                row["did"],
            ]
            for row in rows
        ],
        note="Ô để trống: nguồn không nêu.",
    )


FIELDS = {"who": _("who"), "people": _("people"), "did": _("did there")}
OF_MEETING = Section(write, {"attendance": Table(_("Attendance"), find, FIELDS)})
