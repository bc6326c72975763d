"""What a person chose for the screen and a cookie remembers: language, theme, rows of lists."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.services.access import public

COOKIE = "theme"
THEMES = ("auto", "light", "dark")
ROWS = ("narrow", "wide")
A_YEAR = 365 * 24 * 3600


class LanguageMiddleware(LocaleMiddleware):
    """Pages are Vietnamese until somebody chooses English, whatever the browser was installed in.

    The API goes by Accept-Language, as its clients expect.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/api/"):
            super().process_request(request)
            return
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(known)
        request.LANGUAGE_CODE = translation.get_language()


def theme_of(request: HttpRequest) -> str:
    """The theme of the cookie; `auto` follows the device."""
    chosen = request.COOKIES.get(COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def rows_of(request: HttpRequest) -> str:
    """How the person wants the rows of lists: `narrow`, on one line each, or `wide`, with all their
    text."""
    chosen = request.COOKIES.get(_rows_cookie(request), ROWS[0])
    return chosen if chosen in ROWS else ROWS[0]


def _rows_cookie(request: HttpRequest) -> str:
    """Of the person: two who share a browser do not share it."""
    return f"rows-{getattr(request, 'user', None) and request.user.pk}"


@public
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember a theme, or how rows of lists stand, and go back to the page it was chosen on."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    for field, cookie, choices in (
        ("theme", COOKIE, THEMES),
        ("rows", _rows_cookie(request), ROWS),
    ):
        chosen = request.POST.get(field, "")
        if chosen in choices:
            response.set_cookie(
                cookie,
                chosen,
                max_age=A_YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
    return response


def remember_language(response: HttpResponse, request: HttpRequest, language: str) -> None:
    """Set the cookie that `LanguageMiddleware` reads, as the switch in the page's head does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
