"""What a figure is made of: the plan lines and disbursements behind a cell, with the same sums."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Sum

from core import display
from disbursements.against_plan import kept_rows, planned_amounts, quarters_in
from disbursements.models import Disbursement, PlanLine
from reports.filters import PageFilter

PER_PAGE = 50
ORDER = (
    "line__program__order",
    "line__activity__code",
    "line__commune__sort_key",
    "line__fund__sort_key",
    "line",
)


def plan_lines(page: PageFilter, user: Any, number: Any) -> tuple[Page, list[dict[str, Any]], int]:
    """A page of the plan lines with money in the span, formatted, and the sum of all of them."""
    question = page.question()
    amounts, _versions = planned_amounts(question, user)
    amounts = amounts.filter(quarter__in=quarters_in(question, page.year), amount__gt=0)
    total = amounts.aggregate(total=Sum("amount"))["total"] or 0
    grouped = amounts.values("line").annotate(total=Sum("amount")).order_by(*ORDER)
    shown = Paginator(grouped, PER_PAGE).get_page(number)
    sums = {record["line"]: record["total"] for record in shown}
    lines = PlanLine.objects.filter(pk__in=sums).select_related(
        "program", "activity", "commune", "fund"
    )
    by_pk = {line.pk: line for line in lines.prefetch_related("amounts")}
    return shown, [_plan_row(by_pk[pk], amount) for pk, amount in sums.items()], total


def _plan_row(line: PlanLine, amount: int) -> dict[str, Any]:
    by_quarter = {part.quarter: part.amount for part in line.amounts.all()}
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


def disbursements(
    page: PageFilter, user: Any, number: Any, *, waiting: bool = False
) -> tuple[Page, list[dict[str, Any]], int]:
    """A page of the posted (or waiting) rows in the span, formatted, and the sum of all."""
    visible = Disbursement.objects.visible_to(user)
    rows = kept_rows(page.question(), visible.waiting() if waiting else visible.posted())
    total = rows.aggregate(total=Sum("amount"))["total"] or 0
    ordered = rows.select_related("program", "activity", "commune", "fund", "fiscal_year")
    shown = Paginator(ordered.order_by("date", "id"), PER_PAGE).get_page(number)
    return shown, [_money_row(row) for row in shown], total


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
