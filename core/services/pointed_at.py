"""What many rows point at, read once: they share few objects, which a join makes anew for each."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
FEW = 50  # rows for which a join is as fast


def attach_related(
    rows: Sequence[Model], names: Iterable[str], known: Iterable[Model] = ()
) -> None:
    """Attach the related records to rows of one model by these names, as `select_related` does:
    what rows `known` point at, and the rest by one question about the few rows that between them
    have it."""
    if not rows:
        return
    model = type(rows[0])
    fields = [model._meta.get_field(name) for name in names]
    there: dict[tuple[str, object], Model | None] = {(field.name, None): None for field in fields}
    for row in known:
        _take(row, fields, there)
    seen, chosen = set(there), []
    for row in rows:
        keys = {(field.name, getattr(row, field.attname)) for field in fields}
        if not keys <= seen:
            seen |= keys
            chosen.append(row.pk)
    if chosen:
        whole = model._base_manager.select_related(*(field.name for field in fields))
        for row in whole.filter(pk__in=chosen):
            _take(row, fields, there)
    for row in rows:
        for field in fields:
            field.set_cached_value(row, there[field.name, getattr(row, field.attname)])


def _take(row: Model, fields: Iterable[Any], there: dict[tuple[str, object], Model | None]) -> None:
    for field in fields:
        found = field.get_cached_value(row, default=None)
        if found is not None:
            there[field.name, found.pk] = found


def read_with_related(queryset: QuerySet[M], known: Iterable[Model] = ()) -> list[M]:
    """The rows of a queryset with the related records that it would join, which they share where
    they are many."""
    names = queryset.query.select_related
    if not isinstance(names, dict) or any(names.values()):
        return list(queryset)
    rows = list(queryset.select_related(None))
    attach_related(rows, names, known)
    return rows
