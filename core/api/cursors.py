"""`after=`: the rows of a list behind a given one, however deep it lies and whatever was added."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core import signing
from django.core.paginator import Paginator
from django.db import connections
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.api.problems import coded_detail
from core.lists.ordering import fields_of, may_be_null
from core.services.deep_pages import LONG, DeepPaginator, read_by_keys
from core.services.keyset import Term, after_condition

Rows = QuerySet[Model]
AFTER = "after"
DEEPEST = 100_000  # rows that a page by its number skips; what is deeper is reached by `after`


def terms_of(rows: Rows) -> list[Term] | None:
    """The order of a list as terms, its key last; None where it is no order of fields."""
    query = rows.query
    if query.combinator or query.values_select:
        return None  # no records
    orders = query.order_by or (query.default_ordering and rows.model._meta.ordering) or ()
    terms = [_term(rows, order) for order in orders]
    if None in terms:
        return None
    found = [term for term in terms if term is not None]
    if not any(term.path in ("pk", rows.model._meta.pk.name) for term in found):
        found.append(Term("pk"))
    return found


def _term(rows: Rows, order: object) -> Term | None:
    nulls = ""
    if isinstance(order, OrderBy) and isinstance(order.expression, F):
        field: Any = order.expression
        path, descending = field.name, order.descending
        nulls = "first" if order.nulls_first else "last" if order.nulls_last else ""
    elif isinstance(order, str):
        path, descending = order.removeprefix("-"), order.startswith("-")
    else:
        return None
    fields = fields_of(rows.model, path)
    if fields and fields[-1].is_relation and not path.endswith("_id"):
        return None  # the order of other records
    if not may_be_null(rows.model, path):
        return Term(path, descending)
    are_least = connections[rows.db].vendor == "sqlite"
    return Term(path, descending, nulls or ("first" if are_least != descending else "last"))


def cursor_of(rows: Rows, terms: Sequence[Term], last: object) -> str:
    """The place of a row in the order, as it was when it was read: meanwhile it may have moved, or
    have gone."""
    values = [_read_with(rows, last, term.path) for term in terms]
    kept = [value if isinstance(value, int) or value is None else str(value) for value in values]
    return signing.dumps([_signs(terms), kept], salt=AFTER)


def _read_with(rows: Rows, last: Any, path: str) -> object:
    """What a row is ordered by; what is computed for the order alone is asked for."""
    known = getattr(last, "known", None)  # of a row of columns (core.api.rows)
    if known is not None and path in known:
        return known[path]
    computed = {} if fields_of(rows.model, path) else {path: F(path)}
    if known is not None or computed:
        one = rows.filter(pk=last.pk).order_by().annotate(**computed)
        return one.values_list(path, flat=True).first()
    value = last
    for name in path.split("__"):
        value = getattr(value, name, None)
    return value


def rows_after(rows: Rows, terms: Sequence[Term], text: str) -> Rows:
    """The rows after a cursor. Raises `ValidationError` (400) for one of another list or order."""
    try:
        signs, kept = signing.loads(text, salt=AFTER)
    except signing.BadSignature:
        signs, kept = None, []
    if signs != _signs(terms):
        wrong = _("This is no cursor of this list in this order: follow “next” as it was given.")
        raise ValidationError({AFTER: coded_detail(wrong, "bad_cursor")})
    values = [_read(rows, term, value) for term, value in zip(terms, kept, strict=True)]
    return rows.filter(after_condition(terms, values))


def _signs(terms: Sequence[Term]) -> list[str]:
    return ["-" * term.descending + term.path for term in terms]


def _read(rows: Rows, term: Term, value: object) -> object:
    fields = fields_of(rows.model, term.path)
    return fields[-1].to_python(value) if fields else value


class CursorPages(PageNumberPagination):
    """Pagination by cursor: pages by number whose `next` goes on after the page's last row. Who
    names a page gets pages by number; an order that is none of fields has these alone."""

    terms: list[Term] | None = None
    rows: Any = None
    last: object = None  # of a page that is not the list's last
    read: Callable[[Any], Any] = staticmethod(DeepPaginator.read)  # how the rows of a page are read
    count_of: Callable[[Any], int] = staticmethod(lambda rows: Paginator(rows, 1).count)

    def django_paginator_class(self, rows: Any, per_page: int) -> DeepPaginator:  # type: ignore[override]
        found = DeepPaginator(rows, per_page)
        found.read = self.read
        found.count = self.count_of(rows)  # type: ignore[misc]  # a cached property
        return found

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        self.count_of = getattr(view, "count_of", self.count_of)
        self.terms = terms_of(queryset)
        if self.terms is not None:
            self.rows = queryset.order_by(*(_order(term) for term in self.terms))
        text = request.query_params.get(AFTER)
        rows = queryset if self.rows is None else self.rows
        if text is not None:
            return self._page_behind(rows, request, text)
        found: Any = super().paginate_queryset(rows, request, view)
        self._go_on_behind(found, more=self.page.has_next())
        return found

    def get_page_number(self, request: Request, paginator: Any) -> int | str:
        """As asked for; deep in a list that `after` goes through, it is refused (400): the
        database makes every row that a number skips."""
        number: int | str = super().get_page_number(request, paginator)
        text = str(number)[:19]
        is_one = text.isascii() and text.isdigit() and int(text) <= paginator.num_pages
        if self.terms and is_one and (int(text) - 1) * paginator.per_page >= DEEPEST:
            told = _(
                "Pages by number end after %(rows)d rows: leave “page” out and follow “next” "
                "(its “after” goes as deep as the list), or narrow the filter."
            )
            raise ValidationError(
                {self.page_query_param: coded_detail(told % {"rows": DEEPEST}, "too_deep")}
            )
        return number

    def _page_behind(self, rows: Rows, request: Request, text: str) -> list[Any]:
        if self.page_query_param in request.query_params:
            told = coded_detail(
                _("A page by its number, or the rows “after” one: not both."), "not_both"
            )
            raise ValidationError({AFTER: told})
        self.request, self.count = request, self.count_of(rows)
        size = self.get_page_size(request) or 0
        those = rows_after(rows, self.terms or [], text)[: size + 1]
        if self.count < LONG:
            found = list(self.read(those))
        else:  # an index may have the keys in this order, but no other column
            found = read_by_keys(rows, list(those.values_list("pk", flat=True)), self.read)
        self._go_on_behind(found[:size], more=len(found) > size)
        return found[:size]

    def _go_on_behind(self, found: list[object], *, more: bool) -> None:
        by_number = self.page_query_param in self.request.query_params and not self._is_deepest()
        self.last = found[-1] if more and self.terms and not by_number else None

    def _is_deepest(self) -> bool:
        page = self.page
        return bool(page.number * page.paginator.per_page >= DEEPEST)

    def get_next_link(self) -> str | None:
        if self.last is None:
            return None if self._is_behind() else super().get_next_link()
        cursor = cursor_of(self.rows, self.terms or [], self.last)
        here = remove_query_param(self.request.build_absolute_uri(), self.page_query_param)
        return replace_query_param(here, AFTER, cursor)

    def get_previous_link(self) -> str | None:
        return None if self._is_behind() else super().get_previous_link()

    def _is_behind(self) -> bool:
        return AFTER in self.request.query_params

    def get_paginated_response(self, data: object) -> Response:
        links = {"next": self.get_next_link(), "previous": self.get_previous_link()}
        count = self.count if self._is_behind() else self.page.paginator.count
        return Response({"count": count, **links, "results": data})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, object]]:
        words = "The rows behind a cursor: what `next` holds. Not together with `page`."
        kind = {"type": "string", "minLength": 1}
        behind = {"name": AFTER, "in": "query", "description": words, "schema": kind}
        return [*super().get_schema_operation_parameters(view), {**behind, "required": False}]


def _order(term: Term) -> OrderBy | str:
    if not term.nulls:
        return "-" * term.descending + term.path
    nulls = {f"nulls_{term.nulls}": True}
    field = F(term.path)
    return field.desc(**nulls) if term.descending else field.asc(**nulls)
