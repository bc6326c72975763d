"""Many disbursements drafted at once, all or none, in a handful of queries."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.api.bulk import RowErrors
from core.services.access import check
from core.values.money import format_vnd
from disbursements.ledger import services as ledger
from disbursements.ledger import vouchers
from disbursements.models import Disbursement
from programs.models import Period


@transaction.atomic
def create_many(
    *, actor: User, rows: list[dict[str, Any]], places: Sequence[int] | None = None
) -> list[Disbursement]:
    """Draft a disbursement of each row's fields (see `ledger.create`). Raises `RowErrors`.

    `places`: where the rows stand in the request, counted from 0, if others stand between them.
    """
    check(actor, ENTER_DISBURSEMENT)
    months: dict[Any, Period] = {}
    unspecified = ledger.unspecified_fund()
    made: list[Disbursement] = []
    errors: dict[int, ValidationError] = {}
    said = [row.pop("same_voucher", False) for row in rows]
    for index, fields in enumerate(rows):
        row = Disbursement(created_by=actor, **{"fund": unspecified, **fields})
        try:
            ledger.complete(row, actor, period_cache=months)
            ledger.clean(row)
        except ValidationError as error:
            errors[index] = error
        made.append(row)
    right = {index: row for index, row in enumerate(made) if index not in errors}
    errors |= _entered_already(right, said, places or range(len(rows)))
    if errors:
        raise RowErrors(errors)
    return ledger.load(actor=actor, rows=made, post=False)


def _entered_already(
    rows: dict[int, Disbursement], said: Sequence[bool], places: Sequence[int]
) -> dict[int, ValidationError]:
    """Rows whose voucher is entered already, in the ledger or further up; nothing is asked about
    those of one request among themselves."""
    entered = vouchers.VoucherLines(rows.values())
    first: dict[tuple[Any, ...], int] = {}
    errors: dict[int, ValidationError] = {}
    for index, row in rows.items():
        if not vouchers.fold_number(row.voucher_no):
            continue
        try:
            vouchers.check_line(row, entered, same_voucher=said[index])
            _check_once(
                row, first.setdefault(vouchers.content_of(row), places[index]), places[index]
            )
        except ValidationError as error:
            errors[index] = error
    return errors


def _check_once(row: Disbursement, first: int, place: int) -> None:
    """Refuse the row that stands further up in the request; rows are counted from 1."""
    if first != place:
        text = _("Row %(row)d is the same as row %(first)d: voucher %(voucher)s, %(amount)s đồng.")
        facts = {"voucher": row.voucher_no, "amount": format_vnd(row.amount)}
        said = text % {"row": place + 1, "first": first + 1, **facts}
        raise ValidationError({"voucher_no": ValidationError(said, "twice_in_request")})
