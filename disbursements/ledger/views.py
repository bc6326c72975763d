"""Pages of the ledger: a row, its entry form, and what can be done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import ENTER_DISBURSEMENT, VIEW
from accounts.scope import covers
from communes.models import called
from core.pages.forms import BAD_REQUEST, CONFLICT, ReasonForm, run_service, seen_version
from core.pages.history import Entry, latest_entry, trail_of
from core.services.access import requires
from core.services.errors import Conflict
from core.values import display
from core.values.amount_words import in_words
from core.values.dates import today
from core.values.money import AmountError, format_vnd, parse_amount
from core.values.text import is_row_id
from disbursements.attachments import services as attachments
from disbursements.drafts import services as discard
from disbursements.ledger import cells, vouchers
from disbursements.ledger import rows as ledger_rows
from disbursements.ledger import services as ledger
from disbursements.ledger.beside_plan import beside_plan
from disbursements.ledger.choices import suggested
from disbursements.ledger.forms import (
    DisbursementForm,
    ReverseForm,
    initial_of,
    next_like,
    same_again,
)
from disbursements.ledger.remarks import Doubtful, look_at
from disbursements.models import Disbursement, Status, VoucherPhoto
from disbursements.photos import services as photos
from programs.years.open_days import closed
from programs.years.services import year_of


def visible(request: PersonRequest, pk: int) -> Disbursement:
    """A row in the person's scope, or 404."""
    rows = Disbursement.objects.visible_to(request.user).select_related(*ledger_rows.RELATED)
    return get_object_or_404(rows, pk=pk)


@requires(ENTER_DISBURSEMENT)
def new(request: PersonRequest) -> HttpResponse:
    """Enter a row; `?like=last` begins with what was entered last ("như lần trước"), `?like=ID`
    with what the next one has in common with that row."""
    form = DisbursementForm(request.POST or None, initial=_first_values(request), user=request.user)
    return _entry(request, form, None)


def _photo(request: PersonRequest) -> VoucherPhoto | None:
    """The photo that the row is entered from, `?photo=ID`; one that is gone is said."""
    asked = request.POST.get("photo") or request.GET.get("photo", "")
    if not asked:
        return None
    return photos.waiting(actor=request.user, pk=int(asked) if is_row_id(asked) else 0)


def _first_values(request: PersonRequest) -> dict[str, object]:
    like = request.GET.get("like", "")
    rows = Disbursement.objects.visible_to(request.user).select_related(*ledger_rows.RELATED)
    rows = rows.filter(reverses=None)
    if like == "last":
        rows = rows.filter(created_by=request.user).order_by("-pk")
        if request.GET.get("activity"):
            rows = rows.filter(activity__code=request.GET["activity"])
        earlier = rows.first()
        return same_again(earlier) if earlier else {"date": today()}
    earlier = rows.filter(pk=int(like)).first() if is_row_id(like) else None
    return next_like(earlier) if earlier else {"date": today()}


@requires(ENTER_DISBURSEMENT)
def next_(request: PersonRequest, pk: int) -> HttpResponse:
    """A row was saved: it stands above the form, which begins the next one like it."""
    row = visible(request, pk)
    form = DisbursementForm(None, initial=next_like(row), user=request.user)
    return _form_page(request, form, {"row": None, "saved": _saved(request.user, row)})


def _saved(user: User, row: Disbursement) -> dict[str, object]:
    """What stands of a row that was just saved, and how it is taken back."""
    return {
        "row": row,
        "line": ledger_rows.table_rows([row])[0],
        "files": row.attachments.order_by("pk"),
        "photos": VoucherPhoto.objects.visible_to(user),
        "can_delete": discard.is_possible(row),
        "can_withdraw": row.status == Status.SUBMITTED and ledger.may_withdraw(user, row),
    }


