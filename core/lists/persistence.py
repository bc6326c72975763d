"""What is kept of a list for a person: the last filters in the session, columns in a cookie.

Only what was asked on the list's own page is kept. A link that somebody sent, or that a page of
the portal gives, shows what it says and changes nothing.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.lists.listing import Listing
from core.lists.state import CLEAR, COLUMNS, FORMAT, PAGE, ListState, said, usual

KEY = "lists"
LONGEST = 1000  # letters of an address's query
A_YEAR = 365 * 24 * 3600


def elsewhere(request: HttpRequest, listing: Listing) -> HttpResponse | None:
    """Where the person is led who opens the list as such: to the filters they had last."""
    if not listing.remembered or request.method != "GET":
        return None
    if CLEAR in request.GET:
        _keep(request, listing, "")
        return HttpResponseRedirect(request.path)
    kept = request.session.get(KEY, {}).get(listing.name, "")
    if kept and not request.GET and not asked_here(request):  # here: all filters were emptied
        return HttpResponseRedirect(f"{request.path}?{kept}")
    return None


def remember(request: HttpRequest, listing: Listing, asked: ListState) -> None:
    """Keep filters and order for the next time."""
    if not listing.remembered or not asked_here(request):
        return
    pairs = said(request.GET, (PAGE, FORMAT, COLUMNS, CLEAR, *listing.aside))
    _keep(request, listing, urlencode([*pairs], safe=","))


def keep_columns(
    request: HttpRequest, response: HttpResponse, listing: Listing, asked: ListState
) -> None:
    """Keep the choice of columns in this browser, for this list."""
    if COLUMNS not in request.GET or not asked_here(request):
        return
    if asked.columns == usual(listing):
        response.delete_cookie(COLUMNS, path=request.path, samesite="Lax")
        return
    response.set_cookie(
        COLUMNS,
        ",".join(column.name for column in asked.columns),
        max_age=A_YEAR,
        path=request.path,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )


def asked_here(request: HttpRequest) -> bool:
    """Whether the list's own page asks: its form, a heading, a choice of columns."""
    came_from = urlsplit(request.headers.get("Referer", "")).path
    return request.method == "GET" and came_from == request.path


def _keep(request: HttpRequest, listing: Listing, query: str) -> None:
    every: dict[str, Any] = request.session.get(KEY, {})
    if len(query) > LONGEST or every.get(listing.name, "") == query:
        return
    kept = {**every, listing.name: query}
    request.session[KEY] = {name: text for name, text in kept.items() if text}
