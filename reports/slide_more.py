"""What the room also asks about: the difficulties, and the plan of the year after."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from disbursements.against_plan import against_plan
from disbursements.plans.services import approved_version
from monitoring.models import Difficulty
from monitoring.models.difficulties import DifficultyState
from programs.years.services import year_after
from reports.page_query import PageQuery
from reports.summary import records_by_key

MOST = 16  # difficulties


def difficulties(page: PageQuery, user: User) -> list[Difficulty]:
    """Of the year and what it is narrowed to, those not resolved first."""
    rows = Difficulty.objects.visible_to(user).in_year(page.year)
    rows = rows.filter(raised_on__lte=page.until)
    if page.programs:
        rows = rows.filter(Q(program__in=page.programs) | Q(program=None))
    if page.communes:
        rows = rows.filter(Q(commune__in=page.communes) | Q(commune=None))
    found = list(rows.select_related("program", "commune").order_by("raised_on", "pk"))
    return sorted(found, key=lambda row: row.state == DifficultyState.RESOLVED)


def difficulties_said(rows: list[Difficulty]) -> str:
    unresolved = sum(row.state != DifficultyState.RESOLVED for row in rows)
    return _("%(count)s difficulties, %(open)s of them not resolved yet.") % {
        "count": display.number(len(rows)),
        "open": display.number(unresolved),
    }


def difficulty_cells(row: Difficulty) -> list[str]:
    """What, where, who, by when, and how it stands."""
    where = " · ".join(
        str(each) for each in (row.program and row.program.code, row.commune) if each
    )
    due = display.day(row.due_date) if row.due_date else display.NOTHING
    owner = row.owner or display.NOTHING
    return [row.title, where or _("All"), owner, due, str(row.get_state_display())]


def next_plan(page: PageQuery, user: User) -> dict[str, object] | None:
    """The approved plan of the year after, by programme; None while there is none."""
    year = year_after(page.year)
    if year is None or approved_version(year) is None:
        return None
    whole = {"as_of": None, "quarter": None, "month": None, "compare": None, "plan": "current"}
    asked = page.narrowed(years=(year,), **whole)
    if not asked.knows_communes:
        return None
    then = against_plan(asked.cut("program"), user)
    planned = {pk: sums for pk, sums in then.by("program").items() if sums.planned}
    names = records_by_key("program", then.rows)
    rows = [(str(names[pk]), display.short(planned[pk].planned)) for pk in names if pk in planned]
    return {"year": year.code, "total": then.total.planned, "rows": rows}


def next_plan_said(plan: dict[str, Any]) -> str:
    return _("The approved plan of %(year)s is %(amount)s for %(count)s programmes.") % {
        "year": plan["year"],
        "amount": display.qualified(plan["total"]),
        "count": display.number(len(plan["rows"])),
    }
