"""What a request is answered where the portal fails: 503 while the database is away, else 500."""

import logging
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error as fault

logger = logging.getLogger(__name__)

AWAY = 503
TRY_AGAIN_IN = "10"  # seconds
# What SQLite calls an operational error, and is a fault of ours: a wrong table, column or query.
_FAULTS = ("no such ", "near ", "table ", "duplicate column", "ambiguous column", "too many SQL")


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be reached, is shutting down or too busy."""
    if isinstance(error, InterfaceError):  # the connection was closed under the request
        return True
    return isinstance(error, OperationalError) and not str(error).startswith(_FAULTS)


def sentence() -> str:
    return _("The database does not answer just now. Nothing was saved; try again in a moment.")


class DatabaseAway:
    """Answers 503 for a view that does not reach the database."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return away(request, error) if is_away(error) else None


def away(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """503, as JSON for the API, with a trace on standard error; it asks the database nothing."""
    logger.error("The database is away: %s", request.path, exc_info=error)
    if request.path_info.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"detail": sentence()}, status=AWAY)
    else:
        answer = HttpResponse(render_to_string("503.html", {"said": sentence()}), status=AWAY)
    answer["Retry-After"] = TRY_AGAIN_IN
    answer["Cache-Control"] = "no-store"
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to what nothing else has caught, in a view or before it (`handler500`)."""
    error = sys.exc_info()[1]
    if is_away(error):
        return away(request, error)
    if request.path_info.startswith("/api/"):
        said = _("Something went wrong in the portal. Nothing was saved by this step.")
        return JsonResponse({"detail": said}, status=500)
    return fault(request)
