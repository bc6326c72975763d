"""Many rows of one table at once, and their trail, without compiling SQL for each of them (ADR 26).

Django's `bulk_create()` makes a new statement of every few hundred rows, which takes longer than
the database needs to run it. Here each value goes through its field and then to the driver: SQLite
prepares one statement for all rows, PostgreSQL gets pages of them. The trail is copied inside the
database, from the rows as they are stored. Guards, CHECKs and keys hold as for any other write.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from types import NoneType
from typing import Any

from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.sql.compiler import SQLCompiler

from core.models import Field
from core.services import clock
from core.services.access import Actor

Sql = tuple[str, tuple[str | int, ...]]
PAGE = 500  # rows in one statement, on PostgreSQL
PLAIN = (str, int, date, NoneType)  # equal ones of a type are the same to every field


def insert_all(rows: Sequence[models.Model]) -> None:
    """Save new rows of one model, all or none, and give them their ids, in their order. As by
    `bulk_create()`: no signals, and what they point at is saved already."""
    if not rows:
        return
    model = type(rows[0])
    using = router.db_for_write(model)
    with transaction.atomic(using=using):
        connection, meta = connections[using], model._meta
        with connection.cursor() as cursor:
            for row, pk in zip(rows, _new_ids(cursor, connection, model, len(rows)), strict=True):
                row.pk = pk
            columns = [_column(field, rows, connection) for field in meta.concrete_fields]
            names = ", ".join(_quoted(connection, field) for field in meta.concrete_fields)
            table = f"{connection.ops.quote_name(meta.db_table)} ({names})"
            _write(cursor, connection, table, zip(*columns, strict=True), len(columns))
    for row in rows:
        row._state.adding, row._state.db = False, using


def _column(
    field: Field, rows: Sequence[models.Model], connection: BaseDatabaseWrapper
) -> list[object]:
    """One field's values, as the database takes them; most fields hold a few, again and again."""
    if type(field).pre_save is models.Field.pre_save:
        values = [getattr(row, field.attname) for row in rows]
    else:  # a moment that is set on saving, a file that is stored
        values = [field.pre_save(row, add=True) for row in rows]
    known: dict[tuple[type, object], object] = {}

    def prepared(value: object) -> object:
        if not isinstance(value, PLAIN):
            return field.get_db_prep_save(value, connection)
        key = type(value), value  # True is no 1
        if key not in known:
            known[key] = field.get_db_prep_save(value, connection)
        return known[key]

    return [prepared(value) for value in values]


def _new_ids(
    cursor: CursorWrapper, connection: BaseDatabaseWrapper, model: type[models.Model], count: int
) -> Iterable[int]:
    """Ids that no row has or had. On SQLite a transaction that writes is the only one."""
    table, pk = model._meta.db_table, str(model._meta.pk.column)
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(table), pk, count],
        )
        return sorted(pk for (pk,) in cursor)
    name = connection.ops.quote_name
    cursor.execute(
        "SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0),"  # noqa: S608
        f" COALESCE((SELECT MAX({name(pk)}) FROM {name(table)}), 0))",
        [table],
    )
    (last,) = cursor.fetchone()
    return range(last + 1, last + 1 + count)


def _write(
    cursor: Any, connection: BaseDatabaseWrapper, table: str, rows: Iterable[object], width: int
) -> None:
    if connection.vendor == "postgresql":
        from psycopg2.extras import execute_values

        execute_values(cursor, f"INSERT INTO {table} VALUES %s", rows, page_size=PAGE)  # noqa: S608
    else:
        values = ", ".join(["%s"] * width)
        cursor.executemany(f"INSERT INTO {table} VALUES ({values})", rows)  # noqa: S608


class ById(models.Func):
    """What an UPDATE of many rows gives each of them: a whole number by its id, looked up in one
    JSON object (a CASE of some hundred conditions takes longer to write than to run)."""

    output_field = models.IntegerField()

    def __init__(self, given: Mapping[int, int]) -> None:
        super().__init__(models.Value(json.dumps(given)), models.F("pk"))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: object
    ) -> Sql:
        template = """json_extract(%(expressions)s || '"')"""
        return self.as_sql(compiler, connection, template=template, arg_joiner=""", '$."' || """)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: object
    ) -> Sql:
        template = "(%(expressions)s::text)::bigint"
        return self.as_sql(compiler, connection, template=template, arg_joiner="::jsonb ->> ")


def delete_all(rows: Sequence[models.Model], still: models.Q, actor: Actor, why: str) -> int:
    """Delete rows of one model that are `still` so, their trail written first; how many went. No
    signals, and nothing may point at them but their own many-to-many."""
    if not rows:
        return 0
    copy_to_trail(rows, actor, why, deleted=True)
    model, keys = type(rows[0]), [row.pk for row in rows]
    using = router.db_for_write(model)
    for field in model._meta.many_to_many:
        own = {f"{field.m2m_field_name()}__in": keys}
        field.remote_field.through._base_manager.filter(**own)._raw_delete(using)
    gone: int = model._base_manager.filter(still, pk__in=keys)._raw_delete(using)
    return gone


@cache
def trail_of(model: type[models.Model]) -> Any:
    """What a line of a model's trail is; None where it has none. Looked at once: to look makes a
    class of the trail's manager."""
    return model.history.model if hasattr(model, "history") else None


def copy_to_trail(
    rows: Sequence[Any],
    actor: Actor | None,
    why: str,
    *,
    created: bool = False,
    deleted: bool = False,
) -> None:
    """Write one row of the trail for each of these rows, as they are stored: new, changed, or about
    to be deleted."""
    if not rows:
        return
    model: type[models.Model] = type(rows[0])
    trail = trail_of(model)
    using = router.db_for_write(trail)
    connection, source = connections[using], type(rows[0])._meta
    quote, of = connection.ops.quote_name, trail._meta.get_field
    said = {
        "history_date": clock.now(),
        "history_type": "+" if created else "-" if deleted else "~",
        "history_user": actor and actor.pk,
        "history_change_reason": why,
    }
    names = [_quoted(connection, of(field.name)) for field in trail.tracked_fields]
    kept = [f"t.{_quoted(connection, source.get_field(f.name))}" for f in trail.tracked_fields]
    given = [of(name).get_db_prep_save(value, connection) for name, value in said.items()]
    names += [_quoted(connection, of(name)) for name in said]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(trail._meta.db_table)} ({', '.join(names)})"  # noqa: S608
            f" SELECT {', '.join([*kept, *['%s'] * len(given)])}"
            f" FROM {_table_of_ids(connection)} JOIN {quote(source.db_table)} t"
            f" ON t.{quote(source.pk.column)} = asked.value ORDER BY asked.key",
            [*given, json.dumps([row.pk for row in rows])],
        )


def _table_of_ids(connection: BaseDatabaseWrapper) -> str:
    """A table of ids and their places in a JSON list."""
    if connection.vendor == "postgresql":
        return (
            "(SELECT value::bigint, key FROM json_array_elements_text(%s::json)"
            " WITH ORDINALITY AS e(value, key)) asked"
        )
    return "json_each(%s) asked"


def _quoted(connection: BaseDatabaseWrapper, field: Field) -> str:
    return connection.ops.quote_name(field.column or "")
