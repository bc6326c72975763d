"""What a person may choose from, and how a place is called among others."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from core.services.access import Actor


def selectable(rows: Any, user: Actor) -> QuerySet[Model]:
    """The rows that a person may select: in scope; of units those of the programme area."""
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    if hasattr(rows, "in_area"):
        area = rows.model._default_manager.in_area()
        rows = rows.filter(Q(pk__in=area) | Q(pk__in=area.values("parent")))
    elif any(field.name == "is_active" for field in rows.model._meta.get_fields()):
        rows = rows.filter(is_active=True)
    found: QuerySet[Model] = rows
    return found


def unit_label(unit: Any) -> str:
    """'Xã Bản Lang (until 06/2025)'."""
    if not unit.valid_to:
        return str(unit.full_name)
    return _("%(unit)s (until %(day)s)") % {
        "unit": unit.full_name,
        "day": unit.valid_to.strftime("%m/%Y"),
    }


def choice_label(unit: Any) -> str:
    """A unit among others to choose from; a province stands there for the programme area."""
    return unit_label(unit) if unit.valid_to else str(unit.called_today)


def record_label(row: object) -> str:
    """What a record is called among others of its kind: a unit with its lifetime."""
    return unit_label(row) if hasattr(row, "valid_to") else str(row)
