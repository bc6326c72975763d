"""What a document still lacks before it is issued, each with the page where it is made good.

It locks nothing but the board: without one there is no number and no signature.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.values import display
from monitoring.reviews.services.meetings import doubts
from programs.models.years import YearState
from reports.documents.make import Composed, DocumentRequest
from reports.documents.texts import blocks_of, draft_of, moved
from reports.issuing import issuing_boards


@dataclass(frozen=True)
class Lack:
    """`code` for programs, `said` for people; `href` and `link`: the page that makes it good."""

    code: str
    said: str
    href: str
    link: str


def lacking(asked: DocumentRequest, composed: Composed, user: User) -> list[Lack]:
    """In the order in which it matters."""
    of_kind = _of_meeting if composed.meeting else _of_report
    return [*_board(user), *of_kind(asked, composed, user)]


def _board(user: User) -> Iterator[Lack]:
    if not issuing_boards(user).exists():
        said = _("No steering or management board is in office: nobody can issue it.")
        yield Lack("no_board", said, reverse("board-new"), _("Enter a board"))


def _of_meeting(asked: DocumentRequest, composed: Composed, user: User) -> Iterator[Lack]:
    assert composed.meeting
    page = reverse("meeting", args=[composed.meeting.pk])
    for field, said in doubts(composed.meeting).items():
        yield Lack(f"no_{field}", said, page, _("The meeting"))


def _of_report(asked: DocumentRequest, composed: Composed, user: User) -> Iterator[Lack]:
    year = f"?fiscal_year={asked.year.code}"
    if composed.figures["plan_number"] is None:
        said = _("No plan of this year is approved: nothing is compared with a plan.")
        yield Lack("no_plan", said, reverse("plan-versions") + year, _("Plans"))
    yield from _months(asked, year)
    if pending := composed.figures["tables"]["by_program"]["total"]["pending"]:
        said = _("%(amount)s đồng wait for approval and are not counted.")
        yield Lack(
            "waiting", said % {"amount": display.number(pending)}, reverse("waiting"), _("Waiting")
        )
    yield from _texts(asked, composed)


def _months(asked: DocumentRequest, year: str) -> Iterator[Lack]:
    """Months of the span that are open still: a posting may move the figures."""
    first, last = asked.query().span
    periods = asked.year.periods.filter(start__range=(first, last))
    months = list(periods.values_list("state", "start"))
    open_ = sorted({start for state, start in months if state != YearState.CLOSED})
    if not open_:
        return
    page, link = reverse("periods") + year, _("Months")
    if len(open_) == len({start for _state, start in months}):
        said = _("No month of it is closed: its figures may still move.")
        yield Lack("no_month_closed", said, page, link)
        return
    said = ngettext(
        "%(count)d month is open still, %(first)s: the figures may move.",
        "%(count)d months are open still, from %(first)s on: the figures may move.",
        len(open_),
    )
    words = {"count": len(open_), "first": f"{open_[0]:%m/%Y}"}
    yield Lack("months_open", said % words, page, link)


def _texts(asked: DocumentRequest, composed: Composed) -> Iterator[Lack]:
    draft = draft_of(asked.kind, asked.year, asked.quarter)
    page = reverse("report-draft", args=[asked.kind, asked.year.code])
    page += f"?quarter={asked.quarter}" if asked.quarter else ""
    if draft.pk is None:
        said = _("Nobody has saved a text for it: it has figures alone.")
        yield Lack("no_text", said, page, _("Text blocks"))
    if changed := moved(draft, composed.suggested):
        labels = blocks_of(asked.kind)
        said = _("Figures have moved since the text was written: %(blocks)s.")
        words = {"blocks": ", ".join(labels[name] for name in changed if name in labels)}
        yield Lack("text_moved", said % words, page, _("Text blocks"))
