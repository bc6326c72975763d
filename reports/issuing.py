"""Writing and issuing documents: the services behind the pages."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices import services as notices
from accounts.notices.models import NoticeKind
from accounts.roles import ISSUE_REPORT, VIEW
from communes.models import Board
from communes.models.boards import BoardKind
from core.services.access import check
from core.services.errors import Conflict, StaleVersion
from core.services.transition import record_history, save_with_history
from core.values.dates import format_date, today
from core.values.said import coded, refused
from monitoring.models import Meeting
from reports.documents.letterhead import SYMBOLS, of_board
from reports.documents.make import RENDERERS, DocumentRequest, compose
from reports.documents.texts import blocks_of, draft_of
from reports.models import WHOLE_YEAR, IssuedReport, NumberSeries, ReportDraft

MAX_TEXT = 20_000  # characters of one text block


@transaction.atomic
def write_texts(
    *, actor: User, asked: DocumentRequest, texts: dict[str, str], version: int | None = None
) -> ReportDraft:
    """Save the text blocks of a report that is being prepared.

    `version` is the one the writer saw (0: there was none yet); another one is a `StaleVersion`.
    """
    check(actor, ISSUE_REPORT)
    known = blocks_of(asked.kind)
    long = {
        name: coded("max_length", _("Too long."))
        for name, text in texts.items()
        if len(text) > MAX_TEXT
    }
    if long:
        raise ValidationError(long)
    kept = {name: text.strip() for name, text in texts.items() if name in known and text.strip()}
    draft = draft_of(asked.kind, asked.year, asked.quarter)
    if version is not None and version != (draft.version if draft.pk else 0):
        raise StaleVersion
    draft.texts, draft.suggested = kept, compose(asked, actor).suggested
    if draft.pk is None:
        save_with_history(draft, actor, _("text written"))
        return draft
    hit = ReportDraft.objects.filter(pk=draft.pk, version=draft.version).update(
        texts=kept, suggested=draft.suggested, version=F("version") + 1
    )
    if not hit:
        raise StaleVersion
    draft.refresh_from_db()
    record_history([draft], actor, _("text written"))
    return draft


def issuing_boards(actor: User, day: date | None = None) -> QuerySet[Board]:
    """The boards that issue documents, in office on that day: steering boards first."""
    boards = Board.objects.visible_to(actor).in_office(day or today())
    wanted = boards.filter(kind__in=[BoardKind.STEERING, BoardKind.MANAGEMENT])
    return wanted.order_by("-kind", "commune__sort_key", "-term_start", "pk")


@dataclass(frozen=True)
class Signing:
    """Who issues, on which day, and who signs as what."""

    board: Board
    date: date
    post: str = "Trưởng ban"
    signer: str = ""


def issue(*, actor: User, asked: DocumentRequest, signing: Signing) -> IssuedReport:
    """Issue a document: freeze text and figures, give the next number, keep both files.

    The number comes from the board's series of the calendar year, without gaps: the series stays
    locked until the document is saved, and what fails gives its number back.
    """
    check(actor, ISSUE_REPORT)
    if not issuing_boards(actor, signing.date).filter(pk=signing.board.pk).exists():
        raise refused(
            "board", "not_in_office", _("This board does not issue documents on that day.")
        )
    if signing.date > today():
        raise refused("date", "in_the_future", _("A document is not dated in the future."))
    with transaction.atomic():
        series = _locked_series(signing)
        return _issue(actor, asked, signing, series)


def _locked_series(signing: Signing) -> NumberSeries:
    """The series of the board and year, locked, its number counted up."""
    first = signing.board
    while first.follows is not None:
        first = first.follows
    NumberSeries.objects.get_or_create(board=first, year=signing.date.year)
    series = NumberSeries.objects.select_for_update().get(board=first, year=signing.date.year)
    latest = series.reports.aggregate(day=Max("date"))["day"]  # type: ignore[attr-defined]
    if latest and signing.date < latest:
        raise refused(
            "date",
            "wrong_order",
            _("Number %(number)d of this year is dated %(day)s: not before that.")
            % {"number": series.last, "day": format_date(latest)},
        )
    series.last += 1
    series.save(update_fields=["last"])
    return series


def _issue(
    actor: User, asked: DocumentRequest, signing: Signing, series: NumberSeries
) -> IssuedReport:
    known_at = timezone.now()
    letterhead = of_board(signing.board, series.last, signing.date, signing.post, signing.signer)
    composed = compose(asked, actor, letterhead=letterhead, known_at=known_at)
    files = {name: render(composed.document) for name, render in RENDERERS.items()}
    report = IssuedReport(
        kind=asked.kind,
        fiscal_year=asked.year,
        quarter=asked.quarter or WHOLE_YEAR,
        meeting=composed.meeting,
        board=signing.board,
        series=series,
        number=series.last,
        symbol=f"{SYMBOLS[asked.kind]}-{letterhead.short}",
        date=signing.date,
        title=composed.document.title[:400],
        outside=asked.outside,
        texts=composed.texts,
        figures=composed.figures,
        document=composed.document.as_dict(),
        known_at=known_at,
        replaces=_latest(asked, composed.meeting),
        issued_by=actor,
    )
    for name, content in files.items():
        setattr(report, f"{name}_digest", hashlib.sha256(content).hexdigest())
        file = ContentFile(content)
        getattr(report, name).save(f"{series.last:02}-{asked.kind}.{name}", file, save=False)
    report.full_clean(exclude=["figures", "texts", "document"])
    report.save()
    people = notices.everywhere(VIEW)
    notices.tell(kind=NoticeKind.ISSUED, about=report, actor=actor, people=people)
    return report


def _latest(asked: DocumentRequest, meeting: Meeting | None) -> IssuedReport | None:
    """The last one issued about the same: what a new one replaces."""
    same = IssuedReport.objects.filter(
        kind=asked.kind,
        fiscal_year=asked.year,
        quarter=asked.quarter or WHOLE_YEAR,
        meeting=meeting,
        outside=asked.outside,
    )
    return same.order_by("-id").first()


def kept_file(report: IssuedReport, format_: str) -> bytes:
    """The file as it was issued; `Conflict` when it is gone or no longer the same."""
    try:
        with getattr(report, format_).open("rb") as file:
            content: bytes = file.read()
    except FileNotFoundError:
        raise Conflict(_("The kept file is missing from the store."), "file_missing") from None
    if hashlib.sha256(content).hexdigest() != getattr(report, f"{format_}_digest"):
        raise Conflict(_("The kept file is not the one that was issued."), "file_changed")
    return content
