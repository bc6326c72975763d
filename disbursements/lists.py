"""Rows of the ledger for a screen or a sheet: filtered, bounded, written out once."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse

from core import display
from core.text import fold
from disbursements.models import Disbursement, Status

RELATED = ("activity", "commune", "fund", "program", "fiscal_year", "submitted_by", "period")


def filtered(user: Any, wanted: Mapping[str, Any]) -> QuerySet:
    """The user's rows that fulfil the filter form's values."""
    rows = Disbursement.objects.visible_to(user)
    if wanted.get("year"):
        rows = rows.filter(fiscal_year__code=wanted["year"])
    if month := wanted.get("month"):
        year, _dash, number = str(month).partition("-")
        if year.isdigit() and number.isdigit():
            rows = rows.filter(date__year=int(year), date__month=int(number))
    for name in ("status", "program", "commune"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    for word in fold(wanted.get("q") or "").split():
        rows = rows.filter(Q(search_key__contains=word) | Q(activity__search_key__contains=word))
    return rows


def sums(rows: QuerySet) -> dict[str, Any]:
    """How many rows there are, and their đồng by whether they are posted or wait."""
    found = rows.order_by().aggregate(
        posted=Sum("amount", filter=Q(status=Status.POSTED)),
        waiting=Sum("amount", filter=Q(status=Status.SUBMITTED)),
        total=Sum("amount"),
    )
    return {name: display.number(value or 0) for name, value in found.items()}


def shown(rows: Iterable[Disbursement]) -> list[dict[str, Any]]:
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
