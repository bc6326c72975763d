"""A portal to practise on says so on every page, whatever made the page, and with every answer."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

BODY = re.compile(rb"<body[^>]*>")


class Practice:
    """Middleware; does nothing unless `PRACTICE` is 1."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not settings.PRACTICE:
            return response
        response["X-Portal"] = "practice"
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and not response.streaming and (body := BODY.search(response.content)):
            mark = render_to_string("practice.html").encode()
            response.content = (
                response.content[: body.end()] + mark + response.content[body.end() :]
            )
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response