@requires(ENTER_DISBURSEMENT)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a draft or a returned row; one that has moved on meanwhile keeps what was typed."""
    row = visible(request, pk)
    if request.method != "POST" and row.status not in ledger.EDITABLE:
        messages.error(request, _("Only a draft or a returned row can be changed."))
        return redirect("disbursement", pk=pk)
    if name := cells.wanted(request):
        return cells.cell(request, row, name)
    form = DisbursementForm(request.POST or None, initial=initial_of(row), user=request.user)
    return _entry(request, form, row)


def _entry(
    request: PersonRequest, form: DisbursementForm, row: Disbursement | None
) -> HttpResponse:
    """Saved at once; where something in it deserves a second look, that is asked first."""
    status = 200
    context: dict[str, object] = {"row": row, "photo": _shown_photo(request, form)}
    if request.method == "POST":
        status = BAD_REQUEST
        if form.is_valid():
            try:
                saved, status = run_service(request, lambda: _save(request, form, row), form)
            except Doubtful as asked:
                status = 200
                amount = format_vnd(form.cleaned_data["amount"])
                context |= {"confirm": amount, "remarks": asked.remarks}
                form.show_ticks(wants_words=asked.wants_words)
            else:
                if saved is not None:
                    return redirect(_after(request, row), pk=saved.pk)
                form.show_ticks()
                context["others"] = _what_others_did(row) if status == CONFLICT else []
    return _form_page(request, form, context, status)


def _shown_photo(request: PersonRequest, form: DisbursementForm) -> VoucherPhoto | None:
    """The photo beside the form; what became of one that is not there is said when it is sent."""
    try:
        return _photo(request)
    except Conflict as error:
        if not form.is_bound:
            messages.warning(request, str(error.message))
        return None


def _form_page(
    request: PersonRequest, form: DisbursementForm, context: dict[str, object], status: int = 200
) -> HttpResponse:
    context["form"] = form
    context.setdefault("photo", None)
    context["files_lost"] = [file.name for file in request.FILES.getlist("files")]
    context["activities"] = suggested(request.user)
    context["left"] = _left_of_plan(request.user, form.place)
    return render(request, "disbursements/form.html", context, status=status)


def _after(request: PersonRequest, row: Disbursement | None) -> str:
    """Where a saved row leads: a new one on to the next; a changed one, and one that a browser had
    kept and sends by itself (static/js/outbox.js), to its own page."""
    return "disbursement" if row or "X-Kept" in request.headers else "disbursement-next"


def _left_of_plan(user: User, place: dict[str, Any] | None) -> str:
    """What is left of the plan where an amount is about to be entered: a sentence, or ""."""
    year = year_of(place["date"]) if place else None
    if place is None or year is None:
        return ""
    program = place["activity"].program
    if not covers(user, program, place["commune"]):
        return ""
    row = Disbursement(amount=0, program=program, fiscal_year=year, **place)
    return ledger_rows.left_in_words(beside_plan(user, [row])[0], row)


def _what_others_did(row: Disbursement | None) -> list[Entry]:
    """After a conflict: what somebody else changed."""
    if row is None:
        return []
    row.refresh_from_db()
    return latest_entry(row)


def _save(request: PersonRequest, form: DisbursementForm, row: Disbursement | None) -> Disbursement:
    saved = _write(request, form, row)
    messages.success(request, _("Saved: %(words)s.") % {"words": in_words(saved.amount)})
    if saved.status == Status.SUBMITTED:
        messages.success(request, _("Submitted for approval."))
    add_files(request, saved)
    return saved


@transaction.atomic
def _write(
    request: PersonRequest, form: DisbursementForm, row: Disbursement | None
) -> Disbursement:
    """Save the row, and submit it where that was asked for: both or neither."""
    actor = request.user
    if row is None:
        photo = _photo(request)
        if photo is None:
            saved = ledger.create(actor=actor, ask=form.ask, **form.values)
        else:
            saved = photos.complete(actor=actor, photo=photo, ask=form.ask, **form.values)
    else:
        version = form.cleaned_data["version"] or row.version
        saved = ledger.update(
            actor=actor, disbursement=row, version=version, ask=form.ask, **form.values
        )
    if "submit" in request.POST:
        saved = ledger.submit(actor=actor, disbursement=saved)
    return saved


def add_files(request: PersonRequest, row: Disbursement) -> bool:
    """Attach what was uploaded; the row stands whatever becomes of its files."""
    fine = True
    for upload in request.FILES.getlist("files"):
        _done, status = run_service(
            request,
            lambda upload=upload: attachments.add(  # type: ignore[misc]
                actor=request.user, disbursement=row, upload=upload
            ),
            level=messages.WARNING,
        )
        fine = fine and status == 200
    return fine


@requires(VIEW)
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    """A row with what was done to it and what can be done."""
    return _detail(request, visible(request, pk))


def _detail(
    request: PersonRequest,
    row: Disbursement,
    *,
    return_form: ReasonForm | None = None,
    reverse_form: ReverseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user: User = request.user
    may_post, own = ledger.may_post(user, row), user.pk in row.hands
    [beside], [remarks] = look_at(user, [row])
    context = {
        "row": row,
        "left": ledger_rows.left_of_plan(beside),
        "remarks": [remark.sentence for remark in remarks],
        "voucher": _voucher_of(user, row),
        "line": ledger_rows.table_rows([row])[0],
        "details": ledger_rows.details_of(row),
        "closed": _closed(row),
        "place": called(row.commune, row.date),
        "words": in_words(row.amount),
        "rest": display.number(row.rest),
        "reversed": display.number(row.reversed_amount) if row.reversed_amount else "",
        "reversals": ledger_rows.table_rows(row.reversals.select_related(*ledger_rows.RELATED)),
        "files": row.attachments.order_by("pk"),
        "trail": trail_of(row),
        "can_edit": user.can(ENTER_DISBURSEMENT) and row.status in ledger.EDITABLE,
        "can_withdraw": row.status == Status.SUBMITTED and ledger.may_withdraw(user, row),
        "can_drop": user.can(ENTER_DISBURSEMENT) and discard.needs_reason(row),
        "can_delete": user.can(ENTER_DISBURSEMENT) and discard.is_possible(row),
        "can_enter": user.can(ENTER_DISBURSEMENT),
        "can_attach": user.can(ENTER_DISBURSEMENT),
        "can_post": may_post and row.status == Status.SUBMITTED,
        "own": may_post and row.status == Status.SUBMITTED and own,
        "can_reverse": may_post
        and (not own or ledger.is_history_still(row, row.date))
        and row.status == Status.POSTED
        and row.rest > 0,
        "return_form": return_form or ReasonForm(initial={"version": row.version}),
        "reverse_form": reverse_form
        or ReverseForm(
            initial={"version": row.version, "amount": row.rest, "date": row.date}, prefix="r"
        ),
    }
    return render(request, "disbursements/detail.html", context, status=status)


def _closed(row: Disbursement) -> str:
    """That its month is closed, where that keeps a row from being posted."""
    waits = row.status != Status.POSTED and row.period.is_closed
    return str(closed(row.period).message) if waits else ""


def _voucher_of(user: User, row: Disbursement) -> dict[str, object] | None:
    """The other lines of a row's voucher, and what all of it comes to; None where it has no number
    or nothing beside it."""
    voucher = vouchers.lines_of(user, [row]).get(vouchers.voucher_of(row))
    if voucher is None or not (set(voucher["lines"]) - {row.pk} or voucher["elsewhere"]):
        return None
    lines = Disbursement.objects.filter(pk__in=voucher["lines"]).order_by("pk")
    return {
        **voucher,
        "rows": ledger_rows.table_rows(lines.select_related(*ledger_rows.RELATED)),
        "total": display.number(voucher["sum"]),
    }


def _act(
    request: PersonRequest, pk: int, service: Callable[..., object], done: str
) -> HttpResponse:
    """A change of state at a button: a refusal is said on the row's page."""
    row = visible(request, pk)
    result, status = run_service(
        request,
        lambda: service(
            actor=request.user,
            disbursement=row,
            version=seen_version(request),
        ),
    )
    if result is None:
        return _detail(request, visible(request, pk), status=status)
    messages.success(request, done)
    return redirect("disbursement", pk=pk)


