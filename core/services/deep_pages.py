"""Pages of a long list, and far down: which rows stand there is asked first, their columns
afterwards.

To skip or to sort rows a database makes them, with all that is joined to them; ids alone are
skipped in a hundredth of the time, and sorted in a fifth. A list that knows how its rows lie
(`skip`) begins shortly before the page, however deep that is; what is nearer the list's end is
counted from there.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.db.models.sql.where import WhereNode

DEEP = 1000  # rows that are skipped; before them one question is quicker than two
LONG = 20_000  # rows to sort, where no index has the order


class HasKey(Protocol):
    """A record, or what was read of one (`core.api.rows`)."""

    pk: Any


R = TypeVar("R", bound=HasKey)
if TYPE_CHECKING:
    OfAnything = Paginator[object]
else:
    OfAnything = Paginator


M = TypeVar("M", bound=Model)
Rows = QuerySet[Model]
Skip = Callable[[Rows, int], tuple[Rows, int]]


def _from_its_beginning(rows: Rows, first: int) -> tuple[Rows, int]:
    return rows, first


class DeepPaginator(OfAnything):
    """Django's, with rows that are chosen by their ids from `DEEP` on, and in a `LONG` list.
    `read`: how the rows of a page are read, where they are no records (`core.api.rows`)."""

    read: Callable[[Any], Any] = staticmethod(lambda rows: rows)

    def __init__(self, *args: Any, skip: Skip = _from_its_beginning, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.skip = skip

    def _ids(self, rows: Rows, first: int) -> list[object]:
        """The keys of the page's rows."""
        near, before = self.skip(rows, first) if first >= DEEP else (rows, first)
        last = self.count - first
        if near is rows and rows.ordered and last < first:
            size = min(self.per_page, last)
            found = rows.reverse().values_list("pk", flat=True)[last - size : last]
            return [*reversed(found)]
        return list(near.values_list("pk", flat=True)[before : before + self.per_page])

    def page(self, number: int | str) -> "Page[object]":
        valid = self.validate_number(number)
        first = (valid - 1) * self.per_page
        rows = self.object_list
        if (first < DEEP and self.count < LONG) or not _has_ids(rows):
            return Page(self.read(rows[first : first + self.per_page]), valid, self)
        return Page(read_by_keys(rows, self._ids(rows, first), self.read), valid, self)


def read_by_keys(rows: Rows, keys: list[object], read: Callable[[Rows], Iterable[R]]) -> list[R]:
    """The rows of a list with these keys, in their order, as `read`."""
    there = {row.pk: row for row in read(filter_by_keys(rows.order_by(), keys))}
    return [there[pk] for pk in keys if pk in there]


def filter_by_keys(rows: QuerySet[M], keys: Collection[object]) -> QuerySet[M]:
    """A list filtered by these keys, by the keys alone: they were found by what else the list
    asks, and a database may read all that an index has of that."""
    found = rows.all()
    found.query.where = WhereNode()
    return found.filter(pk__in=keys)


def _has_ids(rows: object) -> TypeGuard[Rows]:
    """Whether they are records, each of them once."""
    return (
        isinstance(rows, QuerySet)
        and rows._fields is None  # type: ignore[attr-defined]  # no values()
        and not (rows.query.distinct or rows.query.combinator or rows.query.is_sliced)
    )
