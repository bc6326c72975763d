"""Is the year on course: disbursed month by month, beside the plan's quarters."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core import display
from core.dates import today
from disbursements.against_plan import Row, against_plan, group
from programs.models import FiscalYear, add_months
from reports.charts import Month, cumulative
from reports.filters import PageFilter


def course(page: PageFilter, rows: list[Row], user: Any) -> dict[str, Any]:
    """The chart and the table behind it; `rows` are the year's answer cut by quarter."""
    year_page = page.narrowed(quarter=None, month=None)
    months = list(_months(year_page, rows, user))
    return {
        "chart": cumulative(months, label_plan=_("Planned"), label_actual=_("Disbursed")),
        "compare": page.compare.code if page.compare else "",
        "rows": [
            {
                "month": f"{month.start:%m/%Y}",
                "href": month.href,
                "disbursed": display.number(month.disbursed),
                "cumulative": display.number(month.cumulative),
                "planned": display.number(month.planned_to_date),
                "before": display.number(month.before),
            }
            for month in months
        ],
    }


def _months(page: PageFilter, rows: list[Row], user: Any) -> Iterable[Month]:
    by_month = monthly(page, user)
    before = (
        _running(page.compare, monthly(compared(page, page.compare), user)) if page.compare else {}
    )
    planned = {q: sum(row.planned or 0 for row in own) for q, own in group(rows, "quarter").items()}
    as_of = page.as_of or today()
    so_far = 0
    for index in range(12):
        start = add_months(page.year.start, index)
        disbursed = by_month.get(start, 0) if start <= as_of else None
        so_far += disbursed or 0
        yield Month(
            start=start,
            disbursed=disbursed,
            cumulative=None if disbursed is None else so_far,
            planned_to_date=sum(planned.get(q, 0) for q in range(1, (index + 1) // 3 + 1)),
            before=before.get(index),
            href=page.detail(month=start),
        )


def monthly(page: PageFilter, user: Any) -> dict[date, int]:
    """Disbursed (đồng) by the first day of each month."""
    answer = against_plan(page.question("month"), user)
    return {row.key["month"]: row.disbursed for row in answer.rows}


def compared(page: PageFilter, year: FiscalYear) -> PageFilter:
    """The same question about the year to compare with, up to the same day of it."""
    as_of = page.as_of
    if as_of is not None:
        years = page.year.start.year - year.start.year
        as_of = date(as_of.year - years, as_of.month, min(as_of.day, 28))
    return page.narrowed(year=year, compare=None, as_of=as_of)


def _running(year: FiscalYear, by_month: dict[date, int]) -> dict[int, int]:
    """Cumulative đồng by the number (0 to 11) of the month in its year."""
    sums: dict[int, int] = {}
    for index in range(12):
        sums[index] = sums.get(index - 1, 0) + by_month.get(add_months(year.start, index), 0)
    return sums
