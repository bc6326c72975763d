"""The rows behind a given one in an order: a place that stays while rows are added or go."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.sql.compiler import SQLCompiler

NONE = Q(pk__in=[])


class Term(NamedTuple):
    """One field of an order, by its lookup. `nulls`: where what has no value comes, `first` or
    `last`; empty where nothing is without one."""

    path: str
    descending: bool = False
    nulls: str = ""


class RowComparison(Func):
    """`(a, b) > (1, 2)`: an index on both begins there, however many rows have the same `a`."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, paths: Sequence[str], values: Sequence[object], sign: str) -> None:
        super().__init__(*map(F, paths), *map(Value, values))
        self.sign, self.width = sign, len(paths)

    def as_sql(
        self, compiler: SQLCompiler, connection: object, *_args: object, **_context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        sides = (parts[: self.width], parts[self.width :])
        texts = [", ".join(sql for sql, _params in side) for side in sides]
        params = tuple(each for _sql, some in parts for each in some)
        return f"({texts[0]}) {self.sign} ({texts[1]})", params


def after_condition(terms: Sequence[Term], values: Sequence[object]) -> Q | RowComparison:
    """The keyset condition: for rows that come after the one with these values. The last term is
    unique."""
    directions = {term.descending for term in terms}
    if len(directions) == 1 and not any(term.nulls for term in terms):
        sign = "<" if directions.pop() else ">"
        return RowComparison([term.path for term in terms], values, sign)
    found = NONE
    for term, value in reversed([*zip(terms, values, strict=True)]):
        found = _later(term, value) | (_same(term, value) & found)
    return found if terms[0].nulls else _from(terms[0], values[0]) & found


def _from(term: Term, value: object) -> Q:
    """Where an index on the first term begins."""
    return Q(**{f"{term.path}__{'lte' if term.descending else 'gte'}": value})


def _later(term: Term, value: object) -> Q:
    there, none = Q(**{f"{term.path}__isnull": False}), Q(**{f"{term.path}__isnull": True})
    if value is None:
        return there if term.nulls == "first" else NONE
    later = Q(**{f"{term.path}__{'lt' if term.descending else 'gt'}": value})
    return later | none if term.nulls == "last" else later


def _same(term: Term, value: object) -> Q:
    return Q(**{f"{term.path}__isnull": True}) if value is None else Q(**{term.path: value})
