"""Files of a voucher: send, fetch, take off. Only for those who see the voucher."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import ENTER_DISBURSEMENT, VIEW
from core.pages.forms import run_service
from core.services.access import posts, requires
from core.services.attachments import download_response
from disbursements.attachments import services as attachments
from disbursements.ledger.views import add_files, visible
from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment


@posts(ENTER_DISBURSEMENT)
def add(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Attach files; a script that sends one at a time is told in JSON."""
    row = visible(request, pk)
    if "application/json" in request.headers.get("Accept", ""):
        return _add_told(request, row)
    if not request.FILES.getlist("files"):
        messages.error(request, _("Choose a file first."))
    elif add_files(request, row):
        messages.success(request, _("Files attached."))
    return redirect("disbursement", pk=pk)


def _add_told(request: PersonRequest, row: Disbursement) -> JsonResponse:
    """201 with the names, or 400 with what is wrong; the same file again is the same attachment."""
    try:
        added = [
            attachments.add(actor=request.user, disbursement=row, upload=upload).name
            for upload in request.FILES.getlist("files")
        ]
    except ValidationError as error:
        return JsonResponse({"errors": error.messages}, status=400)
    return JsonResponse({"files": added}, status=201)


@requires(VIEW)
def download(request: PersonRequest, pk: int, file: int) -> HttpResponseBase:
    row = visible(request, pk)
    return download_response(get_object_or_404(Attachment, pk=file, disbursement=row))


@posts(ENTER_DISBURSEMENT)
def remove(request: PersonRequest, pk: int, file: int) -> HttpResponseBase:
    row = visible(request, pk)
    found = get_object_or_404(Attachment, pk=file, disbursement=row)
    run_service(request, lambda: attachments.remove(actor=request.user, attachment=found))
    return redirect("disbursement", pk=pk)
