"""The text blocks of a report that people write: which there are, and where they stand."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.models import Program
from reports.models import WHOLE_YEAR, ReportDraft

BLOCKS = {
    "opening": gettext_lazy("Opening"),
    "results": gettext_lazy("Results in general"),
    "communes": gettext_lazy("Results by commune"),
    "trainings": gettext_lazy("Training classes"),
    "outputs": gettext_lazy("Works and equipment"),
    "agreements": gettext_lazy("Cooperation agreements"),
    "difficulties": gettext_lazy("Difficulties"),
    "solutions": gettext_lazy("Proposed solutions"),
    "tasks": gettext_lazy("Main tasks of the time to come"),
    "recommendations": gettext_lazy("Recommendations"),
}


def blocks_of(kind: str) -> dict[str, str]:
    """Name and label of each text block of a kind, in the order of the report."""
    if kind not in ("annual", "quarterly"):
        return {}
    labels = {name: str(label) for name, label in BLOCKS.items()}
    programs = {
        f"program_{program.code}": _("Results: %(program)s") % {"program": program.local_name}
        for program in Program.objects.all()
    }
    first = {name: labels.pop(name) for name in ("opening", "results")}
    return {**first, **programs, **labels}


def draft_of(kind: str, year: Any, quarter: int | None) -> ReportDraft:
    """The draft as saved, or a new one that is not saved yet."""
    key = {"kind": kind, "fiscal_year": year, "quarter": quarter or WHOLE_YEAR}
    return ReportDraft.objects.filter(**key).first() or ReportDraft(**key)
