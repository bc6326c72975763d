"""Pages of the import: choose a workbook, see what it would do, confirm; one's own history."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PersonRequest
from core.lists import answer
from core.lists.exports import xlsx_response
from core.lists.workbooks import workbook_response
from core.services.access import requires
from core.services.errors import Conflict
from core.values import display
from imports import lists, services, sheet_templates
from imports.forms import ScopeForm, WorkbookForm
from imports.kinds import KINDS, MAY_IMPORT
from imports.models import Upload, UploadState
from imports.workbook import WorkbookError
from programs.models import FiscalYear
from programs.years.page_year import page_year


@requires(*MAY_IMPORT)
def import_page(request: PersonRequest) -> HttpResponseBase:
    """The form, and the user's own uploads."""
    form = WorkbookForm(request.POST or None, request.FILES or None, user=request.user)
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
    context = {
        "form": form,
        "kinds": [kind for kind in KINDS.values() if any(map(request.user.can, kind.permissions))],
        "year": page_year({}, request.user),
        "years": FiscalYear.objects.order_by("-start"),
    }
    return answer(request, lists.uploads, "imports/import.html", context, status)


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
    wrong = upload.findings.filter(is_warning=False).count()
    context = {
        "upload": upload,
        "lead": _description(upload),
        "figures": figures(upload, wrong),
        "programs": [
            {"code": code, "amount": display.number(amount)}
            for code, amount in (upload.sums.get("by_program") or {}).items()
        ],
        "wrong": wrong,
        "scope_form": ScopeForm() if upload.asks_scope else None,
        "can_mark": upload.findings.filter(row__isnull=False).exists(),
    }
    return answer(request, lists.findings(upload), "imports/upload.html", context)


@requires(*MAY_IMPORT)
@require_POST
def commit_upload(request: PersonRequest, pk: int) -> HttpResponse:
    """Save the workbook's rows."""
    upload = _own_upload(request, pk)
    try:
        upload = services.confirm(actor=request.user, upload=upload)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect("upload", pk=pk)
    if upload.state == UploadState.COMMITTED:
        messages.success(
            request, _("Saved: %(count)s rows.") % {"count": display.number(new_rows(upload))}
        )
    else:
        messages.error(request, _("Something has changed since the check; nothing was saved."))
    return redirect("upload", pk=pk)


@requires(*MAY_IMPORT)
@require_POST
def say_scope(request: PersonRequest, pk: int) -> HttpResponse:
    """Whole plan or only changes: the workbook is checked again as that."""
    upload = _own_upload(request, pk)
    form = ScopeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the two."))
        return redirect("upload", pk=pk)
    try:
        services.say_scope(actor=request.user, upload=upload, **form.cleaned_data)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
    return redirect("upload", pk=pk)


@requires(*MAY_IMPORT)
@require_POST
def undo_upload(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back what a commit saved."""
    upload = _own_upload(request, pk)
    try:
        services.undo(actor=request.user, upload=upload)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
    else:
        messages.success(request, _("Taken back: %(name)s.") % {"name": upload.name})
    return redirect("upload", pk=pk)


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
    own = Upload.objects.visible_to(request.user).select_related("fiscal_year")
    return get_object_or_404(own, pk=pk)


def new_rows(upload: Upload) -> int:
    """Rows that the commit adds: the right ones that are not in the portal yet."""
    return max(upload.valid - upload.duplicates, 0)


def _description(upload: Upload) -> str:
    """A workbook's kind, its year, and whether it brings in history."""
    year = upload.fiscal_year.code if upload.fiscal_year else display.NOTHING
    words = [str(upload.holds.label), _("Fiscal year %(year)s") % {"year": year}]
    return " · ".join([*words, _("history")] if upload.as_history else words)


def figures(upload: Upload, wrong: int) -> list[dict[str, Any]]:
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
    if upload.sums:
        found.append(upload.holds.figure(upload.sums))
    return found
