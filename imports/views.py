"""Pages of the import: choose a workbook, see what it would do, confirm; one's own history."""

from collections.abc import Callable
from functools import partial, wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, F, Sum
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.lists import list_response
from core.lists.exports import xlsx_response
from core.lists.workbooks import workbook_response
from core.services.access import requires
from core.services.errors import Conflict
from core.services.progress import CHECKED, READ, REVERSED, SUBMITTED, TAKEN_BACK, WRITTEN
from core.values import display
from imports import after_commit, apart, background, corrections, lists, services, sheet_templates
from imports.forms import SameVoucherForm, ScopeForm, SheetForm, WhatForm, WorkbookForm
from imports.kinds import KINDS, MAY_IMPORT, known
from imports.models import Deed, Upload, UploadState
from imports.outcome import LINES_VANISH
from imports.reading_page import sections_of_reading
from imports.workbook import Correction, WorkbookError
from imports.workbook.corrections import DOUBT
from imports.workbook.review import DOUBTS
from imports.workbook.understood import SheetReading
from programs.models import FiscalYear
from programs.years.page_year import page_year

STAGES = {
    **{READ: _lazy("Reading"), CHECKED: _lazy("Checking"), WRITTEN: _lazy("Saving")},
    **{TAKEN_BACK: Deed.UNDO.label, SUBMITTED: Deed.SUBMIT.label, REVERSED: Deed.REVERSE.label},
}


@requires(*MAY_IMPORT)
def import_page(request: PersonRequest) -> HttpResponseBase:
    """The form, and the user's own uploads."""
    apart.get_ready()
    form = WorkbookForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        initial={"kind": request.GET.get("kind")},
    )
    if request.method == "POST" and form.is_valid():
        upload = services.receive(
            actor=request.user,
            kind=form.cleaned_data["kind"],
            content=form.cleaned_data["workbook"].read(),
            filename=form.cleaned_data["workbook"].name,
            fiscal_year=form.cleaned_data["fiscal_year"],
            as_history=form.cleaned_data.get("as_history", False),
        )
        return redirect("upload", pk=upload.pk)
    status = 400 if form.is_bound and form.errors else 200
    said = corrections.by_id(corrections.in_force(request.user).values_list("pk", flat=True))
    context = {
        "form": form,
        "corrections": said,
        "kinds": [kind for kind in KINDS.values() if any(map(request.user.can, kind.permissions))],
        "year": page_year({}, request.user),
        "years": FiscalYear.objects.order_by("-start"),
    }
    return list_response(request, lists.uploads, "imports/import.html", context, status)


@requires(*MAY_IMPORT)
def template(request: PersonRequest, kind: str) -> FileResponse:
    """A workbook of a kind to fill in, for the year of the address."""
    if kind not in KINDS:
        raise Http404
    if not any(map(request.user.can, KINDS[kind].permissions)):
        raise PermissionDenied
    year = page_year(request.GET, request.user)
    book = sheet_templates.template(KINDS[kind], year, request.user)
    return workbook_response(book, f"{kind}-{year.code}.xlsx")


