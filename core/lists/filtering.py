"""What an address leaves of a list, and what is wrong with how it asks: then it leaves nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.lists.filters import Day, Filters, Month, may_repeat
from core.lists.listing import Listing
from core.lists.state import OWN, ListState, given_parameters
from core.services.access import ActorRequest


@dataclass(frozen=True)
class Found:
    """The rows asked for, the fields of the page's form, and what is wrong (each with the address
    without it): then no rows."""

    rows: Any
    filters: Filters | None = None
    fields: Sequence[BoundField] = ()
    wrong: Sequence[dict[str, str]] = ()


def filter_rows(request: ActorRequest, listing: Listing, asked: ListState) -> Found:
    """Filter the rows of a list as its address asks."""
    rows = listing.rows(request.user)
    if listing.filters is None:
        return Found(rows)
    filters = filterset_of(request, listing, request.GET, rows)
    names = [name for name, _value in asked.filters()]
    fields = filters.fields(listing.usual or filters.filters, names)
    wrong = [
        {"name": name, "label": label, "text": text, "href": asked.href(**{name: None})}
        for name, label, text in parameter_errors(filters, request.GET, listing)
    ]
    return Found([] if wrong else listing.narrowed(rows, filters), filters, fields, wrong)


def filterset_of(
    request: ActorRequest, listing: Listing, query: QueryDict, rows: object
) -> Filters:
    queryset = rows if isinstance(rows, QuerySet) else None
    filters: Filters = (listing.filters or Filters)(
        canonical_query(query, listing), queryset, request=request
    )
    return filters


def canonical_query(query: QueryDict, listing: Listing) -> QueryDict:
    """An address with its days and months as the parameters are written: people write them day
    first. The API takes them in one way alone."""
    written = query.copy()
    for name, each in listing.filters.base_filters.items():
        if name in query and isinstance(each, Day | Month):
            written.setlist(name, [each.as_asked(text) for text in query.getlist(name)])
    return written


def parameter_errors(
    filters: Filters, query: QueryDict, listing: Listing
) -> Iterator[tuple[str, str, str]]:
    """The errors of an address: parameters that a list does not know, or whose value it does not
    know: name, label, why, for a person."""
    for name in dict.fromkeys(
        name for name, _value in given_parameters(query, (*OWN, *listing.aside))
    ):
        if name not in filters.filters:
            yield name, name, _("This list has no such filter.")
            continue
        if len(query.getlist(name)) > 1 and not may_repeat(filters.filters[name]):
            filters.form.add_error(name, _("Give it once."))
        if texts := filters.form.errors.get(name):
            yield name, filters.caption(name), " ".join(texts)
