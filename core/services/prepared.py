"""A question asked again and again in the same form: its SQL is put together once for each
database. Django does so anew at each asking, which takes it longer than the answer does.

How Django reads a row is nothing that it promises (ADR 47): it is used of the releases that were
looked at (`KNOWN`), and with any other each question is asked the plain way.
"""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import django
from django.db import connections, router

T = TypeVar("T")  # a record, or a tuple of `values_list()`
V = TypeVar("V", bound=Hashable)  # a text, or a key
PLACE = "IN (%s)"
KNOWN = ((5, 2),)  # Django's releases of which test_prepared.py holds both ways together


class Prepared(Generic[V, T]):
    """The rows of `rows(values)`, which asks for one of some values (`…__in=values`) and has no
    others; with what it selects beside them (`select_related`). `mark`: any such value."""

    def __init__(self, mark: V, rows: "Callable[[list[V]], Any]") -> None:
        self.mark, self.rows = mark, rows
        self._model: Any = None
        self._made: dict[tuple[str, str], _Form] = {}

    def __call__(self, *values: V) -> list[T]:
        if not values:
            return []
        if django.VERSION[:2] not in KNOWN:
            return list(self.rows([*values]))
        self._model = self._model or self.rows([self.mark]).model
        using = router.db_for_read(self._model)
        key = (using, connections[using].vendor)
        form = self._made.get(key)
        if form is None:
            form = self._made[key] = _Form(self.rows([self.mark]).using(using), self.mark)
        return form.ask(values)


class _Form:
    """What Django knows of a QuerySet once its SQL is put together."""

    def __init__(self, rows: Any, mark: object) -> None:
        from django.db.models import query

        self.using = rows.db
        self.compiler = rows.query.get_compiler(using=self.using)
        self.sql, values = self.compiler.as_sql()
        assert tuple(values) == (mark,) and self.sql.count(PLACE) == 1, (self.sql, values)
        self.converters = self.compiler.get_converters([each[0] for each in self.compiler.select])
        self.of_records = rows._fields is None
        if self.of_records:
            info = self.compiler.klass_info
            self.model, places = info["model"], info["select_fields"]
            self.first, self.last = places[0], places[-1] + 1
            self.names = [self.compiler.select[place][0].target.attname for place in places]
            populators: Any = query.get_related_populators
            self.beside = populators(info, self.compiler.select, self.using)

    def ask(self, values: tuple[Any, ...]) -> list[Any]:
        marks = ", ".join(["%s"] * len(values))
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.sql.replace(PLACE, f"IN ({marks})"), values)
            found = cursor.fetchall()
        rows = self.compiler.apply_converters(found, self.converters)
        return [self._record(row) if self.of_records else tuple(row) for row in rows]

    def _record(self, row: Any) -> Any:
        record = self.model.from_db(self.using, self.names, row[self.first : self.last])
        for each in self.beside:
            each.populate(row, record)
        return record
