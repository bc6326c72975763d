"""Where somebody went to see for themselves, and what they saw; who means to go where, and when."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from monitoring.models.visits import VisitState
from programs.models import add_months
from reports.documents.blocks import Column, Writer
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
    to.say(f"Đã tổ chức {len(rows)} đợt giám sát.", f"{len(rows)} monitoring visits were made.")
    to.items(_visit(row) for row in rows)


def _visit(row: Row) -> str:
    where = say(f"Ngày {row['date']}, xã", f"{row['date']}, commune of")
    parts = [f"{where} {row['commune_name']}, {row['title']}: {row['seen']}"]
    if row["advice"]:
        parts.append(f"{say('Kiến nghị', 'Advice')}: {row['advice']}")
    return " ".join(part.rstrip(". ") + "." for part in parts)


FIELDS = {"date": _("date"), "seen": _("what was seen"), "advice": _("advice given")}
SECTION = Section(write, {"visits": Table(_("Monitoring visits"), find, FIELDS)})


def find_planned(sources: Sources) -> Figures:
    """Visits planned for the time after the span, up to the end of the year after."""
    query = sources.query
    first = query.span[1] + timedelta(days=1)
    last = add_months(query.year.start, 24) - timedelta(days=1)
    return {
        "query": f"/api/v1/visits/?state=planned&date_from={first}&date_to={last}",
        "rows": [
            {**went(row), "who": row.who}
            for row in visits(sources)
            if row.state == VisitState.PLANNED
        ],
    }


def write_planned(to: Writer, report: Report) -> None:
    rows = report.rows("planned_visits")
    if not rows:
        return
    to.table(
        say("Kế hoạch giám sát", "Planned monitoring visits"),
        [
            Column(say("Ngày", "Date"), 24, number=False),
            Column(say("Xã", "Commune"), 26, number=False),
            Column(say("Nội dung", "What"), 50, number=False),
            Column(say("Thành phần", "Who"), 60, number=False),
        ],
        [[row["date"], row["commune_name"], row["title"], row["who"]] for row in rows],
    )


AHEAD = {"date": _("date"), "who": _("who")}
PLANNED = Section(
    write_planned, {"planned_visits": Table(_("Planned visits"), find_planned, AHEAD)}
)
