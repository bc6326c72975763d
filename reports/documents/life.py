"""The programme's life as figures of a report: works, agreements, difficulties, proposals, tasks.

Each is `{"query", "rows"}` of plain JSON like the summaries: the address names the API's list that
shows the same records. Labels are Vietnamese, as documents are.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import translation

from accounts.models import User
from core.values.dates import format_date
from monitoring.models import ActionPoint, Difficulty, Meeting, Proposal, StatedOutcome
from monitoring.models.action_points import ActionKind
from programs.models.agreements import Agreement
from programs.outputs.services import delivered
from programs.summary_query import SummaryQuery
from programs.years.services import year_after
from reports.documents.life_results import find_planned_visits, find_results, find_visits

Table = dict[str, Any]


def gather(query: SummaryQuery, user: User) -> dict[str, Table]:
    """All of them, as the user may see them."""
    with translation.override("vi"):
        return {name: find(query, user) for name, find in LISTS.items()}


def _outputs(query: SummaryQuery, user: User) -> Table:
    """What was handed over: of the year, or with its day of handover in the quarter."""
    rows = delivered(user, query.year, query.until)
    if query.quarter is not None:
        first, last = query.span
        rows = [row for row in rows if row.handed_over_on and first <= row.handed_over_on <= last]
    return {
        "query": f"/api/v1/outputs/?fiscal_year={query.year.code}",
        "rows": [
            {
                "id": row.pk,
                "title": row.title,
                "program": row.program.code,
                "kind": str(row.get_kind_display()),
                "communes": _names(row.communes.all()),
                "quantity": row.quantity,
                "unit": row.unit,
                "state": str(row.get_state_display()),
            }
            for row in rows
        ],
    }


def _agreements(query: SummaryQuery, user: User) -> Table:
    """Agreements of the year, those due or signed within the span; at its end the next year's."""
    wanted = (
        Q(fiscal_years=query.year)
        | Q(due_date__range=query.span)
        | Q(signed_date__range=query.span)
    )
    if query.quarter is None:
        wanted |= Q(fiscal_years__start=query.year.end + timedelta(days=1))
    rows = Agreement.objects.visible_to(user).filter(wanted).distinct()
    return {
        "query": f"/api/v1/agreements/?fiscal_year={query.year.code}",
        "rows": [
            {
                "id": row.pk,
                "kind": row.kind,
                "title": row.title,
                "due": row.due_text,
                "signed": _day(row.signed_date),
            }
            for row in rows
        ],
    }


def _difficulties(query: SummaryQuery, user: User) -> Table:
    """Raised in the year or carried into it; in the annual report also what its review named."""
    seen = Difficulty.objects.visible_to(user)
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
                "where": _about(row),
                "effect": row.effect,
                "solution": row.solution,
                "owner": row.owner,
                "due": _day(row.due_date),
                "state": str(row.get_state_display()),
                "result": row.result,
            }
            for row in rows.select_related("program", "commune")
        ],
    }


def _proposals(query: SummaryQuery, user: User) -> Table:
    """What is proposed for the year after, with what the board made of it."""
    following = year_after(query.year)
    rows = Proposal.objects.visible_to(user).filter(fiscal_year=following)
    return {
        "query": f"/api/v1/proposals/?fiscal_year={following.code if following else ''}",
        "rows": [
            {
                "id": row.pk,
                "title": row.title,
                "program": row.program.code,
                "commune_name": row.commune.name,
                "estimate": row.estimate,
                "state": row.state,
                "state_name": str(row.get_state_display()),
            }
            for row in rows.select_related("program", "commune")
        ],
    }


def _action_points(query: SummaryQuery, user: User) -> Table:
    """What is still to be done."""
    rows = ActionPoint.objects.visible_to(user).filter(kind=ActionKind.TASK, state="open")
    return {
        "query": "/api/v1/action-points/?kind=task&state=open",
        "rows": action_rows(rows.select_related("assignee_user")),
    }


def _requests(query: SummaryQuery, user: User) -> Table:
    """What was asked for and is open still, and what the year's meetings asked, whatever came."""
    about = Q(state="open") | Q(meeting__fiscal_year=query.year)
    rows = ActionPoint.objects.visible_to(user).filter(about, kind=ActionKind.REQUEST)
    return {
        "query": "/api/v1/action-points/?kind=request",
        "rows": action_rows(rows.select_related("assignee_user")),
    }


def _outcomes(query: SummaryQuery, user: User) -> Table:
    """What was stated of the year in words, at its meetings."""
    seen = Meeting.objects.visible_to(user).filter(fiscal_year=query.year)
    rows = StatedOutcome.objects.filter(meeting__in=seen).select_related("program")
    return {
        "query": f"/api/v1/meetings/?fiscal_year={query.year.code}",
        "rows": outcome_rows(rows),
    }


def outcome_rows(rows: Any) -> list[dict[str, Any]]:
    """Stated outcomes as they are printed, in the order of the programmes, of all last."""
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


def action_rows(rows: Any) -> list[dict[str, Any]]:
    """Action points as they are printed."""
    return [
        {
            "id": row.pk,
            "title": row.title,
            "assignee": row.assignee,
            "due": _day(row.due_date),
            "state": str(row.get_state_display()),
        }
        for row in rows
    ]


def _about(row: Any) -> str:
    """'Phòng, chống bạo lực trên cơ sở giới; xã Bản Lang', or '' where it is about all."""
    parts = [row.program.name if row.program else "", f"xã {row.commune}" if row.commune else ""]
    return "; ".join(part for part in parts if part)


def _names(communes: Any) -> str:
    return ", ".join(commune.name for commune in communes)


def _day(day: Any) -> str:
    return format_date(day) if day else ""


LISTS: dict[str, Callable[[SummaryQuery, Any], Table]] = {
    "results": find_results,
    "visits": find_visits,
    "planned_visits": find_planned_visits,
    "outcomes": _outcomes,
    "outputs": _outputs,
    "agreements": _agreements,
    "difficulties": _difficulties,
    "proposals": _proposals,
    "action_points": _action_points,
    "requests": _requests,
}
