"""Pages of what is done with many rows at once: asked where it has to be, then done and said."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.api.bulk import RowErrors
from core.lists import files
from core.lists.filtering import filter_rows
from core.lists.ordering import ordered
from core.lists.state import read_state
from core.pages.forms import CONFLICT, run_service
from core.services.access import requires
from core.services.request_cache import read_once
from core.values import display
from core.values.amount_words import in_words
from core.values.text import is_row_id
from disbursements.ledger import rows as ledger_rows
from disbursements.ledger.lists import EXPORT, listing
from disbursements.ledger.remarks import look_at
from disbursements.many import services as many
from disbursements.models import Disbursement

SHOWN = 10  # rows that are named of those left out for one reason
UNDONE_AT_ONCE = 300  # ids that an address takes
Chosen = list[tuple[int, int | None]]


@require_http_methods(["GET", "POST"])
@requires(VIEW)
def many_rows(request: PersonRequest) -> HttpResponseBase:
    """What was chosen to be done with the ticked rows: done, or asked about first.

    By GET (`do`, `rows`: ids) it only asks: the way back from what was done.
    """
    asked = request.POST if request.method == "POST" else request.GET
    name, back = asked.get("do", ""), _back(request)
    rows = _rows_of_list(request, name) if request.POST.get("all") else None
    chosen: Chosen = _chosen(request) if rows is None else [(row.pk, row.version) for row in rows]
    if name == EXPORT and request.method == "POST":
        return _export(request, chosen) if chosen else _none(request, back)
    if not name:
        return _none(request, back)
    deed = many.DEEDS.get(name)
    if deed is None:
        raise Http404
    many.check_may(request.user, deed)
    if not chosen:
        return _none(request, back)
    if len(chosen) > many.MOST:
        said = _("At most %(most)s rows at once: narrow the filters.")
        messages.error(request, said % {"most": display.number(many.MOST)})
        return redirect(back)
    able, left = sorted_out(request.user, deed, chosen)
    is_clear = not (deed.asks or left or deed.reason(able))
    status = 200
    if request.method == "POST" and (is_clear or "confirmed" in request.POST):
        done, status = _do(request, deed, chosen)
        if done is not None:
            _say(request, deed, done)
            return redirect(back)
        able, left = sorted_out(request.user, deed, chosen)
    context = _question(request.user, deed, able, left)
    context |= {"back": back, "reason": request.POST.get("reason", "")}
    return render(request, "disbursements/many.html", context, status=status)


def _back(request: PersonRequest) -> str:
    """The list as it was."""
    query = request.GET.copy()
    for name in ("do", "rows"):
        query.pop(name, None)
    return f"{reverse('disbursements')}{'?' if query else ''}{query.urlencode(safe=',')}"


def _none(request: PersonRequest, back: str) -> HttpResponseBase:
    messages.error(request, _("Choose at least one row."))
    return redirect(back)


def _chosen(request: PersonRequest) -> Chosen:
    """Row → version, of the ticked boxes (`row=PK:VERSION`) or of an address (`rows=PK,PK`)."""
    if request.method == "GET":
        ids = request.GET.get("rows", "").split(",")
        return [(int(pk), None) for pk in dict.fromkeys(ids) if is_row_id(pk)]
    pairs = dict(value.partition(":")[::2] for value in request.POST.getlist("row"))
    return [(int(pk), int(v)) for pk, v in pairs.items() if is_row_id(pk) and is_row_id(v)]


def _rows_of_list(request: PersonRequest, name: str) -> list[Disbursement]:
    """All that the list's address finds; of a file as many as it takes."""
    of_ledger = listing(request.user)
    asked = read_state(request, of_ledger)
    rows = ordered(filter_rows(request, of_ledger, asked).rows, of_ledger, asked)
    return list(rows[: files.SHEET_ROWS if name == EXPORT else many.MOST + 1])


def _export(request: PersonRequest, chosen: Chosen) -> HttpResponseBase:
    """The rows as a workbook, in the list's columns and order."""
    of_ledger = listing(request.user)
    asked = read_state(request, of_ledger)
    rows = of_ledger.rows(request.user).filter(pk__in=[pk for pk, _version in chosen])
    return files.as_workbook(request, ordered(rows, of_ledger, asked), of_ledger, asked.columns)


def sorted_out(
    user: User, deed: many.Deed, chosen: Chosen
) -> tuple[list[Disbursement], list[dict[str, object]]]:
    """The rows it can be done with, and the others each with why not; those out of scope are not
    there at all."""
    able: list[Disbursement] = []
    left = []
    with read_once():
        found = many.read(user, [pk for pk, _version in chosen])
        for row in (found[pk] for pk, _version in chosen if pk in found):
            error = many.objection(user, deed, row)
            if error is None:
                able.append(row)
            else:
                left.append({"row": row, "why": many.sentence(error)})
    return able, left


def _do(
    request: PersonRequest, deed: many.Deed, chosen: Chosen
) -> tuple[list[Disbursement] | None, int]:
    """Done; or (None, status) with the refusal said."""
    reason = request.POST.get("reason", "")
    try:
        return run_service(
            request,
            lambda: many.do_many(actor=request.user, deed=deed, chosen=chosen, reason=reason),
        )
    except RowErrors as errors:
        count = display.number(len(errors.errors))
        messages.error(
            request,
            _("Nothing was done: %(count)s rows have changed meanwhile.") % {"count": count},
        )
        return None, CONFLICT


def _say(request: PersonRequest, deed: many.Deed, done: list[Disbursement]) -> None:
    facts = {
        "count": display.number(len(done)),
        "sum": display.number(sum(row.amount for row in done)),
    }
    messages.success(request, deed.done % facts)
    undo = many.DEEDS.get(many.UNDOES.get(deed.name, ""))
    if undo and len(done) <= UNDONE_AT_ONCE:
        ids = ",".join(str(row.pk) for row in done)
        href = f"{reverse('disbursements-many')}?do={undo.name}&rows={ids}"
        link = format_html('<a href="{}">{}</a>', href, undo.label)
        messages.info(request, format_html(_("If that was a mistake: {}."), link))


def _by_reason(left: list[dict[str, Any]]) -> list[dict[str, object]]:
    """The rows left as they are, by why: how many, and the first of them."""
    found: dict[str, list[Disbursement]] = {}
    for each in left:
        found.setdefault(each["why"], []).append(each["row"])
    return [
        {
            "why": why,
            "count": display.number(len(rows)),
            "lines": ledger_rows.table_rows(rows[:SHOWN]),
            "more": len(rows) > SHOWN,
        }
        for why, rows in found.items()
    ]


def _question(
    user: User, deed: many.Deed, able: list[Disbursement], left: list[dict[str, object]]
) -> dict[str, object]:
    """The page that asks: how many rows, their sum in words, what is remarked in them, and which
    rows it cannot be done with."""
    total = sum(row.amount for row in able)
    _beside, remarks = look_at(user, able)
    lines = ledger_rows.table_rows(able)
    for line, said in zip(lines, remarks, strict=True):
        line["remarks"] = [remark.text for remark in said]
    return {
        "deed": deed,
        "lines": lines,
        "count": display.number(len(able)),
        "total": display.number(total),
        "words": in_words(total),
        "remarked": [line for line in lines if line["remarks"]],
        "left": _by_reason(left),
        "wants_reason": deed.reason(able),
    }
