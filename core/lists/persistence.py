"""What is kept of a list for a person: the last filters in the session, columns in a cookie.

Only what was asked on the list's own page is kept. A link that somebody sent, or that a page of
the portal gives, shows what it says and changes nothing.
"""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from core.lists.filtering import filterset_of, parameter_errors
from core.lists.listing import Listing
from core.lists.state import (
    CLEAR,
    COLUMNS,
    FORMAT,
    LONGEST,
    PAGE,
    ListState,
    default_columns,
    given_parameters,
)
from core.services.access import ActorRequest

KEY = "lists"
RENAMED = {"year": "fiscal_year"}  # as addresses of old say it
A_YEAR = 365 * 24 * 3600


def redirect_to_state(request: ActorRequest, listing: Listing) -> HttpResponse | None:
    """A redirect to the saved state: who opens the list as such finds the filters they had last;
    and who comes by an address of old, to the one of today."""
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
    asks = request.GET or is_own_page(request)  # here without any: all filters were emptied
    if kept and not asks and (known := _known(request, listing, kept)):
        return HttpResponseRedirect(f"{request.path}?{known}")
    return None


def _renamed(query: QueryDict, listing: Listing) -> str:
    """An address with the names that parameters have today; empty where it has them already."""
    known = listing.filters.base_filters if listing.filters else {}
    names = {old: new for old, new in RENAMED.items() if new in known and old not in known}
    if not names.keys() & query.keys() or set(names.values()) & query.keys():
        return ""
    return urlencode(
        [(names.get(name, name), value) for name, value in given_parameters(query)], safe=","
    )


def _known(request: ActorRequest, listing: Listing, kept: str) -> str:
    """What was kept, without what the list does not know (any more)."""
    query = QueryDict(_renamed(QueryDict(kept), listing) or kept)
    filters = filterset_of(request, listing, query, listing.rows(request.user))
    wrong = {name for name, *_why in parameter_errors(filters, query, listing)}
    return urlencode([*given_parameters(query, wrong)], safe=",")


def save_filters(request: HttpRequest, listing: Listing) -> None:
    """Save filters and order in the session, for the next time."""
    if not listing.remembered or not is_own_page(request):
        return
    pairs = given_parameters(request.GET, (PAGE, FORMAT, COLUMNS, CLEAR, *listing.aside))
    _keep(request, listing, urlencode([*pairs], safe=","))


def save_columns(
    request: HttpRequest, response: HttpResponse, listing: Listing, asked: ListState
) -> None:
    """Save the choice of columns in a cookie of this browser, for this list."""
    if COLUMNS not in request.GET or not is_own_page(request):
        return
    if asked.columns == default_columns(listing):
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


def is_own_page(request: HttpRequest) -> bool:
    """Whether the list's own page asks: its form, a heading, a choice of columns."""
    came_from = urlsplit(request.headers.get("Referer", "")).path
    return request.method == "GET" and came_from == request.path


def _keep(request: HttpRequest, listing: Listing, query: str) -> None:
    every: dict[str, object] = request.session.get(KEY, {})
    if len(query) > LONGEST or every.get(listing.name, "") == query:
        return
    kept = {**every, listing.name: query}
    request.session[KEY] = {name: text for name, text in kept.items() if text}
