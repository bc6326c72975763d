"""What deserves a second look in a row: far above the usual, or perhaps paid twice.

Remarks never lock. They are asked about once, when the row is entered, and stand beside it in the
list for approval.
"""

from collections import defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from disbursements.models import Disbursement

OUTLIER_TIMES = 5  # so many times the median of its activity is worth a second look
OUTLIER_ROWS = 4  # fewer posted rows have no meaningful median
TWIN = ("activity_id", "commune_id", "amount", "date")  # alike in all of these: perhaps paid twice


class Doubtful(Exception):
    """A row that is not saved until somebody has looked at its remarks."""

    def __init__(self, remarks: list[str]) -> None:
        super().__init__("; ".join(remarks))
        self.remarks = remarks


def remarks_on(user: User, row: Disbursement) -> list[str]:
    """What deserves a second look in a row that is about to be saved. A row that was saved before
    and is still alike in all that is looked at has been looked at."""
    others = Disbursement.objects.visible_to(user)
    if row.pk and others.filter(pk=row.pk, **key_of(row)).exists():
        return []
    standing = others.filter(reverses=None, reversed_amount=0, **key_of(row)).exclude(pk=row.pk)
    usual = medians([row]).get((row.fiscal_year_id, row.activity_id))
    return [*far_above(row.amount, usual), *([twice()] if standing.exists() else [])]


def key_of(row: Any) -> dict[str, Any]:
    """By what a twin is known."""
    return {name: getattr(row, name) for name in TWIN}


def far_above(amount: int, usual: float | None) -> list[str]:
    """The remark on an amount far above the usual one of its activity; none where it is not."""
    if not usual or amount < OUTLIER_TIMES * usual:
        return []
    said = _("%(times)s times the usual amount of this activity (%(usual)s đồng)")
    return [said % {"times": int(amount // usual), "usual": display.number(int(usual))}]


def twice() -> str:
    """The remark on a row that has a twin."""
    return _("same activity, commune, day and amount as another row")


def medians(rows: Iterable[Any]) -> dict[tuple[int, int], float]:
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
