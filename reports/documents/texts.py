"""The text blocks of a report that people write: which there are, and where they are kept."""

from typing import Any

from reports.documents.kinds import OUTLINES
from reports.models import WHOLE_YEAR, ReportDraft


def blocks_of(kind: str) -> dict[str, str]:
    """Name and label of each text block of a kind, in the order of the report."""
    return OUTLINES[kind].texts()


def draft_of(kind: str, year: Any, quarter: int | None) -> ReportDraft:
    """The draft as saved, or a new one that is not saved yet."""
    key = {"kind": kind, "fiscal_year": year, "quarter": quarter or WHOLE_YEAR}
    return ReportDraft.objects.filter(**key).first() or ReportDraft(**key)
