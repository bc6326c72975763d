"""The kinds of documents, and what each gathers and is built from: its outline."""

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from monitoring.models import Meeting
from programs.models import Fund
from programs.summary_query import SummaryQuery
from reports.documents import english, figures, meetings
from reports.documents.blocks import Document
from reports.documents.outlines import OUTLINES
from reports.documents.section import Figures, FundSources, MeetingSources, Outline, Report, Sources
from reports.documents.section import gather as gather_sections


def gather(kind: str, query: SummaryQuery, user: User) -> Figures:
    """Everything a report prints, as the user may see it; plain JSON, labels in Vietnamese."""
    return _of_days(kind, Sources(query, user))


def gather_statement(query: SummaryQuery, fund: Fund, user: User) -> Figures:
    """The same of a fund."""
    found = _of_days("statement", FundSources(query.narrowed(funds=(fund,)), user))
    return {**found, "fund": {"code": fund.code, "name": fund.name}}


def _of_days(kind: str, sources: Sources) -> Figures:
    return {
        "kind": kind,
        **figures.head(sources.query, sources.user),
        "english": english.names(sources),
        **_gather_in_vietnamese(OUTLINES[kind], sources),
    }


def gather_meeting(kind: str, meeting: Meeting, user: User) -> Figures:
    """The same of a document about a meeting."""
    return {
        **meetings.head(kind, meeting),
        **_gather_in_vietnamese(OUTLINES[kind], MeetingSources(meeting, user)),
    }


def _gather_in_vietnamese(outline: Outline, sources: object) -> Figures:
    with translation.override("vi"):
        return gather_sections(outline.sections, sources)


def build(report: Report, kind: str, language: str) -> Document:
    """The document, in Vietnamese or English from the same figures. What people wrote is
    Vietnamese: the English edition leaves it out, and says so."""
    if language == "en":
        report = replace(report, figures=english.in_english(report.figures), texts={})
    with translation.override(language):
        return OUTLINES[kind].build(report)


def called(kind: str, table: str, field: str = "") -> str:
    """What a table of a kind of document is called, or a field of it, or a whole row of it."""
    found = OUTLINES[kind].tables[table]
    if not field:
        return str(found.called)
    return str(_("row") if field == "row" else found.fields[field])
