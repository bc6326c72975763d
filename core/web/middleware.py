"""What every request goes through."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import Resolver404, is_valid_path, resolve
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ParseError

from core.api.problems import coded_detail
from core.services import remarks
from core.services.errors import NotBegun
from core.values.text import clean

NULL = "\0"
BAD_REQUEST, NOT_ALLOWED = 400, 405


class NoApiWithoutHttps:
    """Refuses (403) a program that comes without HTTPS, where a page is led on to it: a program
    that is led on goes on sending its token for all to read, and nobody notices."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.HTTPS and is_api(request) and not request.is_secure():
            return JsonResponse({"detail": _("The API is asked by HTTPS alone.")}, status=403)
        return self.get_response(request)


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


def _note_sign_out(sender: object, request: Any, **kwargs: object) -> None:
    if request is not None:
        request.signed_out = True


class NoNullCharacters:
    """Refuses (400) an address with a null character: PostgreSQL stores none, so looking for one
    fails there. Forms and JSON bodies are looked after by their fields."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NULL in request.path or NULL in unquote_plus(request.META.get("QUERY_STRING", "")):
            told = coded_detail(_("Null characters are not allowed."), "null_characters")
            wrong = [name for name, values in request.GET.lists() if NULL in name + "".join(values)]
            response = JsonResponse(refused := dict.fromkeys(wrong or ["detail"], told), status=400)
            response.refused = refused  # type: ignore[attr-defined]  # of `Problems`
            return response
        return self.get_response(request)


class CleanText:
    """What a page is sent is clean before a view sees it: addresses, forms, names of files.

    A password is nobody's to change. The API cleans its bodies itself (core.api.base.JSONBody). A
    null character stays for the fields, which refuse it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
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
    arrive as a read and look as if it were done, so it is not found (404).

    Under /api/ it says so in JSON, as it says what else is answered there before the API is asked.
    """

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        is_read = request.method in ("GET", "HEAD")
        if is_api(request) and not lacks_slash(request):
            return False
        return is_read and super().should_redirect_with_slash(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        answer = super().process_response(request, response)  # type: ignore[arg-type]
        is_page = answer.get("Content-Type", "").startswith("text/html")
        if is_page and is_api(request) and answer.status_code >= MOVED:
            return _in_json(request, answer)
        return answer


MOVED = 301


def is_api(request: HttpRequest) -> bool:
    """Whether an address is under /api/."""
    return f"{request.path_info}/".startswith("/api/")


def lacks_slash(request: HttpRequest) -> bool:
    """Whether the API has this address with a slash at its end."""
    if request.path_info.endswith("/"):
        return False
    try:
        found = resolve(f"{request.path_info}/").func
        return not getattr(getattr(found, "cls", None), "is_nothing", False)
    except Resolver404:
        return False


def _in_json(request: HttpRequest, page: HttpResponseBase) -> HttpResponse:
    """A refusal, or where an address with its slash is, as the API says it."""
    if lacks_slash(request):
        where = {"address": f"{request.path}/"}
        said = _("An address of the API ends with a slash: %(address)s") % where
    elif page.status_code == NotFound.status_code:
        said = str(NotFound().detail)
    else:
        said = str(ParseError().detail)
    answer = JsonResponse({"detail": said}, status=page.status_code)
    if "Location" in page.headers:
        answer["Location"] = page.headers["Location"]
    return answer


class CompressedPages(GZipMiddleware):
    """Compresses pages, their scripts, JSON and CSV (a list of 500 rows is a tenth then); a file of
    Office or PDF is compressed already.

    The ETag of a compressed body is weak, as it names the content and not its bytes; with it the
    answer is 304 all the same. Length is blurred by up to 100 random bytes, so that it tells
    nothing of a secret in a page (BREACH).
    """

    KINDS = (
        "text/html",
        "text/javascript",
        "text/csv",
        "application/json",
        "application/x-ndjson",
        "application/vnd.oai.openapi",
        "application/manifest+json",
        "image/svg+xml",
    )

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

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NotBegun):
            return None
        if request.user.can("manage_settings"):
            return redirect("setup")
        return render(request, "not_begun.html")
