"""What lies behind the variances: cause, words, the decision, the plan that followed."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from core.values import display
from monitoring.models.variance import Cause
from monitoring.variance.services import Variance, as_explained, ended_quarters
from programs.models import FiscalYear
from reports.documents import wording
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
from reports.summary import percent


def find(sources: Sources) -> Figures:
    """Explained at the end of the report's quarter; of a year at its last that is over."""
    query = sources.query
    ended = ended_quarters(query.year, query.until + timedelta(days=1))
    quarter = query.quarter or (ended[-1] if ended else 1)
    return _figures(as_explained(sources.user, query.year, quarter), query.year, quarter)


def find_of_meeting(sources: MeetingSources) -> Figures | None:
    """Explained at the end of the year that the meeting is about."""
    year = sources.meeting.fiscal_year
    return _figures(as_explained(sources.user, year, 4), year, 4) if year else None


def _figures(items: Iterable[Variance], year: FiscalYear, quarter: int) -> Figures:
    return {
        "query": f"/api/v1/variances/?fiscal_year={year.code}&quarter={quarter}",
        "quarter": quarter,
        "rows": [_row(item) for item in items],
    }


def _row(item: Variance) -> Row:
    note = item.note
    assert note is not None
    return {
        "id": note.pk,
        "label": f"{item.program.code}, {item.commune or item.activity}",
        "planned_to_date": item.planned,
        "disbursed": item.disbursed,
        "balance": item.planned - item.disbursed,
        "rate_to_date": percent(item.rate),
        "cause": "" if note.cause == Cause.OTHER else str(note.get_cause_display()),
        "explanation": note.text,
        "decision": note.decision,
        "plan": note.plan_version.title if note.plan_version else "",
    }


def write(to: Writer, report: Report) -> None:
    if rows := report.rows("variances"):
        quarter = wording.quarter_name(report.table("variances")["quarter"])
        to.part(
            say(
                f"Nguyên nhân chênh lệch so với kế hoạch lũy kế đến hết {wording.inside(quarter)}",
                f"What lies behind the variances to the end of {quarter}",
            )
        )
        to.items(_paragraph(row) for row in rows)


def _paragraph(row: Row) -> str:
    """One variance in a paragraph: how far off, why, by which decision, taken up where."""
    parts = [f"{row['label']}: {_standing_in_words(row)}"]
    parts += [f"{say('Nguyên nhân', 'Cause')}: {row['cause']}"] if row["cause"] else []
    parts.append(row["explanation"])
    parts += (
        [f"{say('Quyết định cho phép', 'Decision')}: {row['decision']}"] if row["decision"] else []
    )
    parts += [f"{say('Đã đưa vào', 'Taken up in')}: {row['plan']}"] if row["plan"] else []
    return " ".join(part.rstrip(". ") + "." for part in parts)


def _standing_in_words(row: Row) -> str:
    """'giải ngân 398.016.000 đồng, đạt 72% kế hoạch, còn 154.784.000 đồng'."""
    amount = display.number(row["disbursed"])
    money = say(f"giải ngân {amount} đồng", f"disbursed {amount} đồng")
    if row["rate_to_date"] is None:
        return money + say(", không có kế hoạch", ", nothing was planned")
    rate, rest = wording.percent(row["rate_to_date"]), wording.balance_cell(row["balance"])
    return money + say(f", đạt {rate} kế hoạch, {rest} đồng", f", {rate} of the plan, {rest} đồng")


FIELDS = {
    "planned_to_date": _("planned to date"),
    "disbursed": _("disbursed"),
    "balance": _("remaining"),
    "rate_to_date": _("rate to date"),
    "cause": _("cause"),
    "explanation": _("explanation"),
    "decision": _("decision"),
    "plan": _("plan that took it up"),
}
CALLED = _("What lies behind the variances")
SECTION = Section(write, {"variances": Table(CALLED, find, FIELDS)})
OF_MEETING = Section(write, {"variances": Table(CALLED, find_of_meeting, FIELDS)})
