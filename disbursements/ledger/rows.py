"""Rows of the ledger as the tables of its pages print them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.pages.detail import labelled_value
from core.values import display
from disbursements.against_plan import Figures
from disbursements.fields import DETAILS
from disbursements.ledger.beside_plan import Beside
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


def left_of_plan(beside: Beside | None) -> dict[str, str]:
    """What is left of the plan beside a row: of activity × commune, of the programme; and whether
    the row is over it. Empty where there is no plan."""
    if beside is None:
        return {}
    return {
        "place": _left(beside.place),
        "program": _left(beside.program),
        "over": _("over") if beside.is_over else "",
    }


def _left(figures: Figures) -> str:
    text = _("%(left)s đồng") % {"left": display.left(figures.balance or 0)}
    if not figures.pending:
        return text
    waiting = _("%(amount)s đồng waiting") % {"amount": display.number(figures.pending)}
    return f"{text} ({waiting})"


def left_in_words(beside: Beside | None, row: Disbursement) -> str:
    """The same as one sentence, for the amount that is being entered; empty without a plan."""
    if beside is None:
        return ""
    said = _("Left of the plan: %(activity)s in %(commune)s %(place)s; %(code)s %(program)s.")
    names = {
        "activity": row.activity.code,
        "commune": row.commune.name,
        "code": row.program.code,
    }
    return said % {**names, **left_of_plan(beside)}


def details_of(row: Disbursement) -> list[tuple[str, str]]:
    """(label, value) of all its details, `display.NOTHING` where there is none."""
    return [labelled_value(row, detail.name) for detail in DETAILS]


def other_details(row: Disbursement) -> list[tuple[str, str]]:
    """Those that have no column where rows wait for approval, as far as there are any."""
    facts = (labelled_value(row, detail.name) for detail in DETAILS if not detail.listed)
    return [(label, value) for label, value in facts if value != display.NOTHING]
