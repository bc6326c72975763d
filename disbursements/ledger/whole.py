"""What all rows of the ledger's list come to, from the totals beside the ledger (ADR 41) and the
few rows that are not posted: no page of the list adds the whole ledger up."""

from datetime import date
from typing import Any

from django.core.validators import EMPTY_VALUES
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import within
from core.lists.columns import Column
from core.lists.filters import Filters
from core.lists.listing import Figure, Whole
from core.services.deep_pages import LONG, filter_by_keys
from core.services.request_cache import all_of
from core.values import display
from disbursements.models import Disbursement, LedgerTotal, Status
from disbursements.models.ledger import DisbursementQuerySet
from disbursements.totals import keeping
from disbursements.totals.reading import all_trusted
from programs.models import FiscalYear, month_end

KEYS = frozenset("fiscal_year program commune activity fund quarter".split())
BESIDE = frozenset("month status".split())


def whole(rows: DisbursementQuerySet, filters: Filters, user: User) -> Whole:
    """Of the rows that the filters leave: of the totals, or where these cannot say it of the rows,
    in one question."""
    given, few = _filled_in(filters), None
    count, total, posted = 0, 0, 0
    if given.keys() <= KEYS | BESIDE and _are_trusted():
        if Status.POSTED in (given.get("status") or [Status.POSTED]):
            count, posted = _posted(given, filters, user)
            total = posted
        rows = rows.among_the_few()
    elif "search" in given:
        few = _few(rows)
    sums = (rows if few is None else few).order_by().aggregate(**SUMS)
    return Whole(
        count=count + sums["count"],
        sums={"amount": total + (sums["total"] or 0)},
        figures=figures_of(posted + (sums["posted"] or 0), sums["waiting"] or 0),
        rows=few,
    )


# In one line: put into groups by their state, many rows would be sorted by it.
SUMS = {
    "count": Count("pk"),
    "total": Sum("amount"),
    "posted": Sum("amount", filter=Q(status=Status.POSTED)),
    "waiting": Sum("amount", filter=Q(status=Status.SUBMITTED)),
}
FEW = 1_000


def _few(rows: DisbursementQuerySet) -> QuerySet[Disbursement] | None:
    """Rows of a word by their keys, where few have it: it is looked for once, not for the sums and
    for the page again."""
    keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return filter_by_keys(rows, keys) if len(keys) <= FEW else None


def count_of(rows: DisbursementQuerySet, filters: Filters | None, user: User) -> int:
    """How many rows the filters (None: no filter) leave: of a long ledger from the totals and the
    few rows that are not posted."""
    given = _filled_in(filters)
    kept = keeping.posted_rows(connection) if given.keys() <= KEYS | BESIDE else None
    if kept is None or kept < LONG:
        return rows.count()
    count = rows.among_the_few().count()
    if Status.POSTED in (given.get("status") or [Status.POSTED]):
        count += _totals(given, filters, user).aggregate(rows=Sum("rows"))["rows"] or 0
    return int(count)


def skip(
    rows: DisbursementQuerySet,
    filters: Filters,
    user: User,
    column: Column,
    descending: bool,
    first: int,
) -> tuple[DisbursementQuerySet, int]:
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
    rows: DisbursementQuerySet, given: dict[str, Any], filters: Filters, user: User
) -> dict[date, int]:
    """How many rows each month has, by its first day."""
    found: dict[date, int] = {}
    if Status.POSTED in (given.get("status") or [Status.POSTED]):
        totals = _totals(given, filters, user).order_by().values_list("month")
        found |= dict(totals.annotate(count=Sum("rows")))
    others = rows.among_the_few().order_by().values_list("period__start")
    for month, count in others.annotate(count=Count("pk")):
        found[month] = found.get(month, 0) + count
    return found


def figures_of(posted: int, waiting: int) -> list[Figure]:
    """What stands above the list (đồng)."""
    return [
        Figure(_("Posted (đồng)"), display.number(posted)),
        Figure(_("Waiting for approval (đồng)"), display.number(waiting), "wait"),
    ]


def _filled_in(filters: Filters | None) -> dict[str, Any]:
    if filters is None:
        return {}
    given = filters.form.cleaned_data.items()  # "no" and 0 are given, too
    return {name: value for name, value in given if value not in EMPTY_VALUES}


def _are_trusted() -> bool:
    return all_trusted(year.pk for year in all_of(FiscalYear))


def _totals(given: dict[str, Any], filters: Filters | None, user: User) -> QuerySet[LedgerTotal]:
    """Those of the posted rows that the filters leave."""
    totals = LedgerTotal.objects.filter(within(user, program="program", commune="commune"))
    for name in given.keys() & KEYS if filters else ():
        totals = filters.filters[name].filter(totals, given[name])
    if month := given.get("month"):
        totals = totals.filter(month=month)
    return totals


def _posted(given: dict[str, object], filters: Filters | None, user: User) -> tuple[int, int]:
    """Rows and đồng."""
    sums = (
        _totals(given, filters, user).order_by().aggregate(count=Sum("rows"), total=Sum("amount"))
    )
    return sums["count"] or 0, sums["total"] or 0
