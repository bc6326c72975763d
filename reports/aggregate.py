"""Sums of rows of plan against actual, and how a rate is coloured."""

from collections.abc import Iterable
from decimal import Decimal

from disbursements.against_plan import Figures

HEAT_LIMITS = (50, 80, 95, 105, 110, 140)  # percent: below the first is heat 1, above the last 7


def added(rows: Iterable[Figures]) -> Figures:
    """Figures that hold the sums of some rows; a plan that cannot be cut stays None."""
    total = Figures()
    for row in rows:
        total.disbursed += row.disbursed
        total.pending += row.pending
        for name in ("planned", "planned_to_date"):
            so_far, more = getattr(total, name), getattr(row, name)
            setattr(total, name, None if None in (so_far, more) else so_far + more)
    return total


def heat(rate: Decimal | None) -> int:
    """1 to 7 by the rate, 0 without one."""
    if rate is None:
        return 0
    return 1 + sum(rate >= limit for limit in HEAT_LIMITS)
