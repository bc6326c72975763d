"""Every request leaves a line, a measurement, and its slow queries; all under one number."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import cast
from uuid import uuid4

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from core.web import logs, metrics, slow

logger = logging.getLogger("portal.request")
WATCHED = ("/healthz", "/readyz", "/metrics")
OK = 200
SENT_NUMBER = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Observed:
    """The outermost middleware. The number is the web server's (`X-Request-ID`) where one of one's
    own stands in front, else a new one; the answer carries it, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = logs.request_id.set(_number(request))
        began = perf_counter()
        try:
            with _slow_queries(request):
                response = self.get_response(request)
            _leave_a_line(request, response, perf_counter() - began)
            response["X-Request-ID"] = logs.request_id.get()
            if isinstance(response, StreamingHttpResponse):
                pieces = cast(Iterator[bytes], response.streaming_content)
                response.streaming_content = _logged(pieces, logs.request_id.get())
            return response
        finally:
            logs.request_id.reset(token)


def _number(request: HttpRequest) -> str:
    sent = request.headers.get("X-Request-ID", "")
    return sent if settings.PROXIES and SENT_NUMBER.fullmatch(sent) else uuid4().hex


def _leave_a_line(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """One line for what people ask for; static files leave none, nor does a watching program."""
    if request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        return
    route = route_of(request)
    metrics.took(request.method or "", route, response.status_code, seconds)
    if route in WATCHED and response.status_code == OK:
        return
    facts = {
        "method": request.method,
        "path": logs.mask(request.path),
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000),
        "account": getattr(getattr(request, "_cached_user", None), "pk", None),
    }
    logger.info("answered", extra={"facts": facts})


def route_of(request: HttpRequest) -> str:
    """The pattern of an address, without what stands in it."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "unknown"


def _logged(pieces: Iterable[bytes], number: str) -> Iterator[bytes]:
    """The pieces of an answer; what goes wrong between them leaves its trace, too."""
    try:
        yield from pieces
    except Exception:
        token = logs.request_id.set(number)
        logger.exception("An answer broke off")
        logs.request_id.reset(token)
        raise


@contextmanager
def _slow_queries(request: HttpRequest) -> Iterator[None]:
    """Note the queries that take SLOW_QUERY_MS or longer; 0: none."""
    least = settings.SLOW_QUERY_MS / 1000

    def timed(
        execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if (seconds := perf_counter() - began) >= least:
                slow.note(sql, seconds, route_of(request))

    if not least:
        yield
        return
    with ExitStack() as stack:
        for each in connections.all():
            stack.enter_context(each.execute_wrapper(timed))
        yield
