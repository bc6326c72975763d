"""Which months of a question the totals beside the ledger answer, and which its rows must."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from core.services.request_cache import once
from disbursements.models import Disbursement, LedgerTotal
from disbursements.totals import keeping, tasks
from programs.models import month_end
from programs.summary_query import SummaryQuery


@dataclass(frozen=True)
class Months:
    """`rows`: the totals of the months that lie whole in what is asked; `split`: the first days of
    the months of which only some days do; `waits`: whether anything waits in the years."""

    rows: QuerySet[LedgerTotal]
    split: list[date]
    waits: bool


def kept_months(query: SummaryQuery) -> Months | None:
    """The totals that a question about now may rest on; None where they cannot be trusted, and
    then they are added up anew soon."""
    years = [year.pk for year in query.years]
    trusted = _trusted(years)
    if trusted is None:
        return None
    found = [trusted[year] for year in years]
    start, last = query.span[0], min(query.span[1], query.until)
    split = _split(start, last, max(year.latest for year in found))
    rows = LedgerTotal.objects.filter(fiscal_year__in=years, month__gte=start, month__lte=last)
    rows = rows.exclude(month__in=split) if split else rows
    return Months(rows, split, any(year.waits for year in found))


def posted_in(year: int) -> QuerySet[Disbursement] | QuerySet[LedgerTotal]:
    """What is posted in a fiscal year, to be added up by programme, commune, activity or fund: its
    totals, or its rows where they cannot be trusted."""
    if _trusted([year]) is None:
        return Disbursement.objects.posted().filter(fiscal_year=year)
    return LedgerTotal.objects.filter(fiscal_year=year)


def all_trusted(years: Iterable[int]) -> bool:
    """Whether the totals of all these years can be trusted."""
    found = once("totals", lambda: keeping.trusted(connection), lasting=False)
    return found.keys() >= set(years)


def _trusted(years: list[int]) -> dict[int, keeping.Year] | None:
    """The years whose totals can be trusted, where these are among them."""
    found = once("totals", lambda: keeping.trusted(connection), lasting=False)
    if found.keys() >= set(years):
        return found
    once("totals are added up soon", tasks.add_up_soon, lasting=False)
    return None


def _split(start: date, last: date, latest: date) -> list[date]:
    """The months that a span cuts; one that ends after the latest row cuts none at its end."""
    cut = {start.replace(day=1)} if start.day > 1 else set()
    if last < latest and last != month_end(last.replace(day=1)):
        cut.add(last.replace(day=1))
    return sorted(cut)
