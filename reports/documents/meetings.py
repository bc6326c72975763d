"""Which meeting a document is about, and the meeting's own texts, frozen."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.values.dates import format_date
from core.values.said import refused
from monitoring.models import Meeting
from programs.models import FiscalYear
from reports.documents.blocks import Writer

NOT_STATED = "không nêu"


def meetings_of(year: FiscalYear, user: User) -> QuerySet[Meeting]:
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
        raise refused(
            "meeting",
            "does_not_exist",
            _("There is no such meeting of fiscal year %(year)s.") % {"year": year},
        )
    return meeting


def head(kind: str, meeting: Meeting) -> dict[str, object]:
    """The meeting's own texts, frozen."""
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
    }


def _when(meeting: Meeting) -> str:
    """'ngày 18/07/2023', or 'tháng 7 năm 2023' where no source states the day."""
    if meeting.date_precision == "month":
        return f"tháng {meeting.date.month} năm {meeting.date.year}"
    return f"ngày {format_date(meeting.date)}"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def items(to: Writer, lines: list[str]) -> None:
    """A list, or that the source states nothing."""
    if lines:
        to.items(lines)
    else:
        to.text(NOT_STATED[0].upper() + NOT_STATED[1:] + ".")
