"""A list's rows as its serializer gives them, without the records and without the serializer.

Each field says once which column it reads and what it makes of it; then the tuples of the SELECT
become the rows of the answer. A serializer of which one field cannot say that (it is worked out
from the record) gives its rows itself. tests/test_list_rows.py holds both ways against each other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.query_utils import DeferredAttribute
from django.utils import timezone
from rest_framework import relations, serializers

from core.api.moments import MomentField
from core.api.serializers import LookUp, ResourceSerializer

Make = Callable[[Any], Any]
Found = tuple[str, Make | None]  # the path of a column, and what is made of its value (None: that)
# Fields that read other than by their source: to_representation or get_attribute → what it reads.
READS: dict[Any, Callable[[Any, Any], Found | None]] = {}
AS_STORED = {  # what the column gives already
    serializers.IntegerField.to_representation: models.IntegerField,
    serializers.BigIntegerField.to_representation: (models.IntegerField, models.AutoField),
    serializers.CharField.to_representation: (models.CharField, models.TextField),
    serializers.BooleanField.to_representation: models.BooleanField,
    serializers.ChoiceField.to_representation: (models.CharField, models.IntegerField),
}


class Row(dict[str, object]):
    """A row of an answer: of which record, and what was read of it as it is, by paths."""

    __slots__ = ("columns", "pk", "values_read")
    columns: "dict[str, Make | None]"
    pk: Any
    values_read: list[object]

    @property
    def known(self) -> dict[str, object]:
        read = zip(self.columns.items(), self.values_read, strict=True)
        found = {path: value for (path, make), value in read if make in (None, date.isoformat)}
        return {**found, "id": self.pk}


@dataclass
class Rows:
    """How a serializer's rows are made. `of_page`: what is looked up for many rows at once, by
    their keys."""

    start: dict[str, object] = field(
        default_factory=dict
    )  # every name, and what is always the same
    names: list[str] = field(default_factory=list)  # of the columns at `places`
    places: list[int] = field(default_factory=list)
    columns: dict[str, Make | None] = field(default_factory=lambda: {"pk": None})
    of_page: dict[str, LookUp] = field(default_factory=dict)

    def add(self, name: str, found: Found) -> bool:
        """Show a column under a name; whether nothing else is made of it already."""
        path, make = found
        if self.columns.setdefault(path, make) is not make:
            return False
        self.names.append(name)
        self.places.append(list(self.columns).index(path))
        return True

    def of(self, rows: QuerySet[Model]) -> "QuerySet[Model, Row]":
        """The same rows, read as `Row`; what is `of_page` is filled in by `finished`."""
        found: Any = rows.prefetch_related(None).values_list(*self.columns)
        found._iterable_class = type("_Rows", (_Rows,), {"form": self})
        read: QuerySet[Model, Row] = found
        return read

    def pick(self) -> Callable[[Any], tuple[object, ...]]:
        """Of the columns that were read those of the fields, in their order."""
        if len(self.places) > 1:
            return itemgetter(*self.places)
        return lambda values: tuple(values[place] for place in self.places)

    def finished(self, rows: list[Row]) -> list[Row]:
        keys = [row.pk for row in rows]
        for name, look_up in self.of_page.items():
            there = look_up(keys) if keys else {}
            for row in rows:
                row[name] = there.get(row.pk, row[name])
        return rows

    def stream(self, rows: QuerySet[Model], chunk: int) -> Iterator[Row]:
        read = self.of(rows).iterator(chunk_size=chunk)
        while some := list(islice(read, chunk)):
            yield from self.finished(some)


if TYPE_CHECKING:
    ReadAsTuples = ValuesListIterable[Any]
else:
    ReadAsTuples = ValuesListIterable


class _Rows(ReadAsTuples):
    form: Rows

    def __iter__(self) -> Iterator[Row]:
        form, pick = self.form, self.form.pick()
        start, names, columns = form.start, form.names, form.columns
        compiler = self.queryset.query.get_compiler(self.queryset.db)
        chunks = compiler.execute_sql(chunked_fetch=self.chunked_fetch, chunk_size=self.chunk_size)
        cells = _cells(compiler, columns)
        for raw in chain.from_iterable(chunks):
            pairs = zip(cells, raw, strict=False)  # behind them is what the order needs
            values = [value if cell is None else cell[value] for cell, value in pairs]
            row = Row(start)
            row.update(zip(names, pick(values), strict=True))
            row.pk, row.values_read, row.columns = values[0], values, columns
            yield row


def _cells(compiler: Any, columns: dict[str, Make | None]) -> "list[_Cells | None]":
    """For each column what is made of what the database gives; None: nothing."""
    selected = [each[0] for each in compiler.select[: len(columns)]]
    reads = compiler.get_converters(selected)
    return [
        _Cells(compiler.connection, reads.get(place, ((), None)), make)
        if place in reads or make
        else None
        for place, make in enumerate(columns.values())
    ]


class _Cells(dict[object, object]):
    """What is made of a value of a column: codes, names and days come again and again."""

    MOST = 5_000

    def __init__(self, connection: Any, converter: Any, make: Make | None) -> None:
        super().__init__()
        reads, expression = converter
        if make is moment_text and connection.vendor == "sqlite":
            reads = (_moment_of_sqlite,)
        self.how = connection, reads, expression, make

    def __missing__(self, raw: object) -> object:
        connection, reads, expression, make = self.how
        found = raw
        for read in reads:
            found = read(found, expression, connection)
        if make is not None and found is not None:
            found = make(found)
        if len(self) > self.MOST:
            self.clear()
        self[raw] = found
        return found


def may_be_columns(rows: object) -> bool:
    """Whether a list is of plain records, each of them once."""
    if not isinstance(rows, QuerySet) or rows._iterable_class is not ModelIterable:  # type: ignore[attr-defined]
        return False
    query = rows.query
    return not (query.distinct or query.combinator or query.is_sliced)


def rows_of(serializer: Any) -> Rows | None:
    """How the rows of a serializer are made; None where it has to make them itself."""
    if type(serializer).to_representation is not serializers.Serializer.to_representation:
        return None
    form = Rows()
    for name, each in serializer.fields.items():
        if not each.write_only and not _take(form, name, each, serializer):
            return None
    return form


def _take(form: Rows, name: str, each: object, serializer: Any) -> bool:
    """Add a field to the form; whether it says which column it reads."""
    form.start[name] = None
    model = serializer.Meta.model
    if name in serializer.of_page:
        form.of_page[name], form.start[name] = serializer.of_page[name]
        return True
    if isinstance(each, serializers.SerializerMethodField):
        counts = type(serializer).get_version is ResourceSerializer.get_version
        if name != "version" or not counts:
            return False
        if column_of(model, "version") is None:
            form.start[name] = 1
            return True
        found: Found | None = ("version", None)
    else:
        found = _found(each, model)
    return found is not None and form.add(name, found)


def _found(each: Any, model: type[Model]) -> Found | None:
    kind = type(each)
    if kind.get_attribute in READS:
        return READS[kind.get_attribute](each, model)
    if kind.get_attribute not in PLAIN:
        return None
    if kind.to_representation in READS:
        return READS[kind.to_representation](each, model)
    column = column_of(model, each.source)
    if column is None or column.is_relation or column.descriptor_class is not DeferredAttribute:
        return None
    if isinstance(column, models.JSONField):
        return None  # what is read of it is no value to look up
    kinds: Any = AS_STORED.get(kind.to_representation, ())
    return _path(each, column), None if isinstance(column, kinds) else each.to_representation


def _path(each: Any, column: Any) -> str:
    return "pk" if column.primary_key and "." not in each.source else each.source.replace(".", "__")


PLAIN = (serializers.Field.get_attribute, relations.RelatedField.get_attribute)


def column_of(model: type[Model] | None, source: str) -> Any:
    """The column that a source leads to by keys of other records; None where there is no such."""
    found: Any = None
    for name in source.split("."):
        columns = {column.name: column for column in model._meta.concrete_fields} if model else {}
        found = columns.get(name)
        if found is None:
            return None
        model = found.related_model
    return found


def of_related(path: str) -> Callable[..., Found | None]:
    """A field that shows a column of a related record."""

    def read(each: Any, model: type[Model], make: Make | None = None) -> Found | None:
        column = column_of(model, each.source)
        wanted = column_of(getattr(column, "related_model", None), path)
        return (f"{each.source.replace('.', '__')}__{path}", make) if wanted else None

    return read


def _slug(each: Any, model: type[Model]) -> Found | None:
    return of_related(each.slug_field)(each, model)


def _key(each: Any, model: type[Model]) -> Found | None:
    column = column_of(model, each.source)
    is_key = column is not None and column.is_relation and each.pk_field is None
    return (each.source.replace(".", "__"), None) if is_key else None


def _day(each: Any, model: type[Model]) -> Found | None:
    column = column_of(model, each.source)
    return (_path(each, column), date.isoformat) if column else None


def _moment(each: Any, model: type[Model]) -> Found | None:
    column = column_of(model, each.source)
    return (_path(each, column), moment_text) if column else None


def moment_text(value: datetime) -> str:
    """A moment as `DateTimeField` writes it."""
    text = value.astimezone(timezone.get_default_timezone()).isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _moment_of_sqlite(raw: Any, _expression: object, connection: Any) -> datetime | None:
    """As Django reads a moment of SQLite's, in a fifth of the time."""
    found = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    return found and found.replace(tzinfo=connection.timezone)


def _own_moment(each: Any, _model: object) -> Found | None:
    return each.field_name, moment_text  # a column, or what `with_moments` has added


READS[relations.SlugRelatedField.to_representation] = _slug
READS[relations.PrimaryKeyRelatedField.to_representation] = _key
READS[serializers.DateField.to_representation] = _day
READS[serializers.DateTimeField.to_representation] = _moment
READS[MomentField.get_attribute] = _own_moment
