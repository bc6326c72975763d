"""The same voucher is entered once, by whichever door: form, API, bulk, workbook.

Two rows are the same when voucher, date, activity, commune, fund and amount are; one that was
reversed wholly does not count.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from core.services.errors import Conflict
from core.values.dates import format_date
from core.values.money import format_vnd
from disbursements.models import Disbursement
from programs.models import Period


def lock_months(rows: Iterable[Disbursement]) -> None:
    """Let one writer at a time enter into these months: the same voucher has the same day, so two
    who enter it at the same moment would not see each other's row. The last lock that is taken."""
    months = sorted({row.period_id for row in rows})
    list(Period.objects.select_for_update(no_key=True).filter(pk__in=months).order_by("pk"))


def check_not_entered(row: Disbursement) -> None:
    """Refuse a row whose voucher, date, activity, commune, fund and amount are all there."""
    if not row.voucher_no:
        return
    lock_months([row])
    twin = same_rows(row).exclude(pk=row.pk).first()
    if twin is not None:
        raise already_entered(row, twin)


def already_entered(row: Disbursement, twin: Disbursement) -> ValidationError:
    """The refusal of a row that is there already, as `twin`."""
    said = _("Voucher %(voucher)s of %(day)s over %(amount)s đồng is already entered (%(row)s).")
    return ValidationError(
        {
            "voucher_no": said
            % {
                "voucher": row.voucher_no,
                "day": format_date(row.date),
                "amount": format_vnd(row.amount),
                "row": twin,
            }
        }
    )


def same_rows(row: Disbursement) -> Any:
    """Originals with the same voucher, date, activity, commune, fund and amount, not reversed."""
    return Disbursement.objects.filter(
        voucher_no=row.voucher_no,
        date=row.date,
        activity_id=row.activity_id,
        commune_id=row.commune_id,
        fund_id=row.fund_id,
        amount=row.amount,
        reverses=None,
    ).filter(reversed_amount__lt=F("amount"))


def check_none_entered(rows: Sequence[Disbursement]) -> None:
    """Refuse rows that somebody else entered since they were looked at; twins among them count."""
    lock_months(rows)
    there = Disbursement.objects.filter(
        voucher_no__in={row.voucher_no for row in rows} - {""}, reverses=None
    ).filter(reversed_amount__lt=F("amount"))
    entered = {content_of(row): row for row in there.order_by("pk")}
    for row in rows:
        if content_of(row) in entered:
            [[said]] = already_entered(row, entered[content_of(row)]).message_dict.values()
            raise Conflict(said, "entered_meanwhile")


def content_of(row: Disbursement) -> tuple[Any, ...]:
    """What makes two rows the same: voucher, date, activity, commune, fund and amount."""
    return (row.voucher_no, row.date, row.activity_id, row.commune_id, row.fund_id, row.amount)
