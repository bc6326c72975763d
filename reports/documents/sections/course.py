"""The course of the year: disbursed month by month against the plan's quarters."""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from django.utils.translation import gettext_lazy as _

from core.values import display
from disbursements.against_plan import against_plan
from programs.models import add_months
from reports.charts.description import LINES, Chart, Series, ticks_for
from reports.documents import money, wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.documents.wording import say
from reports.summary import table


def find(sources: Sources) -> Figures:
    return table(against_plan(sources.query.cut("month"), sources.user))


def write(to: Writer, report: Report) -> None:
    """As the screen draws it: month by month against the plan's steps, and the table behind it."""
    figures, found = report.figures, report.table("by_month")
    if not found or not found["total"]["disbursed"]:
        return
    first = date.fromisoformat(figures["year_from"])
    as_of = date.fromisoformat(figures["as_of"])
    months = [add_months(first, index) for index in range(12)]
    spent = {row["month"]: row["disbursed"] for row in found["rows"]}
    planned = {row["quarter"]: row["planned"] or 0 for row in report.rows("by_quarter")}
    cumulative = list(accumulate(spent.get(f"{month:%Y-%m}", 0) for month in months))
    steps = [sum(planned.get(q, 0) for q in range(1, (i + 1) // 3 + 1)) for i in range(12)]
    series = (
        money.series(
            money.spent_name(),
            "actual",
            [
                money.million(value) if months[i] <= as_of else None
                for i, value in enumerate(cumulative)
            ],
        ),
        money.series(
            money.planned_name(), "plan", [money.million(value) for value in steps], stepped=True
        ),
    )
    to.chart(
        Chart(
            kind=LINES,
            title=say(
                "Giải ngân lũy kế theo tháng so với kế hoạch các quý đã qua (triệu đồng)",
                "Cumulative disbursement by month against the plan of past quarters (million đồng)",
            ),
            names=tuple(str(month.month) for month in months),
            long_names=tuple(f"{month:%m/%Y}" for month in months),
            series=series,
            ticks=ticks_for(series, display.number),
        )
    )
    _months(to, months, as_of, spent, series)


def _months(
    to: Writer,
    months: list[date],
    as_of: date,
    spent: dict[str, int],
    series: Sequence[Series],
) -> None:
    """The table behind the course, as the screen has it; the lines' own labels stand in it."""
    actual, plan = series
    names = [f"{month:%m/%Y}" for month in months]
    own = [
        display.number(money.million(spent.get(f"{month:%Y-%m}", 0)))
        if month <= as_of
        else wording.NOTHING
        for month in months
    ]
    to.table(
        say(
            "Giải ngân theo tháng, lũy kế so với kế hoạch các quý đã qua",
            "Disbursed by month, cumulative against the plan of past quarters",
        ),
        [
            Column(say("Tháng", "Month"), 1.0, number=False),
            Column(money.spent_name(), 1.0),
            Column(say("Lũy kế", "Cumulative"), 1.0),
            Column(say("Kế hoạch lũy kế", "Cumulative plan"), 1.2),
        ],
        list(zip(names, own, actual.labels, plan.labels, strict=True)),
        unit=wording.in_millions(),
        note=say("Số liệu làm tròn đến triệu đồng.", "Rounded to million đồng."),
        numbered=False,
    )


SECTION = Section(write, {"by_month": Table(_("By month"), find, money.FIELDS), **money.BY_QUARTER})
