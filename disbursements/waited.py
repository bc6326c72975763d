"""What waited for approval at a moment, from the trail: of the few rows that can have."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import connections, router
from django.db.models import QuerySet

from disbursements.models import Disbursement, Status
from programs.models import FiscalYear

AT_ONCE = 5000  # rows asked about in one question; SQLite takes 32,766 values


def waiting_then(
    years: Collection[FiscalYear], moment: datetime
) -> Iterator[QuerySet[Disbursement]]:
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


# The states are words of the question, not values: SQLite takes a list of bound values for no proof
# that an index has the rows of its condition, and would read the year's trail.
MAY_HAVE_WAITED = """
    SELECT id FROM disbursements_disbursement
    WHERE fiscal_year_id IN ({years}) AND status = 'submitted' AND created_at <= %s
    UNION ALL
    SELECT id FROM disbursements_disbursement
    WHERE fiscal_year_id IN ({years}) AND status = 'posted' AND created_at <= %s AND posted_at > %s
    UNION ALL
    SELECT id FROM disbursements_historicaldisbursement
    WHERE fiscal_year_id IN ({years}) AND history_type = '~' AND status IN ('draft', 'returned')
        AND history_date > %s"""


def _may_have_waited(years: Collection[FiscalYear], moment: datetime) -> set[int]:
    """Rows that were there by a moment and stopped waiting later, if they waited: each still waits,
    or was posted since, or its trail says since that it went back to an editor, of the same year
    still."""
    if not years:
        return set()
    connection = connections[router.db_for_read(Disbursement)]
    keys, then = [year.pk for year in years], connection.ops.adapt_datetimefield_value(moment)
    sql = MAY_HAVE_WAITED.format(years=", ".join(["%s"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*keys, then, *keys, then, then, *keys, then])
        return {pk for (pk,) in cursor.fetchall()}
