"""One value of a draft or a returned row, changed where it stands in the list: the voucher's own
form with one field shown. Everything else stays as it is; what the form refuses is said there."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from accounts.requests import PersonRequest
from core.pages.forms import CONFLICT, run_service
from disbursements.ledger import services as ledger
from disbursements.ledger.forms import DisbursementForm, initial_of
from disbursements.ledger.remarks import Doubtful
from disbursements.models import Disbursement

CELL = "cell"  # of the address: the field that is changed
ASKED = ("confirm_amount", "confirmed", "looked_at", "same_voucher")
SAVED = "row-changed"  # the event that the list hears (static/js/cell.js)


def wanted(request: PersonRequest) -> str:
    """The field that a list asks for by script; "" where the whole form is asked for."""
    name = request.GET.get(CELL, "")
    by_list = request.headers.get("HX-Request") and name in DisbursementForm.EDITED_ALONE
    return name if by_list else ""


def cell(request: PersonRequest, row: Disbursement, name: str) -> HttpResponse:
    """The field of a row, or what came of its new value."""
    typed = request.POST if request.method == "POST" else None
    form = _form(request, row, name, typed)
    remarks: list[str] = []
    if typed is not None and form.is_valid():
        try:
            saved, status = run_service(request, lambda: _save(request, form, row), form)
        except Doubtful as asked:
            remarks = [*asked.remarks, form.amount_in_words]
            form.show_ticks(wants_words=asked.wants_words)
        else:
            if saved is not None:
                return HttpResponse(status=204, headers={"HX-Trigger": SAVED})
            form.show_ticks()
            if status == CONFLICT:
                row.refresh_from_db()
    return render(request, "disbursements/cell.html", _context(row, form, name, remarks))


def _form(
    request: PersonRequest, row: Disbursement, name: str, typed: QueryDict | None
) -> DisbursementForm:
    """The row's form: all as it is stored, but for what was typed."""
    form = DisbursementForm(initial=initial_of(row), user=request.user)
    if typed is None:
        return form
    data = {each: form[each].value() or "" for each in form.fields if each not in ASKED}
    data |= {each: typed.get(each, "") for each in (name, "version", *ASKED)}
    sent = QueryDict(mutable=True)
    sent.update(data)
    return DisbursementForm(sent, initial=initial_of(row), user=request.user)


def _save(request: PersonRequest, form: DisbursementForm, row: Disbursement) -> Disbursement:
    return ledger.update(
        actor=request.user,
        disbursement=row,
        version=form.cleaned_data["version"] or row.version,
        ask=form.ask,
        **form.values,
    )


def _context(
    row: Disbursement, form: DisbursementForm, name: str, remarks: list[str]
) -> dict[str, object]:
    wrong = [text for field, texts in form.errors.items() if field != name for text in texts]
    form.fields[name].widget.attrs["aria-label"] = form.fields[name].label
    return {
        "row": row,
        "field": form[name],
        "name": name,
        "aside": [form[each] for each in (*ASKED, "version")],
        "said": [*wrong, *remarks],
    }
