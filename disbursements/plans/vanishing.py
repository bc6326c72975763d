"""Lines with money that a plan takes out: one tick for all of them, with their count and sum."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from core.values.money import format_vnd
from core.values.said import refused
from disbursements.models import PlanVersion
from disbursements.plans.comparison import compare, version_before


@dataclass(frozen=True)
class Vanishing:
    """How many lines with money vanish, and their sum (đồng)."""

    count: int = 0
    sum: int = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def __str__(self) -> str:
        return _("%(count)s lines of the plan vanish, %(sum)s đồng in all.") % {
            "count": self.count,
            "sum": format_vnd(self.sum),
        }


def vanishing(plans: Iterable[PlanVersion], user: User | None = None) -> Vanishing:
    """The lines with money that some versions take out, in the user's scope (None: all)."""
    sums = [
        sum(row.before.values())
        for plan in plans
        for row in compare(version_before(plan), plan, user)
        if row.kind == "removed"
    ]
    with_money = [each for each in sums if each]
    return Vanishing(len(with_money), sum(with_money))


def check_vanishing(plans: Iterable[PlanVersion]) -> None:
    """Ask (400 at `confirm_vanishing`) where lines with money vanish."""
    if found := vanishing(plans):
        said = _("%(said)s Confirm it for all of them with one tick (confirm_vanishing).")
        raise refused("confirm_vanishing", "confirm_vanishing", said % {"said": found})
