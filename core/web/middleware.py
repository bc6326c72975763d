"""What every request goes through."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import is_valid_path
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from core.services.errors import NotBegun

NULL = "\0"
NOT_ALLOWED = 405


class PrivatePages:
    """What a browser may keep: an answer that says nothing itself is its reader's alone, asked for
    again before it is shown (`private, no-cache`; Back may show it, which on a weak line is what
    one wants). Credentials and attachments say `no-store`. Who signs out leaves none behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        user_logged_out.connect(_note_sign_out, dispatch_uid="clear_the_browsers_cache")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        if getattr(request, "signed_out", False):
            response["Clear-Site-Data"] = '"cache"'  # not its storage: forms wait there to be sent
        return response


def _note_sign_out(sender: Any, request: Any, **kwargs: Any) -> None:
    if request is not None:
        request.signed_out = True


class NoNullCharacters:
    """Refuses (400) an address with a null character: PostgreSQL stores none, so looking for one
    fails there. Forms and JSON bodies are looked after by their fields."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NULL in request.path or NULL in unquote_plus(request.META.get("QUERY_STRING", "")):
            said = [_("Null characters are not allowed.")]
            wrong = [name for name, values in request.GET.lists() if NULL in name + "".join(values)]
            return JsonResponse(dict.fromkeys(wrong or ["detail"], said), status=400)
        return self.get_response(request)


class Addresses(CommonMiddleware):
    """Django's own. Only a read is sent on to the address with a slash: a write sent on would
    arrive as a read and look as if it were done, so it is not found (404)."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


class CompressedPages(GZipMiddleware):
    """Compresses pages and their scripts. Downloads are compressed already, and the API's ETags
    name the bytes of a body: a compressed one would be another."""

    KINDS = ("text/html", "text/javascript", "application/manifest+json", "image/svg+xml")

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(self.KINDS):
            return response
        return super().process_response(request, response)


class PageAbove:
    """Who asks to see an address that only takes forms (a reload of its answer, a switch of the
    language, coming back from signing in) is led to the page above it: /plans/7/ of
    /plans/7/lines/. A program gets its 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        asked_to_see = request.method in ("GET", "HEAD") and not request.path.startswith("/api/")
        if response.status_code == NOT_ALLOWED and asked_to_see and request.path != "/":
            return redirect(_above(request.path))
        return response


def _above(path: str) -> str:
    """The nearest address above this one that there is."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            break
    return path


class SetUpFirst:
    """A page that needs a fiscal year while there is none (`NotBegun`): the guided set-up for
    whoever may do it, a sentence for everybody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NotBegun):
            return None
        if request.user.can("manage_settings"):
            return redirect("setup")
        return render(request, "not_begun.html")
