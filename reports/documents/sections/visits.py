"""Where somebody went to see for themselves, and what they saw."""

from django.utils.translation import gettext_lazy as _

from monitoring.models.visits import VisitState
from reports.documents.blocks import Writer
from reports.documents.records import visits, went
from reports.documents.section import Figures, Report, Row, Section, Sources, Table
from reports.documents.wording import say


def find(sources: Sources) -> Figures:
    """Monitoring visits made within the span, the earliest first."""
    query = sources.query
    first, last = query.span[0], min(query.span[1], query.until)
    return {
        "query": f"/api/v1/visits/?state=made&date_from={first}&date_to={last}",
        "rows": [
            {**went(row), "seen": row.seen, "advice": row.advice}
            for row in visits(sources)
            if row.state == VisitState.MADE
        ],
    }


def write(to: Writer, report: Report) -> None:
    rows = report.rows("visits")
    if not rows:
        return
    to.section(say("Giám sát", "Monitoring"))
    to.text(
        say(f"Đã tổ chức {len(rows)} đợt giám sát.", f"{len(rows)} monitoring visits were made.")
    )
    to.items(_visit(row) for row in rows)


def _visit(row: Row) -> str:
    where = say(f"Ngày {row['date']}, xã", f"{row['date']}, commune of")
    parts = [f"{where} {row['commune_name']}, {row['title']}: {row['seen']}"]
    if row["advice"]:
        parts.append(f"{say('Kiến nghị', 'Advice')}: {row['advice']}")
    return " ".join(part.rstrip(". ") + "." for part in parts)


FIELDS = {"date": _("date"), "seen": _("what was seen"), "advice": _("advice given")}
SECTION = Section(write, {"visits": Table(_("Monitoring visits"), find, FIELDS)})
