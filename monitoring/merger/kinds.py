"""What is open in a unit that ended, by kind: which records, what they are called, and why one
cannot be handed on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Assignment, User
from communes.models import Commune
from communes.own_day import check_place
from disbursements.models import Disbursement, PlanVersion
from monitoring.handover.services import OPEN_PLANS, OPEN_ROWS
from monitoring.models import Difficulty
from monitoring.models.handed_on import HandedOnKind
from programs.models import Agreement, Output
from programs.models.years import quarter_bounds


def _no_reason(row: object, unit: Commune) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """`rows(unit, user)` are its open records there; `cannot(row, unit)` says why one stays."""

    name: HandedOnKind
    rows: Callable[[Commune, User], QuerySet[Any]]
    title: Callable[[Any], str]
    page: str  # the name of a record's address
    state: Callable[[Any], str]
    cannot: Callable[[Any, Commune], str] = _no_reason
    key: Callable[[Any], int] = lambda row: row.pk  # of its page

    def href(self, row: object) -> str:
        return reverse(self.page, args=[self.key(row)])


def _difficulties(unit: Commune, user: User) -> QuerySet[Difficulty]:
    return Difficulty.objects.visible_to(user).filter(commune=unit).unresolved()


def _outputs(unit: Commune, user: User) -> QuerySet[Output]:
    rows = Output.objects.visible_to(user).filter(communes=unit)
    return rows.select_related("fiscal_year")


def _agreements(unit: Commune, user: User) -> QuerySet[Agreement]:
    """Those not signed, and those of a fiscal year that goes on after the unit's end."""
    going_on = Agreement.objects.filter(fiscal_years__end__gt=unit.valid_to).order_by()
    open_ones = Q(signed_date=None) | Q(pk__in=going_on.values("pk"))
    return Agreement.objects.visible_to(user).filter(open_ones, communes=unit)


def _assignments(unit: Commune, user: User) -> QuerySet[Assignment]:
    """Of people who work here: read by who manages people, whatever their own scope."""
    rows = Assignment.objects.filter(commune=unit, user__is_active=True)
    return rows.select_related("user", "program", "commune__successor").order_by("user", "pk")


def _plans(unit: Commune, user: User) -> QuerySet[PlanVersion]:
    has_money = Q(lines__commune=unit, lines__amounts__amount__gt=0)
    seen = PlanVersion.objects.visible_to(user).filter(lines__commune=unit).order_by()
    rows = PlanVersion.objects.filter(pk__in=seen.values("pk"), state__in=OPEN_PLANS)
    rows = rows.annotate(last_quarter=Max("lines__amounts__quarter", filter=has_money))
    return rows.select_related("fiscal_year").order_by("pk")


def _rows(unit: Commune, user: User) -> QuerySet[Disbursement]:
    rows = Disbursement.objects.visible_to(user).filter(commune=unit, status__in=OPEN_ROWS)
    return rows.select_related("activity", "period").order_by("date", "pk")


def _misplaced(row: Disbursement, unit: Commune) -> str:
    """What lies on a day that the unit did not see is put right first."""
    return check_place(unit, row.own_day).get("commune", "")


def _row_stays(row: Disbursement, unit: Commune) -> str:
    if said := _misplaced(row, unit):
        return said
    if row.period.is_closed:
        return _("Its month is closed: nothing is posted in it until it is opened again.")
    return ""


def _plan_stays(row: Any, unit: Commune) -> str:
    quarter: int | None = row.last_quarter
    if not quarter or _begins(row, quarter) <= (unit.valid_to or date.max):
        return ""
    return _("It plans money for the unit after its end: give these lines to the new unit.")


def _begins(plan: PlanVersion, quarter: int) -> date:
    return quarter_bounds(plan.fiscal_year.start, quarter)[0]


def _of_row(row: Disbursement) -> str:
    return " · ".join(filter(None, [row.activity.code, row.voucher_no, row.payee]))


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            HandedOnKind.DIFFICULTIES,
            _difficulties,
            str,
            "difficulty",
            lambda row: row.get_state_display(),
            _misplaced,
        ),
        Kind(
            HandedOnKind.OUTPUTS,
            _outputs,
            str,
            "output",
            lambda row: row.get_state_display(),
            _misplaced,
        ),
        Kind(
            HandedOnKind.AGREEMENTS,
            _agreements,
            str,
            "agreement",
            lambda row: _("Signed") if row.signed_date else _("To be signed"),
        ),
        Kind(
            HandedOnKind.ASSIGNMENTS,
            _assignments,
            lambda row: f"{row.user.display_name} · {row.program or _('every programme')}",
            "person",
            lambda row: row.user.get_role_display(),
            key=lambda row: row.user_id,
        ),
        Kind(
            HandedOnKind.PLANS,
            _plans,
            str,
            "plan-version",
            lambda row: row.get_state_display(),
            _plan_stays,
        ),
        Kind(
            HandedOnKind.ROWS,
            _rows,
            _of_row,
            "disbursement",
            lambda row: row.get_status_display(),
            _row_stays,
        ),
    )
}
