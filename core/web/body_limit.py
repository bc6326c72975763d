"""How much one request may send: refused by what it says before anything of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.web.middleware import is_api

TOO_LARGE = 413
MEGABYTE = 1024 * 1024


class BodyLimit:
    """Middleware: 413 for more than MAX_BODY_MB, all files of a form together."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) <= settings.MAX_BODY_MB * MEGABYTE:
            return self.get_response(request)
        said = _("This is larger than %(most)s MB. Send fewer files at a time.") % {
            "most": settings.MAX_BODY_MB
        }
        if is_api(request):
            return JsonResponse({"detail": said}, status=TOO_LARGE)
        return HttpResponse(render_to_string("413.html", {"said": said}), status=TOO_LARGE)
