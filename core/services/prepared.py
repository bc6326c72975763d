"""A question asked at every request in the same form: its SQL is put together once for each
database. Django does so anew at each asking, which takes it longer than the answer does.

How Django reads a row is nothing that it promises (ADR 47): it is used of the releases that were
looked at (`KNOWN`), and with any other each question is asked the plain way.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import django
from django.db import connections, models, router

M = TypeVar("M", bound=models.Model)
KNOWN = ((5, 2),)  # Django's releases of which test_prepared.py holds both ways together
MARK = "the text in whose place another is asked"


class Prepared(Generic[M]):
    """The records of `rows(text)`, which has the text as its one value; with what it selects
    beside them (`select_related`)."""

    def __init__(self, model: type[M], rows: Callable[[str], "models.QuerySet[M]"]) -> None:
        self.model, self.rows = model, rows
        self._made: dict[tuple[str, str], _Form] = {}

    def __call__(self, text: str) -> list[M]:
        if django.VERSION[:2] not in KNOWN:
            return list(self.rows(text))
        using = router.db_for_read(self.model)
        key = (using, connections[using].vendor)
        form = self._made.get(key)
        if form is None:
            form = self._made[key] = _Form(self.rows(MARK).using(using))
        return form.ask(text)


class _Form:
    """What Django knows of a QuerySet once its SQL is put together."""

    def __init__(self, rows: "models.QuerySet[models.Model]") -> None:
        from django.db.models import query

        self.using = rows.db
        compiler: Any = rows.query.get_compiler(using=self.using)
        self.sql, values = compiler.as_sql()
        assert tuple(values) == (MARK,), values
        info = compiler.klass_info
        self.model, places = info["model"], info["select_fields"]
        self.first, self.last = places[0], places[-1] + 1
        self.names = [compiler.select[place][0].target.attname for place in places]
        populators: Any = query.get_related_populators
        self.beside = populators(info, compiler.select, self.using)
        self.converters = compiler.get_converters([each[0] for each in compiler.select])
        self.compiler = compiler

    def ask(self, text: str) -> list[Any]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.sql, (text,))
            found = cursor.fetchall()
        return [self._record(row) for row in self.compiler.apply_converters(found, self.converters)]

    def _record(self, row: tuple[object, ...]) -> object:
        record = self.model.from_db(self.using, self.names, row[self.first : self.last])
        for each in self.beside:
            each.populate(row, record)
        return record
