"""What was reached in the words of those who said it, programme by programme."""

from collections.abc import Callable
from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from monitoring.models import Meeting, StatedOutcome
from reports.documents.blocks import Writer
from reports.documents.section import (
    Figures,
    MeetingSources,
    Report,
    Row,
    Section,
    Sources,
    Table,
)
from reports.documents.wording import say


def find(sources: Sources) -> Figures:
    """What was stated of the year at its meetings."""
    year = sources.query.year
    seen = Meeting.objects.visible_to(sources.user).filter(fiscal_year=year)
    rows = StatedOutcome.objects.filter(meeting__in=seen).select_related("program")
    return {"query": f"/api/v1/meetings/?fiscal_year={year.code}", "rows": _rows(rows)}


def find_of_meeting(sources: MeetingSources) -> Figures:
    rows = sources.meeting.stated_outcomes.select_related("program")  # type: ignore[attr-defined]
    return {"query": f"/api/v1/meetings/{sources.meeting.pk}/", "rows": _rows(rows)}


def _rows(rows: QuerySet[StatedOutcome]) -> list[Row]:
    """As they are printed, in the order of the programmes, of all last."""
    ordered = sorted(rows, key=lambda row: (row.program is None, row.program and row.program.order))
    return [
        {
            "id": row.pk,
            "program": row.program.code if row.program else "",
            "program_name": row.program.name if row.program else "Các chương trình",
            "text": row.text,
            "source": row.source,
        }
        for row in ordered
    ]


def write(to: Writer, report: Report) -> None:
    _outcomes(to, report.rows("outcomes"), to.section)


def write_of_meeting(to: Writer, report: Report) -> None:
    _outcomes(to, report.rows("outcomes"), to.part)


def _outcomes(to: Writer, rows: list[Row], heading: Callable[[str], None]) -> None:
    if not rows:
        return
    heading(say("Kết quả nêu theo chương trình", "Outcomes as stated, by programme"))
    for name, said in groupby(rows, key=lambda row: row["program_name"]):
        to.text(f"{name}:")
        to.items(row["text"] for row in said)
    sources = dict.fromkeys(row["source"] for row in rows if row["source"])
    to.text(f"{say('Nguồn', 'Source')}: {'; '.join(sources)}." if sources else "")


CALLED, FIELDS = _("Stated outcomes"), {"text": _("text"), "source": _("source")}
SECTION = Section(write, {"outcomes": Table(CALLED, find, FIELDS)})
OF_MEETING = Section(write_of_meeting, {"outcomes": Table(CALLED, find_of_meeting, FIELDS)})
