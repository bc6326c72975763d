"""What every request goes through."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import is_valid_path
from django.utils.translation import gettext as _

from core.services import remarks
from core.services.errors import NotBegun
from core.values.text import clean

NULL = "\0"
BAD_REQUEST, NOT_ALLOWED = 400, 405


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


class CleanText:
    """What a page is sent is clean before a view sees it: addresses, forms, names of files.

    A password is nobody's to change. The API cleans its bodies itself (core.api.base.JSONBody). A
    null character stays for the fields, which refuse it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = cleaned_query(request.GET)
        if request.method == "POST" and not request.path.startswith("/api/"):
            request.POST = cleaned_query(request.POST)
            for _name, files in request.FILES.lists():
                for file in files:
                    file.name = clean(file.name)
        return self.get_response(request)


def cleaned_query(query: QueryDict) -> QueryDict:
    """The names and values of an address or a form, clean; the same where they were."""
    found = QueryDict(mutable=True, encoding=query.encoding)
    for name, values in query.lists():
        kept = "password" in name
        found.setlist(
            clean(name), [text if kept or NULL in text else clean(text) for text in values]
        )
    found._mutable = False
    return found


class Remarks:
    """What was remarked while a page saved something (core.services.remarks) is its notice; the API
    says it in its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remarks.listening() as said:
            response = self.get_response(request)
        if not request.path.startswith("/api/") and response.status_code < BAD_REQUEST:
            for remark in said:
                messages.warning(request, remark["message"])
        return response


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
