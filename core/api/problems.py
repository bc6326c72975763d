"""Refusals for programs: `application/problem+json` (RFC 9457) for who accepts it.

Everybody else gets the contract's shapes, `{"detail": …}` and `{field: [sentences]}`. A code stays
as it is once it was given; a sentence may be worded anew, and is in the reader's language.
"""

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

PROBLEM = "application/problem+json"
CODES = {  # where nothing closer is said
    403: "permission_denied",
    404: "not_found",
    413: "too_large",
    500: "error",
    503: "unavailable",
}


def coded_detail(text: str, code: str) -> list[str]:
    """A sentence about a field or parameter, with its code."""
    return [ErrorDetail(text, code)]


def as_problem(request: Request | None, response: Response) -> Response:
    """The refusal of a view in the form that the request accepts."""
    if request is not None and accepts(request):
        response.data = problem(response.status_code, response.data)
        response.content_type = PROBLEM
    return response


def accepts(request: HttpRequest | Request) -> bool:
    """Whether who asks reads problems."""
    return PROBLEM in request.headers.get("Accept", "")


class Problems:
    """Middleware: what is refused before a view is asked is a problem, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_refusal = response.status_code >= HTTPStatus.BAD_REQUEST and accepts(request)
        is_json = response.get("Content-Type") == "application/json"
        if is_refusal and is_json and request.path_info.startswith("/api/"):
            refused = getattr(response, "refused", None)  # with the codes of its sentences
            data = problem(response.status_code, refused or json.loads(response.content))
            response.content = json.dumps(data).encode()
            response["Content-Type"] = PROBLEM
        return response


def problem(status: int, data: object) -> dict[str, object]:
    """A refusal in the contract's shape, as RFC 9457 has it."""
    told = data if isinstance(data, dict) else {}
    sentence = told.get("detail")
    parts = {"rows": told.get("rows", [])} if isinstance(sentence, str) else data
    errors = list(_errors(parts))
    code = getattr(sentence, "code", CODES.get(status, "invalid"))
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence if isinstance(sentence, str) else errors[0]["detail"] if errors else "",
        "code": code if errors else told.get("code", code),
        "errors": errors,
    }


def _errors(detail: object, place: str = "") -> Iterator[dict[str, str]]:
    """Each sentence with its field, such as `rows.3.amount`: places in lists are counted from 1."""
    if isinstance(detail, dict) and {"row", "errors"} <= detail.keys():  # of many
        yield from _errors(detail["errors"], place)
    elif isinstance(detail, dict):
        for name, part in detail.items():
            inside = str(name + 1 if isinstance(name, int) else name)
            yield from _errors(part, f"{place}.{inside}" if place else inside)
    elif isinstance(detail, list):
        for index, part in enumerate(detail, 1):
            number = part.get("row", index) if isinstance(part, dict) else index
            yield from _errors(part, place if isinstance(part, str) else f"{place}.{number}")
    else:
        yield {"field": place, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}
