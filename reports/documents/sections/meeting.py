"""What a meeting's documents alone have: when and where, who came, what was said, concluded."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.values.display import NOTHING
from core.values.money import format_vnd
from monitoring.models import Attendance, StatedFigure
from reports.documents.blocks import Column, Writer
from reports.documents.meetings import NOT_STATED, items
from reports.documents.section import Figures, MeetingSources, Report, Row, Section, Table
from reports.documents.wording import inside


def write_opening(to: Writer, report: Report) -> None:
    meeting = report.figures["meeting"]
    to.text(f"Thời gian: {meeting['day']}.")
    to.text(f"Địa điểm: {meeting['place'] or NOT_STATED}.")
    to.text(f"Chủ trì: {meeting['chair'] or NOT_STATED}.")
    to.text(f"Thư ký: {meeting.get('secretary') or NOT_STATED}.")


OPENING = Section(write_opening)


def _found(sources: MeetingSources, rows: Iterable[Row]) -> Figures:
    return {"query": f"/api/v1/meetings/{sources.meeting.pk}/", "rows": [*rows]}


def find_attendance(sources: MeetingSources) -> Figures:
    rows = sources.meeting.attendance.all()  # type: ignore[attr-defined]
    return _found(sources, map(_attended, rows))


def _attended(row: Attendance) -> Row:
    return {
        "id": row.pk,
        "label": row.body,
        "who": ", ".join(filter(None, [row.name, row.offices])),
        "people": row.people,
        "did": ", ".join(row.parts),
    }


def write_attendance(to: Writer, report: Report) -> None:
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


CAME = {"who": _("who"), "people": _("people"), "did": _("did there")}
ATTENDANCE = Section(
    write_attendance, {"attendance": Table(_("Attendance"), find_attendance, CAME)}
)


PARTS = (
    ("Báo cáo đã trình bày", "reports_given"),
    ("Kết quả", "results"),
    ("Hạn chế", "shortcomings"),
    ("Khó khăn, vướng mắc", "difficulties"),
    ("Thách thức", "challenges"),
    ("Giải pháp đề xuất", "solutions"),
)


def write_contents(to: Writer, report: Report) -> None:
    meeting = report.figures["meeting"]
    to.section("Nội dung")
    for title, name in PARTS:
        if meeting.get(name):  # minutes issued earlier have fewer parts
            to.part(title)
            to.text(meeting[name])


CONTENTS = Section(write_contents)


def find_stated(sources: MeetingSources) -> Figures:
    rows = sources.meeting.stated_figures.all()  # type: ignore[attr-defined]
    return _found(sources, map(_stated, rows))


def _stated(row: StatedFigure) -> Row:
    return {
        "id": row.pk,
        "label": row.label,
        "text": row.text,
        "as_of": row.as_of_said,
        "source": row.source,
    }


def write_stated(to: Writer, report: Report) -> None:
    if rows := report.rows("stated_figures"):
        to.part("Số liệu nêu tại hội nghị")
        to.items(_sentence(row) for row in rows)


def _sentence(row: Row) -> str:
    as_of = f", {row['as_of']}" if row.get("as_of", NOTHING) != NOTHING else ""
    return f"{row['label']}: {row['text']}{as_of}."


SAID = {"text": _("text"), "as_of": _("as of"), "source": _("source")}
STATED = Section(write_stated, {"stated_figures": Table(_("Stated figures"), find_stated, SAID)})


def write_conclusions(to: Writer, report: Report) -> None:
    to.section("Kết luận")
    items(to, report.figures["meeting"]["conclusions"])


def write_numbered(to: Writer, report: Report) -> None:
    conclusions = report.figures["meeting"]["conclusions"]
    for number, line in enumerate(conclusions, start=1):
        to.text(f"{number}. {line}")
    if not conclusions:
        to.text("Chưa ghi nhận kết luận.")


CONCLUSIONS = Section(write_conclusions)
NUMBERED = Section(write_numbered)


def write_notice(to: Writer, report: Report) -> None:
    meeting, letterhead = report.figures["meeting"], report.letterhead
    place = f" tại {meeting['place']}" if meeting["place"] else ""
    chair = f", do {meeting['chair']} chủ trì" if meeting["chair"] else ""
    to.text(
        f"{meeting['day'][0].upper()}{meeting['day'][1:]}{place}, {letterhead.issuer} tổ chức "
        f"{inside(meeting['title'])}{chair}. Hội nghị kết luận như sau:"
    )


def write_last(to: Writer, report: Report) -> None:
    to.text("Biên bản đã được thông qua tại hội nghị và lập để lưu, gửi")


def write_last_of_notice(to: Writer, report: Report) -> None:
    issuer = report.letterhead.issuer
    to.text(f"{issuer} thông báo để các đơn vị, cá nhân liên quan biết và thực hiện")


NOTICE, LAST = Section(write_notice), Section(write_last)
LAST_OF_NOTICE = Section(write_last_of_notice)
