"""The text blocks of a report that people write: which there are, and where they are kept."""

from programs.models.years import FiscalYear
from reports.documents.kinds import OUTLINES
from reports.models import WHOLE_YEAR, ReportDraft


def blocks_of(kind: str) -> dict[str, str]:
    """Name and label of each text block of a kind, in the order of the report."""
    return OUTLINES[kind].texts()


def draft_of(kind: str, year: FiscalYear, quarter: int | None) -> ReportDraft:
    """The draft as saved, or a new one that is not saved yet."""
    key = {"kind": kind, "fiscal_year": year, "quarter": quarter or WHOLE_YEAR}
    return ReportDraft.objects.filter(**key).first() or ReportDraft(**key)


def begun(draft: ReportDraft, suggested: dict[str, str]) -> dict[str, str]:
    """The text as it stands: as saved, or what the figures suggest while nobody has saved any."""
    return draft.texts if draft.pk else suggested


def moved(draft: ReportDraft, suggested: dict[str, str]) -> dict[str, str]:
    """The written blocks whose figures say something else than when they were written: what they
    say now. Of a text of before the portal kept that, nothing is known."""
    if not draft.suggested:
        return {}
    return {
        name: suggested.get(name, "")
        for name in draft.texts
        if suggested.get(name, "") != draft.suggested.get(name, "")
    }
