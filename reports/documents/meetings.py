"""Biên bản hội nghị and Thông báo kết luận, from a meeting and its action points."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.values.dates import format_date
from core.values.display import NOTHING
from core.values.money import format_vnd
from core.values.said import coded
from monitoring.models import Attendance, Meeting, StatedFigure
from monitoring.models.action_points import ActionKind
from programs.models import FiscalYear
from reports.documents.annual import KEEP, RECIPIENTS, frame, signature
from reports.documents.blocks import Column, Document, Writer
from reports.documents.letterhead import Letterhead
from reports.documents.life import action_rows, outcome_rows
from reports.documents.life_sections import outcomes, requests, rows_of, tasks
from reports.documents.wording import inside

NOT_STATED = "không nêu"
Figures = dict[str, Any]


def meetings_of(year: FiscalYear, user: User) -> QuerySet:
    """The meetings about a year, or on a day of it."""
    about = Q(fiscal_year=year) | Q(fiscal_year=None, date__range=(year.start, year.end))
    return Meeting.objects.visible_to(user).filter(about)


def find_meeting(year: FiscalYear, user: User, pk: int | None = None) -> Meeting:
    """The meeting asked for, or the annual review of the year (else its latest meeting)."""
    seen = meetings_of(year, user)
    if pk is not None:
        meeting = seen.filter(pk=pk).first()
    else:
        meeting = seen.filter(kind="annual_review").first() or seen.first()
    if meeting is None:
        raise ValidationError(
            {
                "meeting": coded(
                    "does_not_exist",
                    _("There is no such meeting of fiscal year %(year)s.") % {"year": year},
                )
            }
        )
    return meeting


def gather(kind: str, meeting: Meeting, user: User) -> Figures:
    """What the document prints, frozen: the meeting's texts, stated figures, action points."""
    points = meeting.action_points.visible_to(user).select_related("assignee_user")  # type: ignore[attr-defined]
    with translation.override("vi"):
        tasks, requests = (action_rows(points.filter(kind=kind)) for kind in ActionKind.values)
        attendance = [_attended(each) for each in meeting.attendance.all()]  # type: ignore[attr-defined]
        said = [_stated(row) for row in meeting.stated_figures.all()]  # type: ignore[attr-defined]
        outcomes = outcome_rows(meeting.stated_outcomes.select_related("program"))  # type: ignore[attr-defined]
    at = f"/api/v1/meetings/{meeting.pk}/"
    asked = f"/api/v1/action-points/?meeting={meeting.pk}&kind="
    return {
        "kind": kind,
        "illustrative": bool(meeting.fiscal_year and meeting.fiscal_year.illustrative),
        "meeting": {
            "id": meeting.pk,
            "title": meeting.title,
            "day": _when(meeting),
            "place": meeting.place,
            "chair": meeting.chair,
            "secretary": meeting.secretary,
            "attending": _lines(meeting.attending) + [board.name for board in meeting.boards.all()],
            "reports_given": meeting.reports_given,
            "results": meeting.results,
            "shortcomings": meeting.shortcomings,
            "difficulties": meeting.difficulties_said,
            "challenges": meeting.challenges,
            "solutions": meeting.solutions,
            "conclusions": _lines(meeting.conclusions),
        },
        "tables": {
            "attendance": {"query": at, "rows": attendance},
            "stated_figures": {"query": at, "rows": said},
            "outcomes": {"query": at, "rows": outcomes},
            "action_points": {"query": f"{asked}task", "rows": tasks},
            "requests": {"query": f"{asked}request", "rows": requests},
        },
    }


def _attended(row: Attendance) -> dict[str, Any]:
    return {
        "id": row.pk,
        "label": row.body,
        "who": ", ".join(filter(None, [row.name, row.offices])),
        "people": row.people,
        "did": ", ".join(row.parts),
    }


def _stated(row: StatedFigure) -> dict[str, Any]:
    return {
        "id": row.pk,
        "label": row.label,
        "text": row.text,
        "as_of": row.as_of_said,
        "source": row.source,
    }


