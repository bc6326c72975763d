"""State changes: one conditional UPDATE and its history row, in one transaction.

History libraries miss `QuerySet.update()`; plain `save()` misses races. This does neither.
"""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, ProtectedError, Q

from core.models import MadeByPeople, VersionedModel
from core.services import progress, remarks
from core.services.access import Actor
from core.services.bulk import copy_to_trail, insert_all
from core.services.errors import Conflict, StaleVersion

Model = TypeVar("Model", bound=models.Model)
Versioned = TypeVar("Versioned", bound=VersionedModel)
AT_ONCE = 2000  # rows


def record_history(
    objects: Sequence[models.Model], actor: Actor | None, reason: str = "", *, created: bool = False
) -> None:
    """Write a history row for each object (a model with simple-history), as it is stored.

    For writes that signals do not see: `update()` and those of `core.services.bulk`.
    """
    for instance in objects if created else ():
        remarks.remark_on(instance, is_new=True)
    copy_to_trail(objects, actor, reason, created=created)


def create_all(rows: Sequence[Model], actor: Actor | None, reason: str = "") -> list[Model]:
    """Save new rows of a model with simple-history, each with its history, some thousand at a
    time; how many are written is told (`core.services.progress`)."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        insert_all(some)
        record_history(some, actor, reason, created=True)
        progress.report(progress.WRITTEN, start + len(some), len(rows))
    return list(rows)


def save_with_history(
    instance: Any, actor: Actor | None, reason: str = "", *, is_clean: bool = False
) -> None:
    """`full_clean()` and `save()` an instance; its history row names `actor` and `reason`.
    A record that keeps who made it (`MadeByPeople`) counts `actor` in.

    `full_clean()` asks the database for each key and each CHECK: what `is_clean` has been held
    against its rules without that, and the database has the last word.
    """
    if not is_clean:
        instance.full_clean()
    remarks.remark_on(instance)
    instance._history_user = actor
    instance._change_reason = reason
    instance.save()
    if actor is not None and isinstance(instance, MadeByPeople):
        instance.add_maker(actor)


def delete_unused(instance: Any, actor: Actor, refused: object) -> None:
    """Delete a row that nothing points at, on record; else `Conflict` with the sentence `refused`.

    For undoing what was just set up; not for anything with a life of its own.
    """
    for relation in instance._meta.related_objects:
        if relation.many_to_many and getattr(instance, relation.get_accessor_name()).exists():
            raise Conflict(refused, "state")
    instance._history_user = actor
    try:
        with transaction.atomic():
            instance.delete()
    except ProtectedError as error:
        raise Conflict(refused, "state") from error


def transition(
    instance: Versioned,
    *,
    actor: Actor,
    to: str,
    allowed_from: Collection[str] | None = None,
    version: int | None = None,
    guard: Q | None = None,
    refused: Conflict | None = None,
    why: str = "",
    **changes: object,
) -> Versioned:
    """Move `instance` to state `to` and set `changes`; return it as it stands in the database now.

    The UPDATE hits only a row that is still in one of `allowed_from` (default: every state from
    which the model's `transitions` lead to `to`; others than these, or `to` itself, are a mistake),
    in `version` (default: the version the instance was read with) and fulfils `guard`; `why` goes
    into the history row. When it hits none, the row is looked at once more to say why:
    `StaleVersion`, or `refused` (default: a plain `Conflict`).
    """
    model = type(instance)
    state_field, sources = model.state_field, model.sources(to)
    allowed_from = sources if allowed_from is None else allowed_from
    if to not in model.transitions or not {to, *sources}.issuperset(allowed_from):
        raise TypeError(f"{model.__name__} does not come from {allowed_from} to {to}.")
    expected = instance.version if version is None else version
    rows = model._base_manager.filter(
        pk=instance.pk, version=expected, **{f"{state_field}__in": list(allowed_from)}
    )
    if guard is not None:
        rows = rows.filter(guard)
    if sum(map(bool, rows.query.alias_refcount.values())) > 1:
        raise TypeError("A guard may not join: two at once would both find the row unchanged.")
    with transaction.atomic(savepoint=False):  # within a service's own, both or neither with it
        hit = rows.update(**{state_field: to, "version": F("version") + 1, **changes})
        if hit == 1:
            if version is None and not any(map(is_expression, changes.values())):
                _take_over(instance, {state_field: to, "version": expected + 1, **changes})
            else:
                instance.refresh_from_db()
            record_history([instance], actor, why)
    if hit != 1:
        raise _why(model, instance.pk, allowed_from, expected, refused)
    return instance


def is_expression(value: object) -> bool:
    return hasattr(value, "resolve_expression")


def _take_over(instance: object, written: dict[str, object]) -> None:
    """Have an instance say what was written of it. It was read in the version that was hit, so all
    else is as in the database."""
    for name, value in written.items():
        setattr(instance, name, getattr(value, "value", value))


def _why(
    model: type[VersionedModel],
    pk: object,
    allowed_from: Collection[str],
    version: int,
    refused: Conflict | None,
) -> Conflict:
    """The conflict that explains why a conditional UPDATE hit no row."""
    now = model._base_manager.filter(pk=pk).values(model.state_field, "version").first()
    if now and now[model.state_field] in allowed_from and now["version"] != version:
        return StaleVersion()
    if refused is not None:
        return refused
    from django.utils.translation import gettext as _

    return Conflict(_("This record has already moved on. Load it again to see its state."), "state")