@require_POST
@requires(ENTER_DISBURSEMENT)
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, ledger.submit, _("Submitted for approval."))


@require_POST
@requires(ENTER_DISBURSEMENT)
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, ledger.withdraw, _("Withdrawn: it is a draft again."))


@require_POST
@requires(VIEW)
def post(request: PersonRequest, pk: int) -> HttpResponse:
    """Whether the person may is the service's to say: somebody may have delegated it."""
    return _act(request, pk, ledger.post, _("Posted."))


@require_POST
@requires(VIEW)
def return_(request: PersonRequest, pk: int) -> HttpResponse:
    row = visible(request, pk)
    form = ReasonForm(request.POST, initial={"version": row.version})
    if not form.is_valid():
        return _refused(request, row, return_form=form)
    result, status = run_service(
        request,
        lambda: ledger.return_(
            actor=request.user,
            disbursement=row,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        ),
        form,
    )
    if result is None:
        return _detail(request, visible(request, pk), return_form=form, status=status)
    messages.success(request, _("Returned to who submitted it."))
    return redirect("disbursement", pk=pk)


@require_POST
@requires(VIEW)
def reverse(request: PersonRequest, pk: int) -> HttpResponse:
    row = visible(request, pk)
    form = ReverseForm(request.POST, prefix="r", initial={"version": row.version})
    if not form.is_valid():
        return _refused(request, row, reverse_form=form)
    wanted = form.cleaned_data
    result, status = run_service(
        request, lambda: ledger.reverse(actor=request.user, disbursement=row, **wanted), form
    )
    if result is None:
        return _detail(request, visible(request, pk), reverse_form=form, status=status)
    messages.success(request, _("Reversed."))
    return redirect("disbursement", pk=result.pk)


def _refused(request: PersonRequest, row: Disbursement, **forms: Any) -> HttpResponse:
    """A form that is not complete; who may not do it at all hears that first."""
    if not ledger.may_post(request.user, row):
        raise PermissionDenied
    return _detail(request, row, status=BAD_REQUEST, **forms)


@requires(ENTER_DISBURSEMENT)
def amount_words(request: PersonRequest) -> JsonResponse:
    """How the portal reads an amount, while it is typed, and what is left of the plan beside it."""
    form = DisbursementForm(request.GET, user=request.user)
    form.full_clean()
    left = _left_of_plan(request.user, form.place)
    try:
        amount = parse_amount(request.GET.get("text", ""))
    except AmountError as error:
        return JsonResponse({"amount": None, "words": error.message, "left": left})
    words = in_words(amount) if amount else ""
    return JsonResponse({"amount": amount, "words": words, "left": left})
