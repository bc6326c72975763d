"""Many disbursements drafted at once, all or none, in a handful of queries."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.api.bulk import RowErrors
from core.services.access import check
from disbursements.ledger import services as ledger
from disbursements.ledger import vouchers
from disbursements.models import Disbursement
from programs.models import Period


@transaction.atomic
def create_many(*, actor: User, rows: list[dict[str, Any]]) -> list[Disbursement]:
    """Draft a disbursement of each row's fields (see `ledger.create`). Raises `RowErrors`."""
    check(actor, ENTER_DISBURSEMENT)
    months: dict[Any, Period] = {}
    given = {row["voucher_no"] for row in rows if row.get("voucher_no")}
    entered = {
        vouchers.content_of(row): row
        for row in Disbursement.objects.filter(voucher_no__in=given, reverses=None).select_related(
            "fiscal_year"
        )
        if row.rest
    }
    unspecified = ledger.unspecified_fund()
    made: list[Disbursement] = []
    errors: dict[int, ValidationError] = {}
    for index, fields in enumerate(rows):
        row = Disbursement(created_by=actor, **{"fund": unspecified, **fields})
        try:
            ledger.complete(row, actor, period_cache=months)
            ledger.clean(row)
            _check_once(row, entered)
        except ValidationError as error:
            errors[index] = error
        made.append(row)
    if errors:
        raise RowErrors(errors)
    return ledger.load(actor=actor, rows=made, post=False)


def _check_once(row: Disbursement, entered: dict[tuple[Any, ...], Disbursement]) -> None:
    """Refuse the voucher that is entered already, in the ledger or further up."""
    if not row.voucher_no:
        return
    if vouchers.content_of(row) in entered:
        raise vouchers.already_entered(row, entered[vouchers.content_of(row)])
    entered[vouchers.content_of(row)] = row
