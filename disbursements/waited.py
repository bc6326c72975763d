"""What waited for approval at a moment, from the trail: of the few rows that can have."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet

from disbursements.models import Disbursement, Status
from programs.models import FiscalYear

AT_ONCE = 5000  # rows asked about in one question; SQLite takes 32,766 values


def waiting_then(years: Collection[FiscalYear], moment: datetime) -> Iterator[QuerySet]:
    """The lines of the trail by which rows of these years waited at a moment, some rows at a time.

    The newest line of a row by then says how it stood.
    """
    ids = sorted(_may_have_waited(years, moment))
    trail = Disbursement.history.filter(history_date__lte=moment)
    for start in range(0, len(ids), AT_ONCE):
        lines = trail.filter(id__in=ids[start : start + AT_ONCE])
        kept = ("id", "pk", "status", "history_type")
        newest = {line[0]: line for line in lines.order_by(*BY_TIME).values_list(*kept)}
        waited = [pk for _, pk, status, kind in newest.values() if (status, kind) in WAITS]
        if waited:
            yield Disbursement.history.filter(pk__in=waited)


BY_TIME = ("history_date", "history_id")
WAITS = {(Status.SUBMITTED.value, kind) for kind in "+~"}


def _may_have_waited(years: Collection[FiscalYear], moment: datetime) -> set[int]:
    """Rows that were there by a moment and stopped waiting later, if they waited: each still waits,
    or was posted since, or its trail says since that it went back to an editor, of the same year
    still."""
    there = Disbursement.objects.filter(fiscal_year__in=years, created_at__lte=moment)
    went_back = Disbursement.history.filter(
        fiscal_year__in=years,
        history_date__gt=moment,
        history_type="~",
        status__in=(Status.DRAFT, Status.RETURNED),
    )
    found: tuple[Iterable[int], ...] = (
        there.waiting().order_by().values_list("pk", flat=True),
        there.posted().filter(posted_at__gt=moment).order_by().values_list("pk", flat=True),
        went_back.order_by().values_list("id", flat=True),
    )
    return set().union(*found)
