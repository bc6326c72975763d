"""The sentence of each slide, what the room should remember; and what the room also asks about: the
difficulties, and the plan of the year after."""

from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from disbursements.against_plan import against_plan
from disbursements.plans.services import approved_version
from monitoring.models import Difficulty
from monitoring.models.difficulties import DifficultyState
from monitoring.reviews.services.followed_up import FollowedUp, Outcome
from programs.years.services import year_after
from reports.dashboard.late import Late
from reports.dashboard.tables import Line
from reports.page_query import PageQuery
from reports.plan_beside_money.explanations import Explanation
from reports.summary import records_by_key

MOST = 16  # difficulties


def course(data: dict[str, Any]) -> str:
    quarters = data["quarters"]
    if not quarters:
        return str(data["headline"])
    return _("%(rate)s of the year's plan; the quarters stood at %(quarters)s.") % {
        "rate": data["total"].rate,
        "quarters": " · ".join(line.rate for line in quarters),
    }


def furthest(lines: list[Line]) -> str:
    """Who is furthest above and who furthest below."""
    known = [line for line in lines if line.value is not None]
    if len(known) < 2:
        return ""
    known.sort(key=lambda line: line.value)  # type: ignore[arg-type, return-value]
    return _("From %(low)s (%(low_rate)s) to %(high)s (%(high_rate)s).") % {
        "low": known[0].name,
        "low_rate": known[0].rate,
        "high": known[-1].name,
        "high_rate": known[-1].rate,
    }


def lowest(heat: dict[str, Any]) -> str:
    """The commune that stands lowest."""
    rows = heat["rows"]
    if not rows:
        return ""
    return _("%(commune)s stands lowest, at %(rate)s of its plan.") % {
        "commune": rows[0]["name"],
        "rate": rows[0]["rate"],
    }


def worst(heat: dict[str, Any]) -> str:
    """The programme and commune that stand lowest."""
    if not heat["worst"]:
        return ""
    text = _("%(program)s in %(commune)s is furthest behind: %(rate)s of its plan.")
    return str(text % heat["worst"])


def late(cells: list[Late]) -> str:
    if not cells:
        return _("Nobody is late against the plan to date.")
    return _("%(count)s of the cells are late; the latest: %(name)s, %(rate)s.") % {
        "count": display.number(len(cells)),
        "name": cells[0].name,
        "rate": cells[0].rate,
    }


def why(said: list[Explanation]) -> str:
    return _("%(count)s variances are explained.") % {"count": display.number(len(said))}


def due(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return _("Nothing is due.")
    return _("%(count)s things are due, %(late)s of them overdue.") % {
        "count": display.number(len(entries)),
        "late": display.number(sum(bool(entry["late"]) for entry in entries)),
    }


def classes(trainings: dict[str, Any]) -> str:
    total = trainings["total"]
    return _("%(classes)s classes, %(people)s participants, %(share)s of them women.") % {
        "classes": total["trainings"],
        "people": total["participants"],
        "share": total["female_share"],
    }


def stated(rows: list[dict[str, object]]) -> str:
    agreeing = sum(bool(row["agrees"]) for row in rows)
    return _("%(agreeing)s of %(all)s stated figures agree with the portal.") % {
        "agreeing": display.number(agreeing),
        "all": display.number(len(rows)),
    }


def last_review(found: list[FollowedUp]) -> str:
    """How many conclusions there were, and how many stand how."""
    counts = Counter(each.outcome for each in found)
    stand = ", ".join(
        f"{display.number(counts[each])} {str(each.label).lower()}"
        for each in Outcome
        if counts[each]
    )
    return _("%(count)s conclusions and requests of the last review: %(stand)s.") % {
        "count": display.number(len(found)),
        "stand": stand,
    }


def of_review(key: str, rows: list[list[object]]) -> str:
    """What a page of the annual review shows, in a sentence."""
    count = display.number(len(rows))
    if key == "outcomes":
        return _("What was reached, as the review put it.")
    if key == "requests":
        return _("%(count)s requests were made at the review.") % {"count": count}
    if key == "discussed":
        return _("Shortcomings, difficulties, challenges and solutions.")
    return _("Who came to the review, and who spoke.")


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
