"""From a request for a document to its bytes: the door behind the page, the command and the API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ISSUE_REPORT, VIEW
from communes.models.boards import Board, BoardKind
from core.lists.exports import XLSX
from core.services.access import check
from core.services.request_cache import read_once
from core.values.dates import today
from core.values.said import coded
from monitoring.models import Meeting
from programs.models import FiscalYear, Fund
from programs.summary_query import SummaryQuery
from reports.documents import figures, kinds, meetings, pdf, statement_book, word, workbook
from reports.documents.blocks import Document
from reports.documents.currency import NAMES, Rate, read_rate
from reports.documents.letterhead import Letterhead, of_board
from reports.documents.section import Report
from reports.documents.texts import draft_of
from reports.filters import QUARTERS, Reader, one_of

KINDS = ("annual", "quarterly", "minutes", "conclusions", "statement", "workbook")
FORMATS = {
    "docx": word.DOCX,
    "pdf": "application/pdf",
    "xlsx": XLSX,
    "json": "application/json",
}
DONOR = (
    "annual",
    "quarterly",
    "statement",
)  # in both languages, and in another currency beside đồng
READ = ("workbook", "statement")  # by whoever may read, within their scope
OF_QUARTER = ("quarterly", "statement")
YES, NO = ("1", "true"), ("0", "false", "")
LANGUAGES = ("vi", "en")
ALLOWED = frozenset("kind format fiscal_year quarter as_of outside meeting language fund".split())


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
    language: str = "vi"
    rate: Rate | None = None
    fund: Fund | None = None

    @property
    def filename(self) -> str:
        quarter = f"-q{self.quarter}" if self.quarter else ""
        language = f"-{self.language}" if self.language != "vi" else ""
        fund = f"-{self.fund.code}" if self.fund else ""
        return f"{self.kind}{fund}-{self.year.code}{quarter}{language}.{self.format}"

    def query(self, known_at: datetime | None = None) -> SummaryQuery:
        """What it asks of money and classes."""
        return figures.query_of(self.year, self.quarter, self.as_of, known_at)


@dataclass(frozen=True)
class Made:
    """A document made: its bytes, their type, a name for the file."""

    content: bytes
    content_type: str
    filename: str


def read_request(values: Mapping[str, object]) -> DocumentRequest:
    """From the words of a command line or an address; `ValidationError` by field."""
    reader = Reader(values, ALLOWED | frozenset(NAMES))
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
        reader.wrong("meeting", coded("invalid_number", said % {"text": meeting}))
    as_of = reader.day("as_of")
    fund = _fund(reader, needed=kind == "statement")
    outside = reader.text("outside").lower() or ("1" if kind == "statement" else "")
    if outside not in (*YES, *NO):
        reader.wrong("outside", one_of(reader.text("outside"), ("1", "0")))
    language = reader.choice("language", LANGUAGES) or "vi"
    if language != "vi" and kind not in DONOR:
        reader.wrong(
            "language", coded("invalid_choice", _("This document is in Vietnamese alone."))
        )
    rate = read_rate(reader)
    if rate and kind not in DONOR:
        reader.wrong("currency", coded("invalid_choice", _("This document is in đồng alone.")))
    reader.finish()
    assert year is not None
    quarter = (quarter or figures.last_quarter(year)) if kind in OF_QUARTER else None
    return DocumentRequest(
        kind=kind,
        format=format_,
        year=year,
        quarter=quarter,
        as_of=as_of,
        outside=outside in YES,
        meeting=int(meeting) if meeting else None,
        language=language,
        rate=rate,
        fund=fund,
    )


def formats_of(kind: str) -> tuple[str, ...]:
    return {"workbook": ("xlsx",), "statement": ("docx", "pdf", "xlsx", "json")}.get(
        kind, ("docx", "pdf")
    )


def _fund(reader: Reader, *, needed: bool) -> Fund | None:
    """The fund of a statement. A fund is no secret: its money is within the reader's scope."""
    code = reader.text("fund")
    if not code:
        if needed:
            reader.wrong("fund", coded("required", _("This field is required.")))
        return None
    fund = Fund.objects.filter(code=code).first()
    if fund is None:
        said = _("There is no '%(code)s'.") % {"code": code[:40]}
        reader.wrong("fund", coded("does_not_exist", said))
    elif not needed:
        reader.wrong("fund", coded("unknown_parameter", _("Only a statement is of one fund.")))
    return fund


@read_once()
def make(asked: DocumentRequest, actor: User) -> Made:
    """The document, within the actor's scope. A report needs the right to issue reports."""
    check(actor, VIEW if asked.kind in READ else ISSUE_REPORT)
    if asked.kind == "workbook":
        content = workbook.workbook_bytes(asked.query(), actor, outside=asked.outside)
    elif asked.format == "json":
        content = json.dumps(compose(asked, actor).figures, ensure_ascii=False).encode()
    elif asked.format == "xlsx":
        content = statement_book.content(compose(asked, actor).report, asked.language)
    else:
        content = RENDERERS[asked.format](compose(asked, actor).document)
    return Made(content, FORMATS[asked.format], asked.filename)


@dataclass(frozen=True)
class Composed:
    """A document and what it was made from; `suggested`: what its texts may begin with."""

    report: Report
    document: Document
    suggested: dict[str, str]
    meeting: Meeting | None = None

    @property
    def figures(self) -> dict[str, Any]:
        return self.report.figures

    @property
    def texts(self) -> dict[str, str]:
        return self.report.texts


@read_once()
def compose(
    asked: DocumentRequest,
    actor: User,
    *,
    letterhead: Letterhead | None = None,
    known_at: datetime | None = None,
    texts: dict[str, str] | None = None,
    begun: bool = False,
) -> Composed:
    """The document as it would be issued now; without a letterhead a draft, dated today.

    For a preview: with other `texts` than those saved, or with those that are suggested where
    nobody has saved any (`begun`)."""
    meeting = None
    if asked.kind in ("minutes", "conclusions"):
        meeting = meetings.find_meeting(asked.year, actor, asked.meeting)
        gathered = kinds.gather_meeting(asked.kind, meeting, actor)
    elif asked.fund:
        gathered = kinds.gather_statement(asked.query(known_at), asked.fund, actor)
    else:
        gathered = kinds.gather(asked.kind, asked.query(known_at), actor)
    if asked.rate:
        gathered["rate"] = asked.rate.as_dict()
    draft = draft_of(asked.kind, asked.year, asked.quarter)
    written = dict(draft.texts) if texts is None else texts
    report = Report(gathered, written, letterhead or draft_letterhead(asked.year), asked.outside)
    with translation.override("vi"):
        suggested = kinds.OUTLINES[asked.kind].suggest(report)
    if begun and texts is None and not draft.pk:
        report = replace(report, texts=suggested)
    document = kinds.build(report, asked.kind, asked.language)
    return Composed(report, document, suggested, meeting)


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
