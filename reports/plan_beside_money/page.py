"""The page of a cut: what was gathered, formatted, each figure with the rows it is made of."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import EXPLAIN_VARIANCE, VIEW
from core.services.access import requires
from core.services.request_cache import read_once
from core.values import display
from core.values.dates import QUARTERS
from disbursements.forecast import OVER, UNDER, WITHIN, Expected
from disbursements.models import Disbursement
from monitoring.models.variance import Cause
from reports.dashboard.standing import key_figures
from reports.dashboard.tables import Before, Line, line, lines
from reports.filter_context import filter_context, subject
from reports.filters import from_query
from reports.page_query import PageQuery
from reports.plan_beside_money.explanations import Explanation, variance_facts
from reports.plan_beside_money.gathered import MOST, MOST_LINES, Gathered, gather


@requires(VIEW)
@read_once()
def beside_money_page(request: PersonRequest) -> HttpResponse:
    """Plan, money and reasons of a programme, commune, quarter, or any of these together."""
    page = from_query(request.GET, request.user)
    found = gather(page, request.user)
    context = {
        **filter_context(page, request),
        **context_of(found),
        "title": subject(page),
        "back": f"{reverse('dashboard')}?{page.widened().to_query()}",
        "may_explain": request.user.can(EXPLAIN_VARIANCE),
    }
    status = 400 if page.errors else 200
    return render(request, "reports/beside.html", context, status=status)


def context_of(found: Gathered) -> dict[str, object]:
    page, answer = found.page, found.answer
    before = _before(found)
    activities = activity_lines(found, before)
    return {
        "figures": key_figures(page, answer.total, before=before),
        "quarters": quarter_tabs(found),
        "tables": tables(found, before),
        "activities": activities[:MOST_LINES],
        "activities_more": display.number(len(activities) - MOST_LINES)
        if len(activities) > MOST_LINES
        else "",
        "activities_href": page.detail(show="planned"),
        "before": before.page.year.code if before else "",
        "reasons": [reason(said) for said in found.said[:MOST]],
        "unexplained": [variance_facts(item) for item in found.unexplained[:MOST]],
        "variances_href": variances_href(page),
        "has_more_reasons": len(found.said) > MOST or len(found.unexplained) > MOST,
        "forecast": [forecast_line(found, row) for row in found.expected],
        "seen": [difficulties(found), visits(found)],
        "behind": [classes(found), vouchers(found)],
        "waits": bool(answer.total.pending),
        "is_empty": not answer.rows,
    }


def _before(found: Gathered) -> Before | None:
    if found.before is None or found.before_answer is None:
        return None
    return Before(found.before, found.before_answer)


def quarter_tabs(found: Gathered) -> list[dict[str, object]]:
    """The year and its quarters, each with its rate."""
    page = found.page.narrowed(month=None)
    chosen = 0 if found.page.month else page.quarter

    def tab(label: str, quarter: int | None, rate: str = "") -> dict[str, object]:
        href, current = page.beside(quarter=quarter), chosen == quarter
        return {"label": label, "rate": rate, "href": href, "current": current}

    rates = {quarter: display.percent(sums.rate) for quarter, sums in found.quarters.items()}
    names = {quarter: display.quarter(quarter, page.year.start) for quarter in QUARTERS}
    return [
        tab(_("Whole year"), None),
        *(tab(names[q], q, rates.get(q, display.NOTHING)) for q in QUARTERS),
    ]


def tables(found: Gathered, before: Before | None) -> list[dict[str, object]]:
    """By programme and by commune, as far as the cut has several."""
    page, answer, names = found.page, found.answer, found.names
    tables = (
        (_("By programme"), _("Programme"), lines(page, answer, "program", names.programs, before)),
        (_("By commune"), _("Commune"), lines(page, answer, "commune", names.communes, before)),
    )
    return [
        {"title": title, "first": first, "lines": rows}
        for title, first, rows in tables
        if len(rows) > 1
    ]


def activity_lines(found: Gathered, before: Before | None) -> list[Line]:
    then = before.answer.by("activity") if before else {}
    return [
        line(
            found.page,
            f"{row.code} {row.title}",
            sums,
            before=before,
            then_sums=then.get(row.pk),
            activities=(row,),
        )
        for row, sums in found.activities
    ]


def reason(said: Explanation) -> dict[str, object]:
    """An explanation: its cause, its words, what allowed it and what followed, who gave it."""
    note, plan = said.note, said.plan
    return {
        **variance_facts(said.item),
        "cause": "" if note.cause == Cause.OTHER else note.get_cause_display(),
        "text": note.text,
        "decision": note.decision,
        "plan": str(plan) if plan else "",
        "plan_href": reverse("plan-version", args=[plan.pk]) if plan else "",
        "by": said.by,
        "at": display.day(said.at.date()) if said.at else "",
    }


def variances_href(page: PageQuery) -> str:
    quarter = f"&quarter={page.quarter}" if page.quarter else ""
    return f"{reverse('variances')}?fiscal_year={page.year.code}{quarter}"


def forecast_line(found: Gathered, row: Expected) -> dict[str, object]:
    """One forecast in figures; said as one, with what it goes by."""
    made = row.forecast
    sides = {OVER: _("over the limits"), UNDER: _("under the limits"), WITHIN: _("within them")}
    name = str(found_name(found, row))
    return {
        "name": name,
        "planned": display.number(made.planned),
        "out": display.number(made.spent + made.committed),
        "share": display.percent(made.course.share),
        "years": ", ".join(made.course.years),
        "expected": display.short(made.expected),
        "rate": display.percent(made.rate),
        "side": sides[made.side],
        "tone": "" if made.side == WITHIN else made.side,
    }


def found_name(found: Gathered, row: Expected) -> str:
    program = found.names.programs.get(row.key["program"])
    if "commune" not in row.key:
        return str(program)
    return f"{program.code if program else ''} · {found.names.communes.get(row.key['commune'])}"


def difficulties(found: Gathered) -> dict[str, object]:
    rows = [(r.title, r.raised_on, r.get_state_display(), r) for r in found.difficulties]
    return _block(_("Difficulties"), rows, "difficulty", reverse("difficulties"))


def visits(found: Gathered) -> dict[str, object]:
    rows = [(row.title, row.date, row.seen, row) for row in found.visits]
    more = f"{reverse('visits')}?fiscal_year={found.page.year.code}"
    return _block(_("Monitoring visits"), rows, "visit", more)


def classes(found: Gathered) -> dict[str, object]:
    rows = [(row.title, row.start, str(row.topic), row) for row in found.classes]
    return _block(_("Training classes"), rows, "training", found.page.detail(show="trainings"))


def vouchers(found: Gathered) -> dict[str, object]:
    rows = [(_voucher(row), row.date, _amount(row), row) for row in found.vouchers]
    return _block(_("Vouchers"), rows, "disbursement", found.page.detail())


def _voucher(row: Disbursement) -> str:
    return " · ".join(filter(None, [row.activity.code, row.voucher_no, row.payee]))


def _amount(row: Disbursement) -> str:
    return _("%(amount)s đồng") % {"amount": display.number(row.amount)}


def _block(
    title: str, rows: Sequence[tuple[str, date, str, Model]], name: str, more: str
) -> dict[str, object]:
    return {
        "title": title,
        "more": more if len(rows) > MOST else "",
        "rows": [
            {
                "title": text,
                "day": display.day(day),
                "note": note,
                "href": reverse(name, args=[row.pk]),
            }
            for text, day, note, row in rows[:MOST]
        ],
    }
