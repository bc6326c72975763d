"""What all rows of the ledger's list come to, from the totals beside the ledger (ADR 41) and the
few rows that are not posted: no page of the list adds the whole ledger up."""

from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import within
from core.lists.filters import Filters
from core.lists.listing import Figure, Whole
from core.values import display
from disbursements.models import LedgerTotal, Status
from disbursements.totals import keeping
from programs.models import FiscalYear

KEYS = frozenset("fiscal_year program commune activity fund quarter".split())
BESIDE = frozenset("month status".split())


def whole(rows: QuerySet, filters: Filters, user: User) -> Whole | None:
    """Of the rows that the filters leave; None where the totals cannot say it."""
    given = {name: value for name, value in filters.form.cleaned_data.items() if value}
    if not given.keys() <= KEYS | BESIDE or not _are_trusted():
        return None
    found: dict[str, tuple[int, int]] = {}
    if Status.POSTED in (given.get("status") or [Status.POSTED]):
        found[Status.POSTED] = _posted(given, filters, user)
    others = rows.exclude(status=Status.POSTED).order_by().values("status")
    for record in others.annotate(count=Count("pk"), total=Sum("amount")):
        found[record["status"]] = (record["count"], record["total"])
    amounts = {status: amount for status, (_rows, amount) in found.items()}
    return Whole(
        count=sum(count for count, _sum in found.values()),
        sums={"amount": sum(amounts.values())},
        figures=figures_of(amounts.get(Status.POSTED, 0), amounts.get(Status.SUBMITTED, 0)),
    )


def figures_of(posted: int, waiting: int) -> list[Figure]:
    """What stands above the list (đồng)."""
    return [
        Figure(_("Posted (đồng)"), display.number(posted)),
        Figure(_("Waiting for approval (đồng)"), display.number(waiting), "wait"),
    ]


def _are_trusted() -> bool:
    return len(keeping.trusted(connection)) == FiscalYear.objects.count()


def _posted(given: dict[str, Any], filters: Filters, user: User) -> tuple[int, int]:
    """Rows and đồng."""
    totals: QuerySet = LedgerTotal.objects.filter(
        within(user, program="program", commune="commune")
    )
    for name in given.keys() & KEYS:
        totals = filters.filters[name].filter(totals, given[name])
    if month := given.get("month"):
        totals = totals.filter(month=month)
    sums = totals.order_by().aggregate(count=Sum("rows"), total=Sum("amount"))
    return sums["count"] or 0, sums["total"] or 0
