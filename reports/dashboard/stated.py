"""What stands beside the money: what was stated in public, and what is due."""

from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from core.services.request_cache import once
from core.values import display
from monitoring.models.meetings import Measure, StatedFigure
from monitoring.reviews.services.action_points import due
from monitoring.reviews.services.stated import Comparison, Ledger
from programs.models import FiscalYear
from programs.models.agreements import Agreement
from reports import linked_number
from reports.dashboard.classes import sorted_by
from reports.linked_number import Num
from reports.page_query import PageQuery

SHOWN = {Measure.DISBURSED: "disbursed", Measure.PLANNED: "planned"}


def stated(page: PageQuery, user: User) -> list[dict[str, object]]:
    """Figures stated about the whole year, beside what the ledger adds up to: only where the page
    shows the day and the whole they speak of, and the reader sees all of it."""
    if page.programs or page.communes or page.is_part:
        return []
    ledger = Ledger(user)
    compared = [
        ledger.compare(figure)
        for figure in once(("stated", page.year.pk), lambda: _stated_of(page.year))
        if min(figure.as_of or page.year.end, page.year.end) == min(page.until, page.year.end)
        and ledger.sees_all(figure)
    ]
    return [
        {
            "measure": found.figure.measure,
            "label": found.figure.label,
            "text": found.figure.text,
            "as_of": found.figure.as_of_stated,
            "source": found.figure.source or found.figure.meeting.title,
            "href": _address("meeting", found.figure.meeting_id),
            "counted": _counted(found, page, ledger),
            "agrees": found.agrees,
        }
        for found in compared
    ]


def _stated_of(year: FiscalYear) -> list[StatedFigure]:
    figures = StatedFigure.objects.filter(fiscal_year=year, program=None, commune=None)
    rows = figures.exclude(measure=Measure.OTHER).select_related("fiscal_year", "meeting")
    return list(rows.order_by("measure", "pk"))


def _counted(found: Comparison, page: PageQuery, ledger: Ledger) -> Num:
    """What the portal counts on the day the figure was stated of; leads to the rows of that day."""
    measure, value = found.figure.measure, found.ledger_value
    asked = ledger.query_of(found.figure)
    whole = PageQuery.of_year(page.year, as_of=asked.as_of, plan=asked.plan)
    if measure == Measure.RATE:
        return linked_number.percent(value, whole.detail())  # type: ignore[arg-type]
    show = SHOWN.get(Measure(measure), "trainings")
    order = sorted_by(measure) if show == "trainings" else ""
    return linked_number.exact(value, whole.detail(show=show) + order)  # type: ignore[arg-type]


def due_list(page: PageQuery, user: User) -> list[dict[str, Any]]:
    """Agreements not signed yet and action points that are due, the longest overdue first."""
    as_of = page.until
    unsigned = once(("unsigned", user.pk, page.year.pk), lambda: _unsigned(page.year, user))
    entries = [
        {
            "kind": agreement.get_kind_display(),
            "title": str(agreement),
            "due": agreement.due_text,
            "day": agreement.due_date,
            "late": agreement.is_late(as_of),
            "href": _address("agreement", agreement.pk),
        }
        for agreement in unsigned
    ]
    entries += [
        {
            "kind": point.get_kind_display().lower(),
            "title": str(point),
            "due": display.day(point.due_date),
            "day": point.due_date,
            "late": point.due_date is not None and point.due_date < as_of,
            "href": _address("action-point", point.pk),
        }
        for point in due(user, as_of)
    ]
    return sorted(entries, key=lambda entry: entry["day"])


def _unsigned(year: FiscalYear, user: User) -> list[Agreement]:
    rows = Agreement.objects.visible_to(user).unsigned()
    return list(rows.filter(Q(fiscal_years=year) | Q(fiscal_years=None)).distinct())


def _address(name: str, pk: int) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
