"""Vietnamese text inside the database: folded for searching, and a key in dictionary order.

For text without a stored `search_key` or `sort_key`. PostgreSQL has `translate`; SQLite gets two
functions of `core.values.text` with every connection.
"""

from typing import TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains
from django.db.models.sql.compiler import SQLCompiler

from core.values.text import fold, sort_key

# Each letter with its tones (ngang huyền hỏi ngã sắc nặng), in the order of dictionaries.
_LETTERS = (
    *("aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "b", "c", "d", "đ", "eèẻẽéẹ", "êềểễếệ", "f", "g", "h"),
    *("iìỉĩíị", "j", "k", "l", "m", "n", "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "p", "q", "r", "s", "t"),
    *("uùủũúụ", "ưừửữứự", "v", "w", "x", "yỳỷỹýỵ", "z"),
)
_PLAIN = {"ă": "a", "â": "a", "đ": "d", "ê": "e", "ô": "o", "ơ": "o", "ư": "u"}
M = TypeVar("M", bound=Model)
_FIRST = ord("@")  # above digits and space, as letters stand above them


def _tables() -> tuple[str, str, str, str]:
    """What `translate` replaces, and by what: to fold, for the letters' order, for the tones."""
    seen, folded, places, tones = "", "", "", ""
    for place, group in enumerate(_LETTERS):
        for tone, letter in enumerate(group):
            for form in (letter, letter.upper()):
                seen += form
                folded += _PLAIN.get(group[0], group[0])
                places += chr(_FIRST + place)
                tones += str(tone)
    return seen, folded, places, tones


_SEEN, _FOLDED, _PLACES, _TONES = _tables()


def _translate(text: object, to: str) -> Func:
    return Func(text, Value(_SEEN), Value(to), function="translate", output_field=TextField())


class Folded(Func):
    """Text in small letters without accents, as `core.values.text.fold` writes it."""

    function = "portal_fold"
    arity = 1
    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> object:
        return compiler.compile(_translate(self.get_source_expressions()[0], _FOLDED))


class Alphabetical(Func):
    """A key that sorts bytewise as Vietnamese dictionaries do: letters first, then tones."""

    function = "portal_sort_key"
    arity = 1
    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, object]:
        (text,) = self.get_source_expressions()
        key = Concat(
            _translate(text, _PLACES),
            Value("\t"),
            _translate(text, _TONES),
            output_field=TextField(),
        )
        sql, params = compiler.compile(
            key.resolve_expression(compiler.query, allow_joins=True, reuse=None)
        )
        return f'({sql}) COLLATE "C"', params


def with_words(
    rows: QuerySet[M], text: str, *fields: str, looked_up: tuple[str, ...] = ()
) -> QuerySet[M]:
    """The rows where each word stands in one of the text fields; accents and case do not matter.

    A `search_key` is folded already. Those of the records `looked_up` (foreign keys to few of them)
    are asked for first: an OR over a join uses no index.
    """
    for word in fold(text).split():
        found = Q()
        for name in looked_up:
            model = rows.model._meta.get_field(name).related_model
            named = model._default_manager.filter(search_key__contains=word)
            found |= Q(**{f"{name}__in": list(named.order_by().values_list("pk", flat=True))})
        for field in fields:
            if field.endswith("search_key"):
                found |= Q(**{f"{field}__contains": word})
            else:
                found |= Q(Contains(Folded(field), word))
        rows = rows.filter(found)
    return rows


def install(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Give a new connection to SQLite the two functions."""
    if connection.vendor == "sqlite":
        for name, function in (("portal_fold", fold), ("portal_sort_key", sort_key)):
            connection.connection.create_function(name, 1, function, deterministic=True)


def register() -> None:
    connection_created.connect(install, dispatch_uid="core.sql_text")
