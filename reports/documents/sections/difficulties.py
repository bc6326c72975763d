"""Difficulties and their solutions."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.models import Difficulty
from reports.documents.blocks import Writer
from reports.documents.records import about, day
from reports.documents.section import Figures, Report, Row, Section, Sources, Table
from reports.documents.wording import inside, say


def find(sources: Sources) -> Figures:
    """Raised in the year or carried into it; in the annual report also what its review named."""
    query = sources.query
    seen = Difficulty.objects.visible_to(sources.user)
    wanted = Q(
        pk__in=seen.in_year(query.year).order_by().values("pk"),
        raised_on__lte=min(query.span[1], query.until),
    )
    if query.quarter is None:
        wanted |= Q(meeting__fiscal_year=query.year)
    rows = seen.filter(wanted)
    return {
        "query": f"/api/v1/difficulties/?fiscal_year={query.year.code}",
        "rows": [
            {
                "id": row.pk,
                "title": row.title,
                "where": about(row),
                "effect": row.effect,
                "solution": row.solution,
                "owner": row.owner,
                "due": day(row.due_date),
                "state": str(row.get_state_display()),
                "result": row.result,
            }
            for row in rows.select_related("program", "commune")
        ],
    }


def texts() -> Mapping[str, str]:
    return {"difficulties": _now("Difficulties"), "solutions": _now("Proposed solutions")}


def write(to: Writer, report: Report) -> None:
    rows = report.rows("difficulties")
    written = [text for name in texts() if (text := report.text(name))]
    if not rows and not written:
        return
    to.section(say("Khó khăn, vướng mắc và giải pháp", "Difficulties and solutions"))
    to.items(_difficulty(row) for row in rows)
    for text in written:
        to.text(text)


def _difficulty(row: Row) -> str:
    """One difficulty in a paragraph: what, where, effect, solution, by whom, until when."""
    where = f" ({row['where']})" if row["where"] else ""
    parts = [f"{row['title']}{where}: {row['effect']}"]
    if row["solution"]:
        parts.append(f"{say('Giải pháp', 'Solution')}: {row['solution']}")
    if row["owner"]:
        parts.append(f"{say('Đơn vị chịu trách nhiệm', 'Responsible')}: {row['owner']}")
    if row["due"]:
        parts.append(f"{say('Thời hạn', 'Due')}: {row['due']}")
    if row["result"]:
        parts.append(f"{say('Kết quả', 'Result')}: {row['result']}")
    else:
        parts.append(f"{say('Tình trạng', 'State')}: {row['state']}")
    return " ".join(part.rstrip(". ") + "." for part in parts)


def suggest(report: Report) -> Mapping[str, str]:
    """How many of each state; what is still to be tried."""
    rows = report.rows("difficulties")
    states = Counter(inside(row["state"]) for row in rows)
    counted = ", ".join(f"{count} {state}" for state, count in states.items())
    solutions = dict.fromkeys(
        row["solution"].rstrip(". ") for row in rows if row["solution"] and not row["result"]
    )
    return {
        "difficulties": say(
            f"Có {len(rows)} khó khăn, vướng mắc: {counted}.",
            f"{len(rows)} difficulties: {counted}.",
        )
        if rows
        else "",
        "solutions": f"{say('Tiếp tục thực hiện', 'To go on with')}: {'; '.join(solutions)}."
        if solutions
        else "",
    }


FIELDS = {
    "where": _("where"),
    "effect": _("effect"),
    "solution": _("proposed solution"),
    "owner": _("responsible body"),
    "due": _("due"),
    "state": _("state"),
    "result": _("result"),
}
SECTION = Section(write, {"difficulties": Table(_("Difficulties"), find, FIELDS)}, texts, suggest)