@requires(*MAY_IMPORT)
def upload_page(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What the check of one workbook found: its sums, or its errors."""
    upload = _own_upload(request, pk)
    if upload.is_at_work:
        return _progress_page(request, upload)
    if _asks_progress(request):  # and it is done: show what came of it
        return HttpResponse(headers={"HX-Refresh": "true"})
    wrong = upload.findings.filter(is_warning=False).count()
    can_correct = upload.state in (UploadState.CHECKED, UploadState.REFUSED) and bool(upload.kind)
    context = {
        "upload": upload,
        "lead": _description(upload),
        "figures": figures(upload, wrong),
        "wrong": wrong,
        "reading": sections_of_reading(upload) if upload.kind else None,
        "can_correct": can_correct,
        "stopped": _why_stopped(upload) if upload.has_stopped else "",
        "deed": _what_came(upload) if upload.deed else None,
        "scope_form": ScopeForm() if upload.asks_scope else None,
        "what_form": _what_form(request, upload) if can_correct else None,
        "voucher_form": SameVoucherForm() if upload.asks_same_voucher else None,
        "vanishing": upload.findings.filter(code=LINES_VANISH).first(),
        "can_mark": upload.findings.filter(row__isnull=False).exists(),
        "has_marks": upload.reading.get("has_marks", False),
        "drafts": after_commit.drafts(upload, request.user).count(),
        "drafts_href": upload.holds.drafts_href(upload) if upload.saved else "",
        "posted": after_commit.posted(upload, request.user).count(),
    }
    return list_response(request, lists.findings(upload), "imports/upload.html", context)


def _progress_page(request: PersonRequest, upload: Upload) -> HttpResponse:
    """How far the task is that reads or saves a workbook; asks again by itself."""
    context = {
        "upload": upload,
        "lead": _description(upload),
        "address": request.path,
        "is_own": upload.user_id == request.user.pk,
        **progress_of(upload),
    }
    part = "imports/progress.html" if _asks_progress(request) else "imports/at_work.html"
    response = render(request, part, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    return response


def _asks_progress(request: PersonRequest) -> bool:
    """Whether a page that shows the progress of a task asks how far it is."""
    return request.headers.get("HX-Target") == "task"


def _why_stopped(upload: Upload) -> str:
    """That a task ended without having done its work, and what can be done."""
    is_saving = upload.state == UploadState.SAVING
    done = _("Nothing was saved. Save it again.") if is_saving else _("Check it again.")
    why = upload.job.get_failed_display() if upload.job and upload.job.failed else ""
    return f"{why} {done}".strip()


def _call_service(request: PersonRequest, service: Callable[..., object], **given: object) -> None:
    """Do it, or say why not."""
    try:
        service(actor=request.user, **given)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
    except ValidationError as asked:
        messages.error(request, " ".join(asked.messages))


def _button(press: Callable[[PersonRequest, Upload], None]) -> Callable[..., HttpResponseBase]:
    """The view of a button on the page of one's own workbook, which it then shows again."""

    @requires(*MAY_IMPORT)
    @require_POST
    @wraps(press)
    def view(request: PersonRequest, pk: int) -> HttpResponse:
        press(request, _own_upload(request, pk))
        return redirect("upload", pk=pk)

    return view


@_button
def check_anew(request: PersonRequest, upload: Upload) -> None:
    """Check a workbook once more, where the task that did so has stopped."""
    _call_service(request, services.check_anew, upload=upload)


@_button
def commit_upload(request: PersonRequest, upload: Upload) -> None:
    """Save the workbook's rows."""
    ticked = bool(request.POST.get("confirm_vanishing"))
    _call_service(request, partial(_commit, request), upload=upload, confirm_vanishing=ticked)


def _commit(
    request: PersonRequest, *, actor: User, upload: Upload, confirm_vanishing: bool
) -> None:
    upload = services.confirm(actor=actor, upload=upload, confirm_vanishing=confirm_vanishing)
    if upload.state == UploadState.COMMITTED:
        said = _("Saved: %(count)s rows.") % {"count": display.number(new_rows(upload))}
        messages.success(request, said)
    elif upload.state != UploadState.SAVING:
        messages.error(request, _("Something has changed since the check; nothing was saved."))


@_button
def say_scope(request: PersonRequest, upload: Upload) -> None:
    """Whole plan or only changes: the workbook is checked again as that."""
    form = ScopeForm(request.POST)
    _answer_question(request, upload, form, services.say, _("Choose one of the two."))


@_button
def say_what(request: PersonRequest, upload: Upload) -> None:
    """Another kind or year than it was taken for: the workbook is checked again as that."""
    form = WhatForm(request.POST, user=request.user)
    _answer_question(
        request, upload, form, services.say_what_it_is, _("Choose what the workbook holds.")
    )


@_button
def say_same_voucher(request: PersonRequest, upload: Upload) -> None:
    """Rows with another amount than the ledger are lines of their own: it is checked again so."""
    unsaid = _("Tick it, or mend the rows in the workbook.")
    _answer_question(request, upload, SameVoucherForm(request.POST), services.say, unsaid)


def _answer_question(
    request: PersonRequest, upload: Upload, form: Form, service: Callable[..., object], unsaid: str
) -> None:
    """Answer what a workbook asks, or say what is `unsaid`."""
    if form.is_valid():
        _call_service(request, service, upload=upload, **form.cleaned_data)
    else:
        messages.error(request, unsaid)


@_button
def undo_upload(request: PersonRequest, upload: Upload) -> None:
    """Take back what a commit saved."""
    _do_all(request, upload, Deed.UNDO)


@_button
def submit_upload(request: PersonRequest, upload: Upload) -> None:
    """Submit all that the workbook brought in."""
    _do_all(request, upload, Deed.SUBMIT)


def _what_form(request: PersonRequest, upload: Upload) -> WhatForm:
    values: dict[str, object] = {"kind": upload.kind, "fiscal_year": upload.chosen_year}
    return WhatForm(initial=values, user=request.user)


@requires(*MAY_IMPORT)
def reading_page(request: PersonRequest, pk: int) -> HttpResponse:
    """All of how a workbook was read."""
    upload = _own_upload(request, pk)
    if not upload.kind:  # nothing of it has been read yet
        return redirect("upload", pk=pk)
    context = {"upload": upload, "reading": sections_of_reading(upload, whole=True)}
    return render(request, "imports/whole_reading.html", context)


@requires(*MAY_IMPORT)
def sheet_page(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """How one sheet is to be read, where it was read otherwise; or that a doubt is none."""
    upload = _own_upload(request, pk)
    sheets = SheetReading.all_of(upload.reading)
    if number >= len(sheets) or not sheets[number].layout:
        raise Http404
    sheet = sheets[number]
    if code := request.POST.get("doubt"):
        said = [Correction(sheet.layout, DOUBT, "-", code)] if code in DOUBTS else []
        _call_service(request, services.correct, upload=upload, said=said)
        return redirect("upload", pk=pk)
    unknown = upload.reading.get("unknown_names", [])
    names = [name for name in unknown if name["sheet"] == sheet.name]
    form = SheetForm(request.POST or None, upload=upload, sheet=sheet, names=names)
    if request.method == "POST" and form.is_valid():
        _call_service(request, services.correct, upload=upload, said=form.corrections())
        return redirect("upload", pk=pk)
    title = _("How “%(sheet)s” is read") % {"sheet": sheet.name}
    context = {"upload": upload, "form": form, "title": title}
    status = 400 if form.is_bound else 200
    return render(request, "imports/sheet.html", context, status=status)


@requires(*MAY_IMPORT)
@require_POST
def forget(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back what was said of a layout; the workbook it is asked from is checked again."""
    correction = get_object_or_404(corrections.in_force(request.user), pk=pk)
    upload = request.POST.get("upload", "")
    if upload.isdigit():
        own = _own_upload(request, int(upload))
        _call_service(request, services.forget, upload=own, correction=correction)
        return redirect("upload", pk=own.pk)
    services.forget(actor=request.user, correction=correction)
    return redirect("imports")


@requires(VIEW)
def reverse_upload(request: PersonRequest, pk: int) -> HttpResponse:
    """Reverse all that a workbook brought in and that is posted by now: for whoever may post and
    sees all of it. Who loaded it passes the address on."""
    upload = get_object_or_404(Upload.objects.select_related("user", "job"), pk=pk)
    if upload.kind not in KINDS or not after_commit.sees_all(upload, request.user):
        raise Http404
    by_task = upload.deed is not None and upload.deed["what"] == Deed.REVERSE
    if by_task and upload.is_at_work:
        return _progress_page(request, upload)
    rows = after_commit.posted(upload, request.user)
    found = rows.aggregate(count=Count("pk"), total=Sum(F("amount") - F("reversed_amount")))
    if not found["count"] and not by_task:
        raise Http404
    if request.method == "POST":
        _do_all(request, upload, Deed.REVERSE, request.POST.get("reason", ""))
        waits = background.takes_long(upload)
        return redirect("upload-reverse", pk) if waits else redirect(upload.holds.list_page)
    if _asks_progress(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "upload": upload,
        "who": upload.user.display_name,
        "rows": found["count"],
        "count": display.number(found["count"]),
        "total": display.number(found["total"]),
        "deed": _what_came(upload) if by_task else None,
        "list_url": reverse(upload.holds.list_page),
    }
    return render(request, "imports/reverse.html", context)


def _do_all(request: PersonRequest, upload: Upload, what: Deed, reason: str = "") -> None:
    """Do it with all records of a workbook, or say why with none; a task's page says so itself."""
    try:
        count = after_commit.do_all(actor=request.user, upload=upload, what=what, reason=reason)
    except (Conflict, PermissionDenied, ValidationError) as refusal:
        messages.error(request, background.why_not(refusal))
    else:
        if count is not None:
            messages.success(request, _done(upload, what, count))


def _done(upload: Upload, what: str, count: int) -> str:
    """What was done with all that a workbook brought in."""
    said = {
        Deed.UNDO: _("Taken back: %(name)s."),
        Deed.SUBMIT: _("Submitted: %(count)s."),
        Deed.REVERSE: _("Reversed: %(count)s."),
    }
    return said[Deed(what)] % {"name": upload.name, "count": display.number(count)}


def _what_came(upload: Upload) -> dict[str, str]:
    """What a task did last with all that a workbook brought in, or why it did nothing."""
    deed = upload.deed or {}
    if "count" in deed:
        return {"kind": "success", "text": _done(upload, deed["what"], deed["count"])}
    title = {
        Deed.UNDO: _("Nothing was taken back."),
        Deed.SUBMIT: _("Nothing was submitted."),
        Deed.REVERSE: _("Nothing was reversed."),
    }
    failed = upload.job.get_failed_display() if upload.job and upload.job.failed else ""
    stopped = _("The work at this workbook stopped. %(why)s Do it again.") % {"why": failed}
    said = {"title": title[Deed(deed["what"])], "text": deed.get("refused", stopped)}
    return {"kind": "error", **said}


@requires(*MAY_IMPORT)
def marked_workbook(request: PersonRequest, pk: int) -> HttpResponse:
    """The user's own workbook with the wrong cells marked red."""
    upload = _own_upload(request, pk)
    try:
        content = services.marked(upload, request.user)
    except WorkbookError as error:
        messages.error(request, error.message)
        return redirect("upload", pk=pk)
    name = slugify(upload.name.rpartition(".")[0]) or "workbook"
    return xlsx_response(content, f"{name}-loi.xlsx")


def _own_upload(request: PersonRequest, pk: int) -> Upload:
    own = Upload.objects.visible_to(request.user).select_related("fiscal_year", "job")
    return get_object_or_404(own, pk=pk)


def new_rows(upload: Upload) -> int:
    """Rows that the commit adds: the right ones that are not in the portal yet."""
    return max(upload.valid - upload.duplicates, 0)


def _description(upload: Upload) -> str:
    """A workbook's kind, its year, and whether it brings in history."""
    year = upload.fiscal_year.code if upload.fiscal_year else display.NOTHING
    words = [str(upload.holds.label)] if upload.kind else []
    words.append(_("Fiscal year %(year)s") % {"year": year})
    return " · ".join([*words, _("history")] if upload.as_history else words)


def progress_of(upload: Upload) -> dict[str, object]:
    """What the task in hand does and how many rows are behind it."""
    stage, done, total = upload.job.progress if upload.job else ("", 0, 0)
    total = max(total or upload.length, done)
    called = STAGES.get(stage, _("Waiting for its turn"))
    rows = {"done": display.number(done), "total": display.number(total)}
    text = _("%(done)s of %(total)s rows") % rows
    steps = [READ, CHECKED, WRITTEN][: 3 if upload.state == UploadState.SAVING else 2]
    at = {"step": steps.index(stage) + 1, "of": len(steps)} if stage in steps else {}
    step = _("Step %(step)s of %(of)s") % at if at else ""
    return {"stage": called, "step": step, "text": text, "done": done, "count": total}


def figures(upload: Upload, wrong: int) -> list[dict[str, str]]:
    """Rows found, right, known already; and the sum of what would be saved."""
    found = [
        {"label": _("Rows found"), "value": display.number(upload.rows)},
        {"label": _("Right"), "value": display.number(upload.valid)},
        {
            "label": _("Errors"),
            "value": display.number(wrong),
            "tone": "under" if wrong else "",
        },
        {"label": _("In the portal already"), "value": display.number(upload.duplicates)},
    ]
    if counts := upload.reading.get("row_changes", {}).get("counts"):
        found.append({"label": _("Changed"), "value": display.number(counts[known.CHANGED])})
    if upload.sums:
        found.append(upload.holds.figure(upload.sums))
    return found
