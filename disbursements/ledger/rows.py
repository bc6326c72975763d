"""Rows of the ledger as the tables of its pages print them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from core.pages.detail import fact
from core.values import display
from disbursements.fields import DETAILS
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
            "status": row.status,
            "state": row.get_status_display(),
            "is_reversal": row.reverses_id is not None,
        }
        for row in rows
    ]


def details_of(row: Disbursement) -> list[tuple[str, str]]:
    """(label, value) of all its details, `display.NOTHING` where there is none."""
    return [fact(row, detail.name) for detail in DETAILS]


def other_details(row: Disbursement) -> list[tuple[str, str]]:
    """Those that have no column where rows wait for approval, as far as there are any."""
    facts = (fact(row, detail.name) for detail in DETAILS if not detail.listed)
    return [(label, value) for label, value in facts if value != display.NOTHING]
