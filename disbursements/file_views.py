"""Files of a voucher: send, fetch, take off. Only for those who see the voucher."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import ENTER_DISBURSEMENT, VIEW
from core.access import requires
from core.forms import attempt
from disbursements import attachments
from disbursements.attachment import Attachment
from disbursements.views import add_files, visible


@require_POST
@requires(ENTER_DISBURSEMENT)
def add(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = visible(request, pk)
    if not request.FILES.getlist("files"):
        messages.error(request, _("Choose a file first."))
    elif add_files(request, row):
        messages.success(request, _("Files attached."))
    return redirect("disbursement", pk=pk)


@requires(VIEW)
def download(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    row = visible(request, pk)
    return attachments.served(get_object_or_404(Attachment, pk=file, disbursement=row))


@require_POST
@requires(ENTER_DISBURSEMENT)
def remove(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    row = visible(request, pk)
    found = get_object_or_404(Attachment, pk=file, disbursement=row)
    attempt(request, lambda: attachments.remove(actor=request.user, attachment=found))
    return redirect("disbursement", pk=pk)
