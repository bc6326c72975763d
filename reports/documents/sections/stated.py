"""Figures that were stated at a meeting, in the words of who stated them."""

from django.utils.translation import gettext_lazy as _

from core.values.display import NOTHING
from monitoring.models import StatedFigure
from reports.documents.blocks import Writer
from reports.documents.section import Figures, MeetingSources, Report, Row, Section, Table


def find(sources: MeetingSources) -> Figures:
    rows = sources.meeting.stated_figures.all()  # type: ignore[attr-defined]
    return {
        "query": f"/api/v1/meetings/{sources.meeting.pk}/",
        "rows": [_stated(row) for row in rows],
    }


def _stated(row: StatedFigure) -> Row:
    return {
        "id": row.pk,
        "label": row.label,
        "text": row.text,
        "as_of": row.as_of_said,
        "source": row.source,
    }


def write(to: Writer, report: Report) -> None:
    if rows := report.rows("stated_figures"):
        to.part("Số liệu nêu tại hội nghị")
        to.items(_sentence(row) for row in rows)


def _sentence(row: Row) -> str:
    as_of = f", {row['as_of']}" if row.get("as_of", NOTHING) != NOTHING else ""
    return f"{row['label']}: {row['text']}{as_of}."


FIELDS = {"text": _("text"), "as_of": _("as of"), "source": _("source")}
OF_MEETING = Section(write, {"stated_figures": Table(_("Stated figures"), find, FIELDS)})
