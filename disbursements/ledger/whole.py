"""What all rows of the ledger's list come to, from the totals beside the ledger (ADR 41) and the
few rows that are not posted: no page of the list adds the whole ledger up."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import within
from core.lists.columns import Column
from core.lists.filters import Filters
from core.lists.listing import Figure, Whole
from core.services.request_cache import all_of
from core.values import display
from disbursements.models import LedgerTotal, Status
from disbursements.totals.reading import all_trusted
from programs.models import FiscalYear, month_end

KEYS = frozenset("fiscal_year program commune activity fund quarter".split())
BESIDE = frozenset("month status".split())


def whole(rows: QuerySet, filters: Filters, user: User) -> Whole:
    """Of the rows that the filters leave: of the totals, or where these cannot say it of the rows,
    in one question."""
    given = _filled_in(filters)
    found: dict[str, tuple[int, int]] = {}
    if given.keys() <= KEYS | BESIDE and _are_trusted():
        if Status.POSTED in (given.get("status") or [Status.POSTED]):
            found[Status.POSTED] = _posted(given, filters, user)
        rows = rows.exclude(status=Status.POSTED)
    for record in rows.order_by().values("status").annotate(count=Count("pk"), total=Sum("amount")):
        found[record["status"]] = (record["count"], record["total"])
    amounts = {status: amount for status, (_rows, amount) in found.items()}
    return Whole(
        count=sum(count for count, _sum in found.values()),
        sums={"amount": sum(amounts.values())},
        figures=figures_of(amounts.get(Status.POSTED, 0), amounts.get(Status.SUBMITTED, 0)),
    )


def skip(
    rows: QuerySet, filters: Filters, user: User, column: Column, descending: bool, first: int
) -> tuple[QuerySet, int]:
    """In the order of days whole months are skipped: the totals know how many rows each has."""
    given = _filled_in(filters)
    if column.order != "date" or not given.keys() <= KEYS | BESIDE or not _are_trusted():
        return rows, first
    for month, count in sorted(_by_month(rows, given, filters, user).items(), reverse=descending):
        if first < count:
            end = Q(date__lte=month_end(month)) if descending else Q(date__gte=month)
            return rows.filter(end), first
        first -= count
    return rows, first


def _by_month(
    rows: QuerySet, given: dict[str, Any], filters: Filters, user: User
) -> dict[date, int]:
    """How many rows each month has, by its first day."""
    found: dict[date, int] = {}
    if Status.POSTED in (given.get("status") or [Status.POSTED]):
        totals = _totals(given, filters, user).order_by().values_list("month")
        found |= dict(totals.annotate(count=Sum("rows")))
    others = rows.exclude(status=Status.POSTED).order_by().values_list("period__start")
    for month, count in others.annotate(count=Count("pk")):
        found[month] = found.get(month, 0) + count
    return found


def figures_of(posted: int, waiting: int) -> list[Figure]:
    """What stands above the list (đồng)."""
    return [
        Figure(_("Posted (đồng)"), display.number(posted)),
        Figure(_("Waiting for approval (đồng)"), display.number(waiting), "wait"),
    ]


def _filled_in(filters: Filters) -> dict[str, Any]:
    return {name: value for name, value in filters.form.cleaned_data.items() if value}


def _are_trusted() -> bool:
    return all_trusted(year.pk for year in all_of(FiscalYear))


def _totals(given: dict[str, object], filters: Filters, user: User) -> QuerySet:
    """Those of the posted rows that the filters leave."""
    totals: QuerySet = LedgerTotal.objects.filter(
        within(user, program="program", commune="commune")
    )
    for name in given.keys() & KEYS:
        totals = filters.filters[name].filter(totals, given[name])
    if month := given.get("month"):
        totals = totals.filter(month=month)
    return totals


def _posted(given: dict[str, object], filters: Filters, user: User) -> tuple[int, int]:
    """Rows and đồng."""
    sums = (
        _totals(given, filters, user).order_by().aggregate(count=Sum("rows"), total=Sum("amount"))
    )
    return sums["count"] or 0, sums["total"] or 0
