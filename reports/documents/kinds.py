"""The kinds of documents, and what each gathers and is built from: its outline."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from monitoring.models import Meeting
from programs.summary_query import SummaryQuery
from reports.documents import figures, meetings
from reports.documents.annual import ANNUAL
from reports.documents.minutes import CONCLUSIONS, MINUTES
from reports.documents.quarterly import QUARTERLY
from reports.documents.section import Figures, MeetingSources, Outline, Sources
from reports.documents.section import gather as gather_sections

OUTLINES: dict[str, Outline] = {
    "annual": ANNUAL,
    "quarterly": QUARTERLY,
    "minutes": MINUTES,
    "conclusions": CONCLUSIONS,
}


def gather(kind: str, query: SummaryQuery, user: User) -> Figures:
    """Everything a report prints, as the user may see it; plain JSON, labels in Vietnamese."""
    return {
        "kind": kind,
        **figures.head(query, user),
        **_gathered(OUTLINES[kind], Sources(query, user)),
    }


def gather_meeting(kind: str, meeting: Meeting, user: User) -> Figures:
    """The same of a document about a meeting."""
    return {
        **meetings.head(kind, meeting),
        **_gathered(OUTLINES[kind], MeetingSources(meeting, user)),
    }


def _gathered(outline: Outline, sources: Any) -> Figures:
    with translation.override("vi"):
        return gather_sections(outline.sections, sources)


def called(kind: str, table: str, field: str = "") -> str:
    """What a table of a kind of document is called, or a field of it, or a whole row of it."""
    found = OUTLINES[kind].tables[table]
    if not field:
        return str(found.called)
    return str(_("row") if field == "row" else found.fields[field])
