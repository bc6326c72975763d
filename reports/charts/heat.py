"""How a rate against plan is coloured."""

from decimal import Decimal

LIMITS = (50, 80, 95, 105, 110, 140)  # percent: below the first is heat 1, above the last 7


def heat(rate: Decimal | None) -> int:
    """1 to 7 by the rate, 0 without one."""
    if rate is None:
        return 0
    return 1 + sum(rate >= limit for limit in LIMITS)
