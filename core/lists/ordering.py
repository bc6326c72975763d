"""The order of a list's rows, and what its columns add up to: both asked of the database."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Case, Count, F, IntegerField, Model, Sum, Value, When
from django.db.models.expressions import Expression, OrderBy

from core.lists.columns import Column
from core.lists.listing import Listing, Rows
from core.lists.state import ListState
from core.values.text import sort_key


def ordered(rows: Rows, listing: Listing, asked: ListState) -> Rows:
    """The rows as asked. What has no value comes last; rows alike keep one order."""
    if asked.sort is None:
        return rows
    if isinstance(rows, list):  # worked out in Python, and few
        return _in_memory(rows, asked.sort, asked.descending)
    terms = [_term(rows.model, each, asked.descending) for each in asked.sort.orders]
    return rows.order_by(*terms, f"-{listing.tie}" if asked.descending else listing.tie)


def _in_memory(rows: list[object], column: Column, descending: bool) -> list[object]:
    """The same for rows in memory: by what stands in the column."""
    valued = [(column.value(row), row) for row in rows]
    there = [pair for pair in valued if pair[0] not in (None, "")]
    there.sort(key=lambda pair: _key(pair[0]), reverse=descending)
    return [row for _value, row in there] + [r for value, r in valued if value in (None, "")]


def _key(value: Any) -> Any:
    return sort_key(value) if isinstance(value, str) else value


def _term(model: type[Model], path: str | Expression, descending: bool) -> str | OrderBy:
    """One field of an order; a field with choices is sorted as they are listed."""
    if not isinstance(path, str):
        return path.desc(nulls_last=True) if descending else path.asc(nulls_last=True)
    if path.startswith("-"):
        path, descending = path[1:], not descending
    fields = fields_of(model, path)
    if fields and fields[-1].choices:
        return _by_choice(path, fields[-1].choices, descending)
    if not may_be_null(model, path):
        return f"-{path}" if descending else path  # as an index has it
    return F(path).desc(nulls_last=True) if descending else F(path).asc(nulls_last=True)


def _by_choice(path: str, choices: Iterable[tuple[object, object]], descending: bool) -> OrderBy:
    places = [When(**{path: value}, then=Value(n)) for n, (value, _label) in enumerate(choices)]
    place = Case(*places, default=Value(len(places)), output_field=IntegerField())
    return place.desc() if descending else place.asc()


def may_be_null(model: type[Model], path: str) -> bool:
    """Whether a lookup can be without a value; what a query computes can."""
    fields = fields_of(model, path)
    return not fields or any(getattr(field, "null", False) for field in fields)


def fields_of(model: Any, path: str) -> list[Any]:
    """The fields of a lookup; none where it is computed by the query."""
    found = []
    try:
        for part in path.split("__"):
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
            found.append(field)
            model = field.related_model
    except (FieldDoesNotExist, AttributeError):
        return []
    return found


def count_and_sums(rows: Rows, columns: tuple[Column, ...]) -> tuple[int, dict[str, int]]:
    """How many rows there are, and what the columns with sums add up to, over all of them."""
    adding = [column for column in columns if column.sum]
    if isinstance(rows, list):
        return len(rows), {c.name: sum(c.value(row) or 0 for row in rows) for c in adding}
    if not adding:
        return rows.count(), {}
    sums = {f"sum_{column.name}": Sum(column.sum) for column in adding}
    found = rows.order_by().aggregate(count_of_rows=Count("pk"), **sums)
    return found["count_of_rows"], {c.name: found[f"sum_{c.name}"] or 0 for c in adding}
