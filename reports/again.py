"""The same request of a program once more: the same answer, before the rest of the way (ADR 44).

Who asks is looked up anew, as the API does it, and counts against the same limits; the stamp, the
day and the role must be those of the answer. All that a request says of itself is in its key,
digested, so that nothing else can decide what it is told. Where anything is another, or cannot be
said, the request goes the whole way.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException

from accounts.authentication import ApiTokenAuthentication, tell_what_is_left
from accounts.throttling import within_limits
from reports import kept

ITS_OWN = ("HTTP_X_REQUEST_ID",)  # of each request alone
TOLD_ANEW = ("Token-Expires", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
OF_THE_ADDRESS = (
    *("wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR"),
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"),
)


@dataclass(frozen=True)
class Told:
    """An answer as it left, and under which state of all that it says."""

    state: kept.Key
    status: int
    headers: dict[str, str]
    body: bytes
    route: Any

    def __len__(self) -> int:
        return len(self.body) + 2000  # with its headers

    def again(self) -> HttpResponse:
        response = HttpResponse(self.body, status=self.status, headers=self.headers)
        if "Content-Type" not in self.headers:
            del response["Content-Type"]
        return response


class Again:
    """Middleware, outside of all that an answer passes on its way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if "replica" in settings.DATABASES:
            raise MiddlewareNotUsed  # which database is asked is decided further in
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key(request)
        if key is None:
            return self.get_response(request)
        told = kept.SENT.get(key)
        if told is not None and _is_still_so(request, told):
            request.resolver_match = told.route
            return tell_what_is_left(request, told.again())
        response = self.get_response(request)
        state = getattr(request, "kept_under", None)
        if state and response.status_code in (200, 304) and not response.cookies:
            headers = {name: text for name, text in response.items() if name not in TOLD_ANEW}
            route, body = request.resolver_match, bytes(response.content)
            kept.SENT.put(key, Told(state, response.status_code, headers, body, route))
        return response


def _key(request: HttpRequest) -> bytes | None:
    """All that a request of a program says, so that it cannot be read there; None for others."""
    said = request.META
    is_a_programs = "HTTP_AUTHORIZATION" in said and not said.get("HTTP_COOKIE")
    has_a_body = said.get("CONTENT_LENGTH") not in (None, "", "0")
    if request.method != "GET" or not is_a_programs or has_a_body:
        return None
    if not request.path_info.startswith("/api/"):
        return None
    headers = [(n, v) for n, v in said.items() if n.startswith("HTTP_") and n not in ITS_OWN]
    whole = (headers, [said.get(name) for name in OF_THE_ADDRESS])
    return hashlib.blake2b(repr(whole).encode(errors="surrogatepass")).digest()


def _is_still_so(request: HttpRequest, told: Told) -> bool:
    """Whether who asks may have the answer, and nothing that it says has changed."""
    try:
        found = ApiTokenAuthentication().credentials(request)
        if found is None or kept.answer_state(found[0]) != told.state:
            return False
        user, token = found
        token.touch()
    except (APIException, DatabaseError):
        return False  # is said further in
    request.user, request.token_expiry = user, token.expiry  # type: ignore[attr-defined]
    return within_limits(request, token)
