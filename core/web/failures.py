"""What a request is answered where the portal fails: 503 while the database is away or a disk is
full, which passes by itself, else 500."""

import errno
import logging
import sys
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.web.logs import request_id

logger = logging.getLogger(__name__)

AWAY = 503
TRY_AGAIN_IN = "10"  # seconds
# What SQLite calls an operational error, and is a fault of ours: a wrong table, column or query.
_FAULTS = ("no such ", "near ", "table ", "duplicate column", "ambiguous column", "too many SQL")


_FULL = (errno.ENOSPC, errno.EDQUOT)
_SAY_FULL = ("database or disk is full", "No space left on device")


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be reached, is shutting down or too busy, or
    that a disk is full."""
    if isinstance(error, InterfaceError) or is_full(error):  # closed under the request, or no room
        return True
    if (
        type(error) is DatabaseError
    ):  # PostgreSQL ended in the middle, and could give no code for it
        return getattr(error.__cause__, "pgcode", "") is None
    return isinstance(error, OperationalError) and not str(error).startswith(_FAULTS)


def is_full(error: BaseException | None) -> bool:
    """Whether there was no room for a file, or for the database."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    return isinstance(error, OperationalError) and any(said in str(error) for said in _SAY_FULL)


def sentence(error: BaseException | None = None) -> str:
    if is_full(error):
        return _(
            "The portal's disk is full. Nothing was saved; tell the administrator, and try again "
            "once there is room."
        )
    return _("The database does not answer just now. Nothing was saved; try again in a moment.")


class DatabaseAway:
    """Answers 503 for a view that does not reach the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return away(request, error) if is_away(error) else None


def note(error: BaseException | None, path: str) -> None:
    """Its trace on standard error."""
    what = "A disk is full" if is_full(error) else "The database is away"
    logger.error("%s: %s", what, path, exc_info=error)


def away(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """503, as JSON for the API, with a trace on standard error; it asks the database nothing."""
    note(error, request.path)
    if request.path_info.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"detail": sentence(error)}, status=AWAY)
    else:
        context = {"said": sentence(error), "number": request_id.get()}
        answer = HttpResponse(render_to_string("503.html", context), status=AWAY)
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
    page = render_to_string("500.html", {"number": request_id.get()})
    return HttpResponseServerError(page)
