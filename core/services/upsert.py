"""Reference data put in place by the loaders: made once, written again only when they differ."""

from typing import TypeVar

from django.db.models import Model
from django.utils.translation import gettext_noop

from core.services.transition import save_with_history

M = TypeVar("M", bound=Model)
REASON = gettext_noop("reference data")  # the trail says it in its reader's language


def upsert(model: type[M], key: dict[str, object], values: dict[str, object]) -> M:
    """The row of `key` with `values`; loading the same again leaves no trail. What a person has
    changed since stays as they left it."""
    row = model._default_manager.filter(**key).first()
    if row is not None and (_same(row, values) or _changed_by_somebody(row)):
        return row
    row = row or model(**key)
    for name, value in values.items():
        setattr(row, name, value)
    save_with_history(row, None, REASON)
    return row


def _same(row: Model, values: dict[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _changed_by_somebody(row: Model) -> bool:
    trail = getattr(row, "history", None)
    return trail is not None and bool(trail.filter(history_user__isnull=False).exists())
