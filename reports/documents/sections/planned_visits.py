"""Who means to go where, and when: the district board, Plan, the commune boards."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from monitoring.models.visits import VisitState
from programs.models import add_months
from reports.documents.blocks import Column, Writer
from reports.documents.records import visits, went
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.documents.wording import say


def find(sources: Sources) -> Figures:
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


def write(to: Writer, report: Report) -> None:
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


FIELDS = {"date": _("date"), "who": _("who")}
SECTION = Section(write, {"planned_visits": Table(_("Planned visits"), find, FIELDS)})
