"""What a figure is made of: the plan lines and disbursements behind a cell, with the same sums."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Sum

from core import display
from disbursements.against_plan import kept_rows, planned_amounts, quarters_in
from disbursements.models import Disbursement, PlanLine
from reports.filters import PageFilter
from trainings.counts import count_trainings, counted_rows
from trainings.models import Training

PER_PAGE = 50
SHOWN_COUNTS = ("participants", "female", "ethnic_minority", "disability", "poor_household")
ORDER = (
    "line__program__order",
    "line__activity__code",
    "line__commune__sort_key",
    "line__fund__sort_key",
    "line",
)


Shown = tuple[Page, list[dict[str, Any]], int]


def plan_lines(page: PageFilter, user: Any, number: Any, *, to_date: bool = False) -> Shown:
    """A page of the plan lines with money in the span, formatted, and the sum of all of them.

    `to_date`: only what was planned for the quarters that are over on the as-of date.
    """
    question = page.question()
    amounts, _versions = planned_amounts(question, user)
    quarters = quarters_in(question, page.year)
    if to_date:
        quarters = [q for q in quarters if page.year.quarter_end(q) <= question.as_of]
    amounts = amounts.filter(quarter__in=quarters, amount__gt=0)
    total = amounts.aggregate(total=Sum("amount"))["total"] or 0
    grouped = amounts.values("line").annotate(total=Sum("amount")).order_by(*ORDER)
    shown = Paginator(grouped, PER_PAGE).get_page(number)
    sums = {record["line"]: record["total"] for record in shown}
    lines = PlanLine.objects.filter(pk__in=sums).select_related(
        "program", "activity", "commune", "fund"
    )
    by_pk = {line.pk: line for line in lines.prefetch_related("amounts")}
    rows = [_plan_row(by_pk[pk], amount, quarters) for pk, amount in sums.items()]
    return shown, rows, total


def _plan_row(line: PlanLine, amount: int, quarters: list[int]) -> dict[str, Any]:
    """The line with its amounts of the quarters asked for, and the sum of those."""
    by_quarter = {p.quarter: p.amount for p in line.amounts.all() if p.quarter in quarters}
    return {
        "code": line.activity.code,
        "title": line.title,
        "program": line.program.code,
        "commune": str(line.commune),
        "fund": str(line.fund),
        "unit": line.unit,
        "quarters": [display.number(by_quarter.get(q, 0) or None) for q in range(1, 5)],
        "amount": display.number(amount),
    }


def disbursements(page: PageFilter, user: Any, number: Any, *, waiting: bool = False) -> Shown:
    """A page of the posted (or waiting) rows in the span, formatted, and the sum of all."""
    visible = Disbursement.objects.visible_to(user)
    rows = kept_rows(page.question(), visible.waiting() if waiting else visible.posted())
    total = rows.aggregate(total=Sum("amount"))["total"] or 0
    ordered = rows.select_related("program", "activity", "commune", "fund", "fiscal_year")
    shown = Paginator(ordered.order_by("date", "id"), PER_PAGE).get_page(number)
    return shown, [_money_row(row) for row in shown], total


def trainings(page: PageFilter, user: Any, number: Any) -> tuple[Page, list[dict[str, Any]], Any]:
    """A page of the classes of the span, formatted, and the counts of all of them."""
    question = page.training_question()
    total, _rows = count_trainings(question, user)
    ordered = counted_rows(question, user).select_related("topic", "program", "commune")
    shown = Paginator(ordered.order_by("start", "id"), PER_PAGE).get_page(number)
    rows = [_class_row(row) for row in shown]
    sums = {name: display.number(total.values[name]) for name in SHOWN_COUNTS}
    return shown, rows, {"trainings": display.number(total.trainings), **sums}


def _class_row(row: Training) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "date": display.day(row.start),
        "title": row.title,
        "topic": str(row.topic),
        "program": row.program.code,
        "commune": str(row.commune),
        **{name: display.number(getattr(row, name)) for name in SHOWN_COUNTS},
    }


def _money_row(row: Disbursement) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "number": f"{row.number}/{row.fiscal_year.code}" if row.number else "",
        "date": display.day(row.date),
        "voucher": row.voucher_no,
        "code": row.activity.code,
        "title": row.activity.title,
        "commune": str(row.commune),
        "fund": str(row.fund),
        "payee": row.payee,
        "description": row.description,
        "amount": display.number(row.amount),
        "reversal": row.reverses_id is not None,
    }
