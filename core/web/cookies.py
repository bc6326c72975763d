"""By HTTPS every cookie has a prefix that browsers hold it to: `__Host-` sent by HTTPS alone, from
this very host, `__Secure-` where it is for a part of the portal. Inside, cookies have plain names;
one without its prefix may come from elsewhere, or from before, and is not seen."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HOST, SECURE = "__Host-", "__Secure-"


class PrefixedCookies:
    """Middleware, outside of all that read or set a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.HTTPS:
            return self.get_response(request)
        request.COOKIES = {
            name.removeprefix(prefix): value
            for prefix in (SECURE, HOST)
            for name, value in request.COOKIES.items()
            if name.startswith(prefix)
        }
        response = self.get_response(request)
        for name in list(response.cookies):
            cookie = response.cookies.pop(name)
            prefix = HOST if cookie["path"] == "/" and not cookie["domain"] else SECURE
            cookie.set(prefix + name, cookie.value, cookie.coded_value)
            cookie["secure"] = True
            response.cookies[prefix + name] = cookie
        return response
