"""Closing and reopening months and fiscal years.

A closed month takes no posting and no reversal dated in it: the services look, and the guard in
the database locks the month's row, so that closing and posting at one moment cannot both pass
unseen. A closed year takes no new plan and none of its months can be reopened.
"""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import CLOSE_PERIOD
from accounts.scope import grants_of
from core.services.access import check
from core.services.errors import Conflict, require_reason
from core.services.transition import transition
from programs.models import FiscalYear, Period, YearState

WAITING = "submitted"
Dated = TypeVar("Dated", FiscalYear, Period)


def may_close(actor: User, period: Period) -> bool:
    """Whether a month is the actor's to close: the permission, every programme, and the area.

    A month is closed for everybody, so an assignment to one programme or commune is not enough.
    """
    return actor.can(CLOSE_PERIOD) and any(
        program is None and commune in (None, period.area_id)
        for program, commune in grants_of(actor)
    )


def caught(period: Period) -> Any:
    """The rows that closing the month would catch: what waits, is returned or is a draft."""
    return period.disbursements.exclude(status="posted").order_by("status", "date", "pk")


@transaction.atomic
def close_period(
    *, actor: User, period: Period, version: int | None = None, leave_waiting: bool = False
) -> Period:
    """Open → closed. With rows that still wait for approval only if `leave_waiting` is said."""
    _check_may_close(actor, period)
    waiting = caught(period).filter(status=WAITING).count()
    if waiting and not leave_waiting:
        raise Conflict(
            _("%(count)d rows of this month still wait for approval. Say that they may stay.")
            % {"count": waiting},
            "waiting",
        )
    return _move(period, actor, YearState.CLOSED, _("closed"), version)


@transaction.atomic
def reopen_period(
    *, actor: User, period: Period, reason: str, version: int | None = None
) -> Period:
    """Closed → open, with a reason, while its fiscal year is open."""
    _check_may_close(actor, period)
    _check_reason(reason)
    year = FiscalYear.objects.select_for_update().get(pk=period.fiscal_year_id)
    if year.state == YearState.CLOSED:
        raise Conflict(
            _("Fiscal year %(year)s is closed: reopen it first.") % {"year": year.code},
            "year_closed",
        )
    return _move(period, actor, YearState.OPEN, reason, version)


@transaction.atomic
def close_year(*, actor: User, fiscal_year: FiscalYear, version: int | None = None) -> FiscalYear:
    """Open → closed, once every month of the year is closed."""
    _check_everywhere(actor)
    FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    open_months = fiscal_year.periods.filter(state=YearState.OPEN).count()
    if open_months:
        raise Conflict(
            _("%(count)d months of fiscal year %(year)s are still open.")
            % {"count": open_months, "year": fiscal_year.code},
            "months_open",
        )
    return _move(fiscal_year, actor, YearState.CLOSED, _("closed"), version)


@transaction.atomic
def reopen_year(
    *, actor: User, fiscal_year: FiscalYear, reason: str, version: int | None = None
) -> FiscalYear:
    """Closed → open, with a reason; its months stay closed."""
    _check_everywhere(actor)
    _check_reason(reason)
    return _move(fiscal_year, actor, YearState.OPEN, reason, version)


def _move(row: Dated, actor: User, to: str, why: str, version: int | None) -> Dated:
    refused = Conflict(
        _("%(what)s is closed already.") % {"what": row}
        if to == YearState.CLOSED
        else _("%(what)s is open already.") % {"what": row},
        "state",
    )
    return transition(row, actor=actor, to=to, version=version, refused=refused, why=why)


def _check_may_close(actor: User, period: Period) -> None:
    check(actor, CLOSE_PERIOD)
    if not may_close(actor, period):
        raise PermissionDenied(
            _("A month is closed for every programme of its area: yours is only a part of it.")
        )


def _check_everywhere(actor: User) -> None:
    check(actor, CLOSE_PERIOD)
    if (None, None) not in grants_of(actor):
        raise PermissionDenied(
            _("A year is closed for every programme and commune: yours is only a part of it.")
        )


def _check_reason(reason: str) -> None:
    require_reason(reason, _("Say why it is reopened."))
