"""The list of the ledger: filters, order, columns, sums, Excel and CSV."""

from operator import attrgetter

from django.db.models import Q, QuerySet, Sum
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import ENTER_DISBURSEMENT, VIEW
from core.lists import Column, Empty, Listing, list_response
from core.lists.listing import Action, Figure, Ticks
from core.services.access import requires
from core.services.request_cache import read_once
from disbursements.fields import Detail, details
from disbursements.ledger import rows as ledger_rows
from disbursements.ledger import services as ledger
from disbursements.ledger.api import DisbursementFilters
from disbursements.ledger.whole import figures_of, skip, whole
from disbursements.many import services as many
from disbursements.models import Disbursement, Status, VoucherPhoto

INDEXED = ("voucher_no",)  # what an index orders, beside day and amount
EXPORT = "export"  # beside what can be done with many rows: the ticked ones as a workbook


def in_scope(user: User) -> QuerySet[Disbursement]:
    return Disbursement.objects.visible_to(user).select_related(*ledger_rows.RELATED)


def figures(rows: QuerySet[Disbursement]) -> list[Figure]:
    """How much of what is found is posted and how much waits (đồng)."""
    found = rows.order_by().aggregate(
        posted=Sum("amount", filter=Q(status=Status.POSTED)),
        waiting=Sum("amount", filter=Q(status=Status.SUBMITTED)),
    )
    return figures_of(found["posted"] or 0, found["waiting"] or 0)


def _number(row: Disbursement) -> str:
    return f"{row.number}/{row.fiscal_year.code}" if row.number else _("not posted")


def _column(detail: Detail) -> Column:
    return Column(
        detail.column or detail.name,
        detail.label,
        attrgetter(detail.name),
        detail.order,
        short=detail.short,
        hidden=not detail.listed,
        edits=detail.name,
        sorts_few=detail.order not in INDEXED,
    )


COLUMNS = (
    Column(
        "number",
        gettext_lazy("number"),
        _number,
        ("fiscal_year__start", "number"),
        short=True,
        sorts_few=True,
    ),
    Column("date", gettext_lazy("date"), lambda row: row.date, "date", edits="date"),
    Column(
        "activity",
        gettext_lazy("activity code"),
        lambda row: row.activity.code,
        "activity__code",
        note=lambda row: row.activity.title,
        note_label=gettext_lazy("activity"),
        edits="activity",
        sorts_few=True,
    ),
    Column(
        "program",
        gettext_lazy("programme"),
        lambda row: row.program.code,
        "program__order",
        hidden=True,
        sorts_few=True,
    ),
    Column(
        "commune",
        gettext_lazy("commune"),
        lambda row: row.commune.name,
        "commune__sort_key",
        short=True,
        edits="commune",
        sorts_few=True,
    ),
    Column(
        "fund",
        gettext_lazy("funding source"),
        lambda row: row.fund.name,
        "fund__sort_key",
        hidden=True,
        edits="fund",
        sorts_few=True,
    ),
    *map(_column, details("voucher_no", "voucher_date")),
    Column(
        "amount",
        gettext_lazy("amount (đồng)"),
        lambda row: row.amount,
        "amount",
        sum="amount",
        edits="amount",
    ),
    Column(
        "reversed",
        gettext_lazy("reversed (đồng)"),
        lambda row: row.reversed_amount or None,
        "reversed_amount",
        sum="reversed_amount",
        hidden=True,
        sorts_few=True,
    ),
    Column(
        "status",
        gettext_lazy("state"),
        lambda row: row.get_status_display(),
        "status",
        tone=lambda row: row.status,
        note=lambda row: _("reversal") if row.reverses_id else "",
        inside=True,
        note_label=gettext_lazy("kind"),
        sorts_few=True,
    ),
    Column(
        "submitted_by",
        gettext_lazy("submitted by"),
        lambda row: row.submitted_by and row.submitted_by.display_name,
        hidden=True,
    ),
    Column(
        "quarter",
        gettext_lazy("quarter"),
        lambda row: row.quarter,
        "quarter",
        hidden=True,
        sorts_few=True,
    ),
)


def _actions(user: User) -> list[Action]:
    """What a person may do with the ticked rows."""
    found = [Action(deed.name, deed.label) for deed in many.deeds_of(user)]
    return [*found, Action(EXPORT, _("Excel"))]


def _edit_of(row: Disbursement) -> str:
    """Where a row is changed; "" where it cannot be."""
    return reverse("disbursement-edit", args=[row.pk]) if row.status in ledger.EDITABLE else ""


def listing(user: User) -> Listing:
    """The ledger's list for a person; what to do first depends on what they may."""
    first: dict[str, str] = {}
    may_enter = user.can(ENTER_DISBURSEMENT)
    if may_enter:
        first = {"href": reverse("disbursement-new"), "action": _("Enter a disbursement")}
    return Listing(
        name="disbursements",
        title=gettext_lazy("Disbursements"),
        columns=COLUMNS,
        rows=in_scope,
        filters=DisbursementFilters,
        usual=("search", "fiscal_year", "month", "status", "program", "commune"),
        href=lambda row: reverse("disbursement", args=[row.pk]),
        edit=_edit_of if may_enter else None,
        order="-date",
        figures=figures,
        whole=whole,
        skip=skip,
        ticks=Ticks(
            actions=_actions,
            href=reverse("disbursements-many"),
            value=lambda row: f"{row.pk}:{row.version}",
            worth=lambda row: row.amount,
            whole="amount",
        ),
        empty=Empty(
            text=gettext_lazy("Enter the first voucher, or bring a list of them in from Excel."),
            **first,
        ),
    )


@requires(VIEW)
@read_once()
def disbursements(request: PersonRequest) -> HttpResponseBase:
    """The rows in the person's scope."""
    user = request.user
    enters = user.can(ENTER_DISBURSEMENT)
    photos = VoucherPhoto.objects.visible_to(user).count() if enters else 0
    return list_response(request, listing(user), "disbursements/list.html", {"photos": photos})
