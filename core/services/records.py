"""Writes of plain records: one pair of services for every kind, behind page, API and command.

What is special to a kind is its `prepare`: it sets what follows from other fields and holds the
row against the rules with context (scope, lifetime). What is a fact about one row stays in the
model's constraints and `clean()`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

from core.models import VersionedModel
from core.services.access import Actor, check
from core.services.errors import Conflict, StaleVersion
from core.services.transition import save_with_history

M = TypeVar("M", bound=VersionedModel)
Prepare = Callable[[Any, Any, dict[str, Any]], None]


def _nothing(row: object, actor: Actor, many: dict[str, object]) -> None:
    """No rule with context."""


@dataclass(frozen=True)
class RecordServices(Generic[M]):
    """How records of `model` are written: by whom, which fields, under which rules.

    `many` are its many-to-many fields. `prepare(row, actor, many)` gets the row before it is
    saved and the lists it will have. `editable(row)` says whether it may still be changed.
    """

    model: type[M]
    permissions: tuple[str, ...]
    fields: tuple[str, ...]
    many: tuple[str, ...] = ()
    prepare: Prepare = _nothing
    editable: Callable[[Any], bool] = field(default=lambda row: True)

    @transaction.atomic
    def create(self, *, actor: Actor, **fields: object) -> M:
        """Make a record. Raises `ValidationError` by field, `PermissionDenied` by role."""
        check(actor, *self.permissions)
        plain, many = self._split(fields)
        row: Any = self.model(**plain)
        if hasattr(row, "created_by_id"):
            row.created_by = actor
        return self._save(row, actor, many, _("entered"))

    @transaction.atomic
    def change(self, *, actor: Actor, record: Model, version: int, **fields: object) -> M:
        """Change a record that is still in `version`; else `StaleVersion`."""
        check(actor, *self.permissions)
        plain, many = self._split(fields)
        row = self.model._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
        if row.version != version:
            raise StaleVersion
        if not self.editable(row):
            raise Conflict(_("This record can no longer be changed."), "state")
        self.prepare(row, actor, {})  # it must be theirs before it is changed, and after
        for name, value in plain.items():
            setattr(row, name, value)
        row.version += 1
        return self._save(row, actor, many, _("changed"))

    @transaction.atomic
    def remove(self, *, actor: Actor, record: Model, version: int) -> None:
        """Take back a record entered by mistake; its history keeps what it was.

        Raises `StaleVersion` when somebody changed it since, `Conflict` where others point at it.
        """
        check(actor, *self.permissions)
        row: Any = self.model._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
        if row.version != version:
            raise StaleVersion
        self.prepare(row, actor, {})
        row._history_user, row._change_reason = actor, _("deleted")
        try:
            row.delete()
        except ProtectedError as error:
            raise Conflict(_("Other records point at this one: it stays."), "in_use") from error

    def _save(self, row: M, actor: Actor, many: dict[str, object], why: str) -> M:
        self.prepare(row, actor, many)
        many = self.placed(row, actor, many)
        save_with_history(row, actor, why)
        for name, values in many.items():
            getattr(row, name).set(values)
        return row

    def placed(self, row: object, actor: Actor, many: dict[str, object]) -> dict[str, object]:
        """For records that lie somewhere: the lists they will have, when the place is right."""
        return many

    def _split(self, fields: dict[str, Any]) -> tuple[dict[str, object], dict[str, object]]:
        unknown = set(fields) - set(self.fields) - set(self.many)
        if unknown:
            raise TypeError(f"not fields of {self.model.__name__}: {sorted(unknown)}")
        plain = {name: value for name, value in fields.items() if name in self.fields}
        return plain, {name: list(fields[name]) for name in self.many if name in fields}
