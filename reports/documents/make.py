"""From a request for a document to its bytes: the door behind the page, the command and the API."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ISSUE_REPORT, VIEW
from communes.models.boards import Board, BoardKind
from core.lists.exports import XLSX
from core.services.access import check
from core.values.dates import today
from programs.models import FiscalYear
from reports.documents import annual, figures, meetings, pdf, quarterly, word, workbook
from reports.documents.blocks import Document
from reports.documents.letterhead import Letterhead, of_board
from reports.documents.texts import draft_of

KINDS = ("annual", "quarterly", "minutes", "conclusions", "workbook")
FORMATS = {"docx": word.DOCX, "pdf": "application/pdf", "xlsx": XLSX}
YES, NO = ("1", "true"), ("0", "false", "")
BUILDERS = {
    "annual": annual.build,
    "quarterly": quarterly.build,
    "minutes": meetings.build_minutes,
    "conclusions": meetings.build_conclusions,
}


@dataclass(frozen=True)
class Wish:
    """A document asked for. `outside`: small cells hidden."""

    kind: str
    format: str
    year: FiscalYear
    quarter: int | None = None
    as_of: date | None = None
    outside: bool = False
    meeting: int | None = None

    @property
    def filename(self) -> str:
        quarter = f"-q{self.quarter}" if self.quarter else ""
        return f"{self.kind}-{self.year.code}{quarter}.{self.format}"


@dataclass(frozen=True)
class Made:
    """A document made: its bytes, their type, a name for the file."""

    content: bytes
    content_type: str
    filename: str


def read_wish(values: dict[str, Any]) -> Wish:
    """A wish from the words of a command line or an address; `ValidationError` by field."""
    kind, format_ = values.get("kind"), values.get("format")
    errors: dict[str, str] = {}
    if kind not in KINDS:
        errors["kind"] = _one_of(kind, KINDS)
    elif format_ not in formats_of(kind):
        errors["format"] = _one_of(format_, formats_of(kind))
    year = FiscalYear.objects.filter(code=values.get("fiscal_year") or "").first()
    if year is None:
        errors["fiscal_year"] = _("There is no fiscal year '%(code)s'.") % {
            "code": values.get("fiscal_year") or ""
        }
    quarter = values.get("quarter") or None
    if quarter is not None and str(quarter) not in ("1", "2", "3", "4"):
        errors["quarter"] = _one_of(quarter, ("1", "2", "3", "4"))
    meeting = str(values.get("meeting") or "")
    if meeting and not (meeting.isascii() and meeting.isdigit() and len(meeting) < 10):
        errors["meeting"] = _("'%(text)s' is not the number of a meeting.") % {"text": meeting}
    as_of = _day(values.get("as_of"), errors)
    outside = _yes_or_no("outside", values, errors)
    if errors or year is None:
        raise ValidationError(errors)
    if kind == "quarterly":
        quarter = int(quarter) if quarter else figures.last_quarter(year)
    else:
        quarter = None
    about = int(meeting) if meeting else None
    return Wish(str(kind), str(format_), year, quarter, as_of, outside, about)


def formats_of(kind: str) -> tuple[str, ...]:
    return ("xlsx",) if kind == "workbook" else ("docx", "pdf")


def _one_of(value: Any, choices: tuple[str, ...]) -> str:
    return _("'%(text)s' is not one of %(choices)s.") % {
        "text": value or "",
        "choices": ", ".join(choices),
    }


def _yes_or_no(name: str, values: dict[str, Any], errors: dict[str, str]) -> bool:
    """A choice that must not be guessed: what is neither yes nor no is wrong."""
    text = str(values.get(name) or "").lower()
    if text not in (*YES, *NO):
        errors[name] = _one_of(values[name], ("1", "0"))
    return text in YES


def _day(text: Any, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        errors["as_of"] = _("'%(text)s' is not a date like 2023-06-30.") % {"text": text}
        return None


def make(wish: Wish, actor: User) -> Made:
    """The document, within the actor's scope. A report needs the right to issue reports."""
    check(actor, VIEW if wish.kind == "workbook" else ISSUE_REPORT)
    if wish.kind == "workbook":
        subject = figures.subject_of(wish.year, None, wish.as_of)
        content = workbook.workbook_bytes(workbook.YearBook(subject, actor, wish.outside))
    else:
        content = SETTERS[wish.format](compose(wish, actor).document)
    return Made(content, FORMATS[wish.format], wish.filename)


@dataclass(frozen=True)
class Composed:
    """A document and what it was made from."""

    figures: dict[str, Any]
    texts: dict[str, str]
    document: Document
    meeting: Any = None


def compose(
    wish: Wish,
    actor: User,
    *,
    letterhead: Letterhead | None = None,
    known_at: datetime | None = None,
) -> Composed:
    """The document as it would be issued now; without a letterhead a draft, dated today."""
    meeting = None
    if wish.kind in ("minutes", "conclusions"):
        meeting = meetings.find_meeting(wish.year, actor, wish.meeting)
        gathered = meetings.gather(wish.kind, meeting, actor)
    else:
        subject = figures.subject_of(wish.year, wish.quarter, wish.as_of, known_at)
        gathered = figures.gather(wish.kind, subject, actor)
    texts = dict(draft_of(wish.kind, wish.year, wish.quarter).texts)
    document = BUILDERS[wish.kind](
        gathered, texts, letterhead or draft_letterhead(wish.year), outside=wish.outside
    )
    return Composed(gathered, texts, document, meeting)


def draft_letterhead(year: FiscalYear) -> Letterhead:
    """Of the steering board of the year's area, or of one not named; no number yet."""
    area = figures.area_of_year(year)
    board = (
        Board.objects.in_office(today())
        .filter(kind=BoardKind.STEERING, commune__full_name=area["full_name"])
        .select_related("commune")
        .first()
    )
    if board is not None:
        return of_board(board, None, today())
    return Letterhead(area["name"], area["full_name"], said=area["said"], day=today())


SETTERS = {"docx": word.docx_bytes, "pdf": pdf.pdf_bytes}
