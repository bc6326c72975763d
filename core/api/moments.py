"""When a record was made and last changed, as its trail has it; lists of what changed since."""

from datetime import datetime, time, tzinfo
from typing import Any, TypeVar

from django.db.models import Max, Min, Model, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from core.api.problems import coded_detail
from core.services.bulk import trail_of
from core.values.dates import parse_moment

M = TypeVar("M", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Model, object])
SINCE = "updated_since"
MOMENTS = {"created_at": Min, "updated_at": Max}
WORDS = {
    "created_at": "When it was entered.",
    "updated_at": "When it was last changed, by its trail.",
}


def has_trail(model: type[Model]) -> bool:
    """Whether the history of a model's records is kept."""
    return trail_of(model) is not None


def with_moments(rows: QuerySet[M]) -> QuerySet[M]:
    """The records with their moments, those that they do not keep themselves."""
    model = rows.model
    if not has_trail(model):
        return rows
    kept = {field.name for field in model._meta.concrete_fields}
    trail = _trail(model).filter(id=OuterRef("pk")).order_by().values("id")
    found: QuerySet[M] = rows.annotate(
        **{
            name: Subquery(trail.annotate(moment=which("history_date")).values("moment"))
            for name, which in MOMENTS.items()
            if name not in kept
        }
    )
    return found


def _trail(model: type[Model]) -> QuerySet[Model]:
    rows: QuerySet[Model] = trail_of(model)._default_manager.all()
    return rows


class WhenField(serializers.DateTimeField):
    """A moment in the portal's zone, the only one that it shows."""

    def default_timezone(self) -> tzinfo:
        return timezone.get_default_timezone()


class MomentField(WhenField):
    """One of `MOMENTS`; asked for where it was not read with the record."""

    def __init__(self, name: str) -> None:
        super().__init__(read_only=True, allow_null=True, help_text=WORDS[name])

    def get_attribute(self, row: Model) -> datetime | None:
        name = str(self.field_name)
        if hasattr(row, name):
            found: datetime | None = getattr(row, name)
            return found
        rows = _trail(type(row)).filter(id=row.pk).order_by()
        moment: datetime | None = rows.aggregate(moment=MOMENTS[name]("history_date"))["moment"]
        return moment


class Since(BaseFilterBackend):
    """`updated_since=`: records entered or changed from a moment on, or from a day's beginning."""

    def filter_queryset(self, request: Request, queryset: Rows, view: object) -> Rows:
        text = request.query_params.get(SINCE)
        if text is None or getattr(view, "action", "") != "list":
            return queryset
        moment = parse_moment(text, of_day=time.min)
        if moment is None:
            wrong = _("'%(text)s' is not a moment like 2023-07-31T17:00.") % {"text": text[:40]}
            raise ValidationError({SINCE: coded_detail(wrong, "invalid_moment")})
        changed = _trail(queryset.model).filter(history_date__gte=moment).order_by()
        return queryset.filter(pk__in=changed.values("id"))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, object]]:
        if not has_trail(view.queryset.model):
            return []
        return [
            {
                "name": SINCE,
                "required": False,
                "in": "query",
                "description": "Entered or changed from this moment on, or from this day's start.",
                "schema": {"type": "string", "format": "date-time"},
            }
        ]
