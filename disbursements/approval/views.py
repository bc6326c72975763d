"""Pages of the lists for approval (bảng kê)."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.lists import list_response
from core.lists.state import FORMAT
from core.pages.forms import run_service
from core.services.access import requires
from core.services.request_cache import read_once
from core.values import display
from core.values.amount_words import in_words
from core.values.text import is_row_id
from core.web.preferences import rows_of
from disbursements.approval import services as approval
from disbursements.approval.lists import as_file, months
from disbursements.ledger import rows as ledger_rows
from disbursements.ledger import services as ledger
from disbursements.models import Attachment, Disbursement
from programs.models import Period

FILES = ("xlsx", "csv")

REST = gettext_noop(
    "These are the first %(shown)s of %(count)s rows; the others come when these are posted."
)


@requires(VIEW)
@read_once()
def approval_lists(request: PersonRequest) -> HttpResponseBase:
    """The months with rows that wait."""
    crumb = {"crumb": _("Disbursements"), "crumb_href": reverse("disbursements")}
    return list_response(request, months, context=crumb)


@requires(VIEW)
def approval_list(request: PersonRequest, pk: int) -> HttpResponseBase:
    """One month's list; who may post approves it at once, without the rows taken out."""
    period = get_object_or_404(Period.objects.select_related("fiscal_year", "area"), pk=pk)
    if request.method == "GET" and request.GET.get(FORMAT) in FILES:
        return list_response(request, as_file(period))
    status, chosen = 200, None
    if request.method == "POST":
        chosen = _chosen(request)
        posted, status = run_service(
            request,
            lambda: approval.approve(actor=request.user, period=period, chosen=chosen or {}),
        )
        if posted is not None:
            total = sum(row.amount for row in posted)
            messages.success(
                request,
                _("Posted %(count)d rows, %(total)s đồng.")
                % {"count": len(posted), "total": display.number(total)},
            )
            return redirect("approval-list", pk=pk)
    context = {
        "period": period,
        "rows_shown": rows_of(request),
        **_table(request.user, period, chosen),
    }
    return render(request, "disbursements/approval_list.html", context, status=status)


def _file(row: Disbursement, file: Attachment) -> dict[str, object]:
    """A file beside its row: a photo is shown there."""
    href = reverse("attachment", args=[row.pk, file.pk])
    return {"name": file.name, "href": href, "is_photo": file.is_picture}


def _chosen(request: PersonRequest) -> dict[int, int]:
    """Row → version, of the ticked boxes (`row=PK:VERSION`)."""
    pairs = [value.partition(":")[::2] for value in request.POST.getlist("row")]
    return {int(pk): int(version) for pk, version in pairs if is_row_id(pk) and is_row_id(version)}


def _table(user: User, period: Period, chosen: dict[int, int] | None) -> dict[str, object]:
    rows = approval.waiting_rows(user, period)
    count, total = approval.count_and_total(rows)
    lines = ledger_rows.table_rows(approval.on_page(user, rows))
    of_month = list(rows)
    looks = approval.looks(user, of_month)
    for line in lines:
        row = line["row"]
        look = looks[row.pk]
        line["remarks"], line["notes"] = look.remarks, look.notes
        line["files"] = [_file(row, file) for file in look.files]
        line["left"] = ledger_rows.left_of_plan(look.beside)
        line["details"] = ledger_rows.other_details(row)
        line["mine"] = user.pk in row.hands
        line["may"] = not line["mine"] and ledger.may_post(user, row)
        line["ticked"] = line["may"] and (
            not line["remarks"] if chosen is None else row.pk in chosen
        )
    return {
        "lines": lines,
        "count": count,
        "over": approval.over_plan(of_month, looks),
        "cut": display.left_out(len(lines), count, _(REST)),
        "total": display.number(total),
        "words": in_words(total),
        "may_post": any(line["may"] for line in lines),
    }
