"""Every text column is written and read clean (`core.values.text.clean`).

The doors clean what they are sent; this is what stands behind all of them, the shell and bulk
writes too, and what keeps a row that was stored before from breaking a page or a file. It is put
on Django's own column types, so that no model can forget it.
"""

from collections.abc import Callable

from django.db import models

from core.values.text import clean, clean_all


def install() -> None:
    """Called once, when the apps are ready."""
    for kind in (models.CharField, models.TextField):
        _wrap(kind, "to_python", clean)
        kind.from_db_value = _read
    _wrap(models.JSONField, "get_prep_value", clean_all)
    _wrap(models.JSONField, "from_db_value", clean_all)


def _read(_field: object, value: object, _expression: object, _connection: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _wrap(kind: object, name: str, cleaned: Callable[..., object]) -> None:
    """Let the column's method give clean text."""
    before = getattr(kind, name)

    def after(field: object, *given: object) -> object:
        value = before(field, *given)
        return cleaned(value) if isinstance(value, str | dict | list) else value

    setattr(kind, name, after)
