"""The list for approval (bảng kê): a month's waiting rows, approved at once, exceptions taken out.

Nothing is stored of the list itself: posting each row is on the row's own trail.
"""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import display
from core.errors import Conflict
from disbursements import ledger
from disbursements.lists import RELATED
from disbursements.models import Disbursement
from programs.models import Period

OUTLIER_TIMES = 5  # so many times the median of its activity is worth a second look
OUTLIER_ROWS = 4  # fewer posted rows have no meaningful median
MAX_ROWS = 500


def waiting_rows(user: Any, period: Period) -> list[Disbursement]:
    """A month's waiting rows within the user's scope, oldest first."""
    rows = Disbursement.objects.visible_to(user).waiting().filter(period=period)
    return list(rows.select_related(*RELATED).order_by("date", "pk")[:MAX_ROWS])


def remarks(rows: Sequence[Disbursement]) -> dict[int, list[str]]:
    """What deserves a second look, by row: far above the usual, or the same twice."""
    found: dict[int, list[str]] = defaultdict(list)
    usual = _medians(rows)
    seen: dict[tuple[Any, ...], Disbursement] = {}
    for row in rows:
        middle = usual.get((row.fiscal_year_id, row.activity_id))
        if middle and row.amount >= OUTLIER_TIMES * middle:
            found[row.pk].append(
                _("%(times)s times the usual amount of this activity (%(usual)s đồng)")
                % {"times": int(row.amount // middle), "usual": display.number(int(middle))}
            )
        key = (row.activity_id, row.commune_id, row.amount, row.date)
        if key in seen:
            found[row.pk].append(_("same activity, commune, day and amount as another row"))
        seen.setdefault(key, row)
    return dict(found)


def _medians(rows: Sequence[Disbursement]) -> dict[tuple[int, int], float]:
    """(year, activity) → the median of its posted amounts, where there are enough of them."""
    amounts: dict[tuple[int, int], list[int]] = defaultdict(list)
    posted = Disbursement.objects.posted().filter(
        reverses=None,
        fiscal_year__in={row.fiscal_year_id for row in rows},
        activity__in={row.activity_id for row in rows},
    )
    for year, activity, amount in posted.order_by().values_list(
        "fiscal_year_id", "activity_id", "amount"
    ):
        amounts[year, activity].append(amount)
    return {key: median(found) for key, found in amounts.items() if len(found) >= OUTLIER_ROWS}


@transaction.atomic
def approve(*, actor: Any, period: Period, chosen: dict[int, int]) -> list[Disbursement]:
    """Post the chosen rows of a month, all or none; `chosen` is row → the version that was seen.

    Raises `Conflict` when one of them has changed since, naming it, and then posts none.
    """
    if not chosen:
        raise ValidationError(_("Choose at least one row."))
    rows = Disbursement.objects.visible_to(actor).filter(pk__in=chosen, period=period)
    found = list(rows.select_related(*RELATED).order_by("date", "pk"))
    if len(found) != len(chosen):
        raise Conflict(_("Some of these rows are no longer in this month's list."), "stale")
    posted = []
    for row in found:
        try:
            posted.append(ledger.post(actor=actor, disbursement=row, version=chosen[row.pk]))
        except Conflict as error:
            raise Conflict(
                _("%(row)s of %(day)s: %(why)s Nothing was posted.")
                % {
                    "row": row.voucher_no or row.activity.code,
                    "day": display.day(row.date),
                    "why": error.message,
                },
                error.code,
            ) from error
    return posted
