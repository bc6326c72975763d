"""Which tables are followed for which resource of the API, and whose a record was before a change.

A record's own table, and those of its parts: what is in the record's answer, or decides who sees
it. Everything else follows from the resources themselves, so that a new one is followed, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Model

from core.models import ForAllQuerySet
from core.values.text import names_in

Scope = tuple[str | None, str | None]  # the columns of programme and commune
NOBODYS: Scope = (None, None)

# Where the columns say less than `visible_to` asks, or something else.
SCOPES: Mapping[str, Scope] = {
    "programs": ("id", None),
    "communes": (None, "id"),
    "boards": NOBODYS,  # those above the communes are everybody's
    "action-points": NOBODYS,  # also theirs who were given one
    "comments": NOBODYS,
}
# Parts that decide who sees the record: each is of a programme, a commune or both.
SHARES: Mapping[str, tuple[str, ...]] = {
    "plan-versions": ("disbursements.PlanLine", "disbursements.PlanProgram"),
    "agreements": ("programs.Agreement_programs", "programs.Agreement_communes"),
    "outputs": ("programs.Output_communes",),
    "groups": ("programs.Group_communes",),
}
# Parts that are in the answer alone.
PARTS: Mapping[str, tuple[str, ...]] = {
    "fiscal-years": ("programs.Period", "programs.ProgramCeiling"),
    "plan-lines": ("disbursements.PlanAmount",),
    "boards": ("communes.BoardMember",),
    "agreements": ("programs.Agreement_fiscal_years", "programs.Amendment"),
    "outputs": ("programs.ConditionCheck",),
    "groups": ("programs.MemberCount",),
    "meetings": (
        *("monitoring.Attendance", "monitoring.Meeting_boards"),
        *("monitoring.StatedFigure", "monitoring.StatedOutcome"),
    ),
}
# No resource's, and told to nobody: what else decides what a page of figures says (`stamp.py`).
UNTOLD = "-"
BESIDE: tuple[str, ...] = names_in(
    "accounts.Assignment accounts.Delegation communes.ProgrammeArea communes.OutlineFile "
    "communes.Outline monitoring.Mention monitoring.VarianceNote programs.GoLive"
)


@dataclass(frozen=True)
class Source:
    """A table and the resource that its rows are records of, or parts of records (`key`)."""

    resource: str
    table: str
    key: str = "id"
    scope: Scope = NOBODYS
    is_part: bool = False
    may_leave: bool = True  # a change of a row can take the record out of somebody's sight


def sources(resources: Mapping[str, object]) -> list[Source]:
    """Of the API's resources: `{name: viewset}`."""
    told = [each for name, view in resources.items() for each in _sources_of(name, view)]
    tables = (apps.get_model(label)._meta.db_table for label in BESIDE)
    return [*told, *(Source(UNTOLD, table, is_part=True, may_leave=False) for table in tables)]


def is_followed(view: object) -> bool:
    """Whether a resource has records with a number, in a table of its own."""
    model = getattr(getattr(view, "queryset", None), "model", None)
    is_trail = model is not None and hasattr(model, "history_id")
    return bool(model and isinstance(model._meta.pk, models.AutoField) and not is_trail)


def _sources_of(name: str, view: Any) -> Iterator[Source]:
    if not is_followed(view):
        return
    model = view.queryset.model
    scope = SCOPES.get(name) or _scope(model)
    by_parts = name in SHARES and scope == NOBODYS  # they alone decide who sees it
    yield Source(name, model._meta.db_table, scope=scope, may_leave=not by_parts)
    for label in SHARES.get(name, ()):
        yield _part_source(name, model, apps.get_model(label), may_leave=True)
    for label in PARTS.get(name, ()):
        yield _part_source(name, model, apps.get_model(label), may_leave=False)


def _part_source(name: str, whole: type[Model], part: type[Model], *, may_leave: bool) -> Source:
    keys = [field for field in part._meta.concrete_fields if field.related_model is whole]
    scope = _columns(part) if may_leave else NOBODYS
    return Source(name, part._meta.db_table, str(keys[0].column), scope, True, may_leave)


def _scope(model: type[Model]) -> Scope:
    is_everybodys = isinstance(model._default_manager.all(), ForAllQuerySet)
    return NOBODYS if is_everybodys else _columns(model)


def _columns(model: type[Model]) -> Scope:
    names = {field.name: field.column for field in model._meta.concrete_fields}
    return names.get("program"), names.get("commune")
