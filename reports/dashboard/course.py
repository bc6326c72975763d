"""Is the year on course: disbursed month by month, beside the plan's quarters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from disbursements.against_plan import Figures, against_plan, posted
from programs.models import add_months, month_end
from programs.summary_query import Answer
from reports import linked_number
from reports.charts.description import LINES, Chart, Series, ticks_for
from reports.charts.svg import drawing
from reports.page_query import PageQuery


@dataclass(frozen=True)
class Month:
    """A month of the year: đồng in it and since the year began; None after the as-of date, and in
    a year of which the ledger knows nothing, which is no line at 0.

    `before` is cumulative in the year compared with; `href` leads to what is cumulated.
    """

    start: date
    disbursed: int | None
    cumulative: int | None
    planned_to_date: int
    before: int | None = None
    href: str = ""


def course(page: PageQuery, answer: Answer[Figures], user: User) -> dict[str, object]:
    """The chart and the table behind it; `answer` is the page's, with a cut by quarter, which
    for a part of the year is asked anew of the whole."""
    year_page = page.narrowed(quarter=None, month=None)
    if page != year_page:
        answer = against_plan(year_page.cut("quarter"), user)
    months = list(_months(year_page, answer, user))
    chart = course_chart(months, page.compare.code if page.compare else "")
    return {
        "chart": chart,
        "drawn": drawing(chart),
        "series": chart.series,
        "compare": page.compare.code if page.compare else "",
        "rows": [_row(year_page, month) for month in months],
    }


def course_chart(months: list[Month], compare: str = "") -> Chart:
    """Disbursed since the year began, month by month, against the plan's quarters as steps."""
    parts: list[tuple[str, str, list[int | None]]] = [
        ("actual", _("Disbursed"), [month.cumulative for month in months]),
        ("plan", _("Planned"), [month.planned_to_date for month in months]),
    ]
    if compare:
        parts.append(("before", compare, [month.before for month in months]))
    series = tuple(
        Series(
            name=name,
            role=role,
            values=tuple(values),
            labels=tuple(display.short(value) for value in values),
            hrefs=tuple(month.href for month in months) if role == "actual" else (),
            stepped=role == "plan",
        )
        for role, name, values in parts
    )
    return Chart(
        kind=LINES,
        title=_("Disbursed since the year began, against the plan of the quarters that are over"),
        names=tuple(str(month.start.month) for month in months),
        long_names=tuple(f"{month.start:%m/%Y}" for month in months),
        series=series,
        ticks=ticks_for(series, display.short),
    )


def _row(page: PageQuery, month: Month) -> dict[str, object]:
    """A line of the table: each number leads to the rows it adds up."""
    end = month_end(month.start)
    then = page.compared()
    own = page.detail(month=month.start)
    return {
        "month": f"{month.start:%m/%Y}",
        "href": own,
        "disbursed": linked_number.exact(month.disbursed, own),
        "cumulative": linked_number.exact(month.cumulative, month.href),
        "planned": linked_number.exact(
            month.planned_to_date, page.narrowed(as_of=end).detail(show="due")
        ),
        "before": linked_number.exact(month.before, _before_address(page, then, month.start)),
    }


def _before_address(page: PageQuery, then: PageQuery | None, start: date) -> str:
    if then is None:
        return ""
    years = page.year.start.year - then.year.start.year
    end = month_end(add_months(start, -12 * years))
    return then.narrowed(as_of=min(end, then.as_of or end)).detail()


def _months(page: PageQuery, answer: Answer[Figures], user: User) -> Iterable[Month]:
    by_month = monthly(page, user)
    before = _cumulative(page.compared(), user)
    planned = {q: row.planned or 0 for q, row in answer.by("quarter").items()}
    as_of = page.until
    so_far = 0
    for index in range(12):
        start = add_months(page.year.start, index)
        disbursed = by_month.get(start, 0) if by_month and start <= as_of else None
        so_far += disbursed or 0
        yield Month(
            start=start,
            disbursed=disbursed,
            cumulative=None if disbursed is None else so_far,
            planned_to_date=sum(planned.get(q, 0) for q in range(1, (index + 1) // 3 + 1)),
            before=before.get(index),
            href=page.detail(as_of=min(month_end(start), as_of)),
        )


def monthly(page: PageQuery, user: User) -> dict[date, int]:
    """Disbursed (đồng) by the first day of each month."""
    found: dict[date, int] = {}
    for row in posted(page.cut("month"), user):
        found[row["month"]] = found.get(row["month"], 0) + row["amount"]
    return found


def _cumulative(then: PageQuery | None, user: User) -> dict[int, int]:
    """Cumulative đồng of the year compared with, by the number (0 to 11) of the month."""
    if then is None:
        return {}
    by_month = monthly(then, user)
    if not by_month:
        return {}
    sums: dict[int, int] = {}
    for index in range(12):
        start = add_months(then.year.start, index)
        if start <= then.until:
            sums[index] = sums.get(index - 1, 0) + by_month.get(start, 0)
    return sums
