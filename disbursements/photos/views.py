"""Pages of vouchers that are a photo alone so far."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PersonRequest
from accounts.roles import ENTER_DISBURSEMENT
from core.pages.forms import run_service
from core.services.access import requires
from core.services.attachments import download_response
from disbursements.models.photos import VoucherPhoto
from disbursements.photos import services as photos


@requires(ENTER_DISBURSEMENT)
def voucher_photos(request: PersonRequest) -> HttpResponseBase:
    """The photos that wait for whoever is signed in, and a field for more."""
    if request.method == "POST":
        return _add(request)
    waiting = VoucherPhoto.objects.visible_to(request.user)
    return render(request, "disbursements/photos.html", {"photos": waiting})


def _add(request: PersonRequest) -> HttpResponseBase:
    """Keep what was sent; a script that sends one at a time is told in JSON."""
    uploads = request.FILES.getlist("files")
    if "application/json" in request.headers.get("Accept", ""):
        return _added(request, uploads)
    if not uploads:
        messages.error(request, _("Choose a file first."))
    for upload in uploads:
        run_service(request, lambda upload=upload: photos.add(actor=request.user, upload=upload))  # type: ignore[misc]
    return redirect("voucher-photos")


def _added(request: PersonRequest, uploads: "list[UploadedFile[bytes]]") -> JsonResponse:
    """201 with the names, or 400 with what is wrong."""
    try:
        added = [photos.add(actor=request.user, upload=upload).name for upload in uploads]
    except ValidationError as error:
        return JsonResponse({"errors": error.messages}, status=400)
    return JsonResponse({"files": added}, status=201)


def own(request: PersonRequest, pk: int) -> VoucherPhoto:
    """A photo of whoever is signed in, or 404."""
    return get_object_or_404(VoucherPhoto.objects.visible_to(request.user), pk=pk)


@requires(ENTER_DISBURSEMENT)
def picture(request: PersonRequest, pk: int) -> HttpResponseBase:
    return download_response(own(request, pk))


@requires(ENTER_DISBURSEMENT)
@require_POST
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    photos.remove(actor=request.user, photo=own(request, pk))
    messages.success(request, _("The photo is removed."))
    return redirect("voucher-photos")
