"""Rows of the ledger as the tables of its pages print them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from core.values import display
from disbursements.models import Disbursement

RELATED = ("activity", "commune", "fund", "program", "fiscal_year", "submitted_by", "period")


def table_rows(rows: Iterable[Disbursement]) -> list[dict[str, Any]]:
    """Rows as a table prints them; select `RELATED` first."""
    return [
        {
            "row": row,
            "href": reverse("disbursement", args=[row.pk]),
            "number": f"{row.number}/{row.fiscal_year.code}" if row.number else "–",
            "date": display.day(row.date),
            "activity": row.activity.code,
            "title": row.activity.title,
            "commune": row.commune.name,
            "fund": row.fund.name,
            "amount": display.number(row.amount),
            "payee": row.payee,
            "voucher": row.voucher_no,
            "description": row.description,
            "status": row.status,
            "state": row.get_status_display(),
            "is_reversal": row.reverses_id is not None,
        }
        for row in rows
    ]
