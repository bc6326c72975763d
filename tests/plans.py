"""How the database plans what was asked, with its values bound as they were: SQLite takes a partial
index for a value that is written out, and may not for the same one that is bound."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

Asked = tuple[str, tuple]


@contextmanager
def asked() -> Iterator[list[Asked]]:
    """Within it every SELECT that is asked is noted, with its values."""
    found: list[Asked] = []

    def note(execute, sql, params, many, context):
        if sql.lstrip().startswith("SELECT"):
            found.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def planned(sql: str, params: tuple = ()) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return "\n".join(row[3] for row in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = off")  # few rows are read as they lie
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())
