"""What an address asks of a list (filters, order, columns, page), and the addresses near it."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from core.lists.columns import Column
from core.lists.listing import Listing

COLUMNS, SORT, PAGE, FORMAT, CLEAR = "cols", "sort", "page", "format", "clear"
SEARCH = "search"  # the filter that is searched in as one types
EVERY = "all"  # in the place of names of columns
LONGEST = 1000  # letters of an address's query that are kept
OWN = (COLUMNS, SORT, PAGE, FORMAT, CLEAR)  # what is no filter


@dataclass(frozen=True)
class ListState:
    """One reading of an address; what is not a column is passed over."""

    path: str
    query: QueryDict
    aside: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: Column | None
    descending: bool

    def href(self, **changes: object) -> str:
        """This address with some parameters changed (None: left out); a new order begins at
        page 1."""
        without = {PAGE, FORMAT, CLEAR, *self.aside, *changes}
        pairs = [*given_parameters(self.query, without)]
        pairs += [(name, str(value)) for name, value in changes.items() if value is not None]
        return f"{self.path}?{urlencode(pairs, safe=',')}"

    def filters(self) -> list[tuple[str, str]]:
        """The filters that say something."""
        return [*given_parameters(self.query, (*OWN, *self.aside))]

    def in_usual_order(self, listing: Listing) -> "ListState":
        """The same, sorted as the list is where nothing is asked."""
        column = listing.column(listing.order.removeprefix("-"))
        return replace(self, sort=column, descending=listing.order.startswith("-"))

    def sort_href(self, column: Column) -> str:
        """The address sorted by a column, or turned round where it is so already."""
        again = self.sort is column and not self.descending
        return self.href(sort=f"-{column.name}" if again else column.name)


def given_parameters(query: QueryDict, without: Container[str] = ()) -> Iterator[tuple[str, str]]:
    """The parameters of an address that have a value, but for some."""
    for name, values in query.lists():
        for value in values:
            if name not in without and value.strip():
                yield name, value


def view_query(query: QueryDict) -> str:
    """What an address asks of a list whichever page of it is shown: what is kept under a name."""
    return urlencode([*given_parameters(query, (PAGE, FORMAT, CLEAR))], safe=",")[:LONGEST]


def read_state(request: HttpRequest, listing: Listing, path: str = "") -> ListState:
    """The state of a list as the request asks for it; `path` is the list's address where it is not
    the request's own."""
    sort = request.GET.get(SORT) or listing.order
    column = listing.column(sort.removeprefix("-"))
    if column is None or not column.order:
        sort = listing.order
        column = listing.column(sort.removeprefix("-"))
    return ListState(
        path=path or request.path,
        query=request.GET,
        aside=listing.aside,
        columns=visible_columns(request, listing),
        sort=column,
        descending=sort.startswith("-"),
    )


def visible_columns(request: HttpRequest, listing: Listing) -> tuple[Column, ...]:
    """The visible columns: those of the address, else those the person's browser keeps, else the
    usual ones.

    The first column names the row and leads to it: it is always there.
    """
    asked = request.GET.getlist(COLUMNS) or [request.COOKIES.get(COLUMNS, "")]
    names = {name for text in asked for name in text.split(",")}
    first, *others = listing.columns
    found = [column for column in others if column.name in names or EVERY in names]
    if not found:
        found = [column for column in others if not column.hidden]
    return (first, *found)


def default_columns(listing: Listing) -> tuple[Column, ...]:
    """The default columns: shown to who has chosen none."""
    first, *others = listing.columns
    return (first, *(column for column in others if not column.hidden))