def _when(meeting: Meeting) -> str:
    """'ngày 18/07/2023', or 'tháng 7 năm 2023' where no source states the day."""
    if meeting.date_precision == "month":
        return f"tháng {meeting.date.month} năm {meeting.date.year}"
    return f"ngày {format_date(meeting.date)}"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def build_minutes(
    figures: Figures, texts: dict[str, str], letterhead: Letterhead, *, outside: bool
) -> Document:
    """Biên bản: when, where, who, what was reported and said, what was concluded."""
    meeting = figures["meeting"]
    document = frame(
        figures, letterhead, kind_name="BIÊN BẢN", about=meeting["title"], outside=False
    )
    document.signatures = [
        {"authority": "THƯ KÝ", "post": "", "signer": meeting.get("secretary", "")},
        {"authority": "CHỦ TỌA", "post": "", "signer": letterhead.signer or meeting["chair"]},
    ]
    to = Writer()
    to.text(f"Thời gian: {meeting['day']}.")
    to.text(f"Địa điểm: {meeting['place'] or NOT_STATED}.")
    to.text(f"Chủ trì: {meeting['chair'] or NOT_STATED}.")
    to.text(f"Thư ký: {meeting.get('secretary') or NOT_STATED}.")
    to.section("Thành phần tham dự")
    _attendance(to, rows_of(figures, "attendance"))
    if meeting["attending"] or not rows_of(figures, "attendance"):
        _items(to, meeting["attending"])
    _contents(to, figures)
    requests(to, rows_of(figures, "requests"))
    to.section("Kết luận")
    _items(to, meeting["conclusions"])
    tasks(to, figures["tables"]["action_points"]["rows"])
    to.text(texts.get("closing") or "Biên bản đã được thông qua tại hội nghị và lập để lưu, gửi")
    to.end()
    document.blocks = to.blocks
    return document


def _contents(to: Writer, figures: Figures) -> None:
    meeting = figures["meeting"]
    to.section("Nội dung")
    for title, name in (
        ("Báo cáo đã trình bày", "reports_given"),
        ("Kết quả", "results"),
        ("Hạn chế", "shortcomings"),
        ("Khó khăn, vướng mắc", "difficulties"),
        ("Thách thức", "challenges"),
        ("Giải pháp đề xuất", "solutions"),
    ):
        if meeting.get(name):  # minutes issued earlier have fewer parts
            to.part(title)
            to.text(meeting[name])
    outcomes(to, rows_of(figures, "outcomes"), to.part)
    stated = rows_of(figures, "stated_figures")
    if stated:
        to.part("Số liệu nêu tại hội nghị")
        to.items(_said(row) for row in stated)


def _said(row: dict[str, Any]) -> str:
    as_of = f", {row['as_of']}" if row.get("as_of", NOTHING) != NOTHING else ""
    return f"{row['label']}: {row['text']}{as_of}."


def _attendance(to: Writer, rows: list[dict[str, Any]]) -> None:
    """Who came, by body and office, how many, and what they did."""
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


def _items(to: Writer, lines: list[str]) -> None:
    if lines:
        to.items(lines)
    else:
        to.text(NOT_STATED[0].upper() + NOT_STATED[1:] + ".")


def build_conclusions(
    figures: Figures, texts: dict[str, str], letterhead: Letterhead, *, outside: bool
) -> Document:
    """Thông báo kết luận: what was concluded, and who does what until when."""
    meeting = figures["meeting"]
    title = meeting["title"]
    document = frame(
        figures,
        letterhead,
        kind_name="THÔNG BÁO",
        about=f"Kết luận tại {inside(title)}",
        outside=False,
    )
    document.signatures = [signature(letterhead)]
    document.recipients = [text.format(short=letterhead.short) for text in (*RECIPIENTS, KEEP)]
    to = Writer()
    place = f" tại {meeting['place']}" if meeting["place"] else ""
    chair = f", do {meeting['chair']} chủ trì" if meeting["chair"] else ""
    to.text(
        f"{meeting['day'][0].upper()}{meeting['day'][1:]}{place}, {letterhead.issuer} tổ chức "
        f"{inside(title)}{chair}. Hội nghị kết luận như sau:"
    )
    for number, line in enumerate(meeting["conclusions"], start=1):
        to.text(f"{number}. {line}")
    if not meeting["conclusions"]:
        to.text("Chưa ghi nhận kết luận.")
    tasks(to, figures["tables"]["action_points"]["rows"])
    to.text(
        texts.get("closing")
        or f"{letterhead.issuer} thông báo để các đơn vị, cá nhân liên quan biết và thực hiện"
    )
    to.end()
    document.blocks = to.blocks
    return document
