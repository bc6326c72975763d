"""Writes about training classes, behind every door."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import LOAD_HISTORY, RECORD_TRAINING
from accounts.scope import covers
from core.access import check
from core.dates import fiscal_quarter, format_date, today
from core.transition import record_history
from programs.models import FiscalYear
from programs.services import check_lifetime, year_of
from trainings.models import Training


def complete(
    row: Training, actor: Any, *, as_of: date | None = None, year: FiscalYear | None = None
) -> Training:
    """Set fiscal year and quarter, and hold the class against every rule with context.

    Rules: the first day is not after `as_of` (default today) and lies in a fiscal year; the commune
    existed then; programme and commune are in the actor's scope. Raises `ValidationError`.
    """
    errors: dict[str, Any] = {}
    found = year or year_of(row.start)
    if row.start > (as_of or today()):
        errors["start"] = _("%(day)s is in the future.") % {"day": format_date(row.start)}
    if found is None:
        errors["start"] = _("%(day)s lies in no fiscal year.") % {"day": format_date(row.start)}
    if not covers(actor, row.program, row.commune):
        errors["commune"] = _("%(commune)s is outside your assignment for %(program)s.") % {
            "commune": row.commune.name,
            "program": row.program.code,
        }
    else:
        errors.update(check_lifetime(row.commune, row.start))
    if errors or found is None:
        raise ValidationError(errors)
    row.fiscal_year = found
    row.quarter = fiscal_quarter(row.start, found.start)
    return row


@transaction.atomic
def load(*, actor: Any, rows: Sequence[Training], reason: str = "") -> list[Training]:
    """Save classes of a workbook that have been through `complete()` and `clean()`."""
    check(actor, RECORD_TRAINING, LOAD_HISTORY)
    for row in rows:
        row.set_keys()
    created = Training.objects.bulk_create(rows, batch_size=500)
    record_history(created, actor, reason, created=True)
    return created
