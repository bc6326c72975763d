"""Refusals for programs: `application/problem+json` (RFC 9457) for who accepts it.

Everybody else gets the contract's shapes, `{"detail": …}` and `{field: [sentences]}`. A code stays
as it is once it was given; a sentence may be worded anew, and is in the reader's language.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

PROBLEM = "application/problem+json"


def said(text: str, code: str) -> list[str]:
    """A sentence about a field or parameter, with its code."""
    return [ErrorDetail(text, code)]


def as_problem(request: Request | None, response: Response) -> Response:
    """The refusal in the form that the request accepts."""
    if request is None or PROBLEM not in request.headers.get("Accept", ""):
        return response
    status, data = response.status_code, response.data
    sentence = data.get("detail") if isinstance(data, dict) else None
    errors: list[dict[str, str]] = []
    if not isinstance(sentence, str):
        errors = list(_errors(data))
        sentence = ErrorDetail(errors[0]["detail"] if errors else "", "invalid")
    response.data = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "code": (not errors and data.get("code")) or getattr(sentence, "code", "invalid"),
        "errors": errors,
    }
    response.content_type = PROBLEM
    return response


def _errors(detail: Any, place: str = "") -> Iterator[dict[str, str]]:
    """Each sentence with its field, such as `rows.3.amount`: places in lists are counted from 1."""
    if isinstance(detail, dict) and detail.keys() == {"row", "errors"}:
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
