"""From a request for a document to its bytes: the door behind the page, the command and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ISSUE_REPORT, VIEW
from communes.models.boards import Board, BoardKind
from core.lists.exports import XLSX
from core.services.access import check
from core.services.request_cache import read_once
from core.values.dates import today
from programs.models import FiscalYear
from programs.summary_query import SummaryQuery
from reports.documents import figures, kinds, meetings, pdf, word, workbook
from reports.documents.blocks import Document
from reports.documents.letterhead import Letterhead, of_board
from reports.documents.section import Report
from reports.documents.texts import draft_of
from reports.filters import QUARTERS, Reader, one_of

KINDS = ("annual", "quarterly", "minutes", "conclusions", "workbook")
FORMATS = {"docx": word.DOCX, "pdf": "application/pdf", "xlsx": XLSX}
YES, NO = ("1", "true"), ("0", "false", "")
ALLOWED = frozenset("kind format fiscal_year quarter as_of outside meeting".split())


@dataclass(frozen=True)
class DocumentRequest:
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

    def query(self, known_at: datetime | None = None) -> SummaryQuery:
        """What it asks of money and classes."""
        return figures.query_of(self.year, self.quarter, self.as_of, known_at)


@dataclass(frozen=True)
class Made:
    """A document made: its bytes, their type, a name for the file."""

    content: bytes
    content_type: str
    filename: str


def read_request(values: Mapping[str, Any]) -> DocumentRequest:
    """From the words of a command line or an address; `ValidationError` by field."""
    reader = Reader(values, ALLOWED)
    kind, format_ = reader.text("kind"), reader.text("format")
    if kind not in KINDS:
        reader.wrong("kind", one_of(kind, KINDS))
    elif format_ not in formats_of(kind):
        reader.wrong("format", one_of(format_, formats_of(kind)))
    year = reader.year("fiscal_year", needed=True)
    quarter = int(reader.choice("quarter", QUARTERS) or 0) or None
    meeting = reader.text("meeting")
    if meeting and not (meeting.isascii() and meeting.isdigit() and len(meeting) < 10):
        said = _("'%(text)s' is not the number of a meeting.")
        reader.wrong("meeting", said % {"text": meeting})
    as_of = reader.day("as_of")
    outside = reader.text("outside").lower()
    if outside not in (*YES, *NO):
        reader.wrong("outside", one_of(reader.text("outside"), ("1", "0")))
    reader.finish()
    assert year is not None
    quarter = (quarter or figures.last_quarter(year)) if kind == "quarterly" else None
    return DocumentRequest(
        kind, format_, year, quarter, as_of, outside in YES, int(meeting) if meeting else None
    )


def formats_of(kind: str) -> tuple[str, ...]:
    return ("xlsx",) if kind == "workbook" else ("docx", "pdf")


@read_once()
def make(asked: DocumentRequest, actor: User) -> Made:
    """The document, within the actor's scope. A report needs the right to issue reports."""
    check(actor, VIEW if asked.kind == "workbook" else ISSUE_REPORT)
    if asked.kind == "workbook":
        content = workbook.workbook_bytes(asked.query(), actor, outside=asked.outside)
    else:
        content = RENDERERS[asked.format](compose(asked, actor).document)
    return Made(content, FORMATS[asked.format], asked.filename)


@dataclass(frozen=True)
class Composed:
    """A document and what it was made from."""

    figures: dict[str, Any]
    texts: dict[str, str]
    document: Document
    meeting: Any = None


@read_once()
def compose(
    asked: DocumentRequest,
    actor: User,
    *,
    letterhead: Letterhead | None = None,
    known_at: datetime | None = None,
) -> Composed:
    """The document as it would be issued now; without a letterhead a draft, dated today."""
    meeting = None
    if asked.kind in ("minutes", "conclusions"):
        meeting = meetings.find_meeting(asked.year, actor, asked.meeting)
        gathered = kinds.gather_meeting(asked.kind, meeting, actor)
    else:
        gathered = kinds.gather(asked.kind, asked.query(known_at), actor)
    texts = dict(draft_of(asked.kind, asked.year, asked.quarter).texts)
    report = Report(gathered, texts, letterhead or draft_letterhead(asked.year), asked.outside)
    document = kinds.OUTLINES[asked.kind].build(report)
    return Composed(gathered, texts, document, meeting)


def draft_letterhead(year: FiscalYear, day: date | None = None) -> Letterhead:
    """Of the steering board of the year's area on a day (default today), or of one not named; no
    number yet."""
    day = day or today()
    area = figures.area_of_year(year)
    board = (
        Board.objects.in_office(day)
        .filter(kind=BoardKind.STEERING, commune__in=year.periods.values("area"))
        .select_related("commune")
        .first()
    )
    if board is not None:
        return of_board(board, None, day)
    return Letterhead(area["name"], area["full_name"], said=area["said"], day=day)


RENDERERS = {"docx": word.docx_bytes, "pdf": pdf.pdf_bytes}
