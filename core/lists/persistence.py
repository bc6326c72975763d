"""What is kept of a list for a person: the last filters in the session, columns in a cookie.

Only what was asked on the list's own page is kept. A link that somebody sent, or that a page of
the portal gives, shows what it says and changes nothing.
"""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from core.lists.filtering import filters_of, wrong_in
from core.lists.listing import Listing
from core.lists.state import (
    CLEAR,
    COLUMNS,
    FORMAT,
    LONGEST,
    PAGE,
    ListState,
    said,
    usual,
)
from core.services.access import ActorRequest

KEY = "lists"
RENAMED = {"year": "fiscal_year"}  # as addresses of old say it
A_YEAR = 365 * 24 * 3600


def elsewhere(request: ActorRequest, listing: Listing) -> HttpResponse | None:
    """Where the person is led who opens the list as such, to the filters they had last; and who
    comes by an address of old, to the one of today."""
    if request.method != "GET":
        return None
    if renamed := _renamed(request.GET, listing):
        return HttpResponseRedirect(f"{request.path}?{renamed}")
    if not listing.remembered:
        return None
    if CLEAR in request.GET:
        _keep(request, listing, "")
        return HttpResponseRedirect(request.path)
    kept = request.session.get(KEY, {}).get(listing.name, "")
    asks = request.GET or asked_here(request)  # here without any: all filters were emptied
    if kept and not asks and (known := _known(request, listing, kept)):
        return HttpResponseRedirect(f"{request.path}?{known}")
    return None


def _renamed(query: QueryDict, listing: Listing) -> str:
    """An address with the names that parameters have today; empty where it has them already."""
    known = listing.filters.base_filters if listing.filters else {}
    names = {old: new for old, new in RENAMED.items() if new in known and old not in known}
    if not names.keys() & query.keys() or set(names.values()) & query.keys():
        return ""
    return urlencode([(names.get(name, name), value) for name, value in said(query)], safe=",")


def _known(request: ActorRequest, listing: Listing, kept: str) -> str:
    """What was kept, without what the list does not know (any more)."""
    query = QueryDict(_renamed(QueryDict(kept), listing) or kept)
    filters = filters_of(request, listing, query, listing.rows(request.user))
    wrong = {name for name, *_why in wrong_in(filters, query, listing)}
    return urlencode([*said(query, wrong)], safe=",")


def remember(request: HttpRequest, listing: Listing) -> None:
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
    every: dict[str, object] = request.session.get(KEY, {})
    if len(query) > LONGEST or every.get(listing.name, "") == query:
        return
    kept = {**every, listing.name: query}
    request.session[KEY] = {name: text for name, text in kept.items() if text}
