"""How the API's lists are asked: by their filter sets, in the order of `ordering`."""

from functools import lru_cache
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _
from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

from core.lists.filters import Filters
from core.lists.ordering import may_be_null
from core.values.said import coded

Rows = TypeVar("Rows", bound=QuerySet[Model, object])


class Backend(DjangoFilterBackend):
    """django-filter's backend; `core.api.schema` describes its parameters. A form is made of the
    parameters that are asked alone."""

    def get_filterset_class(self, view: object, queryset: object = None) -> Any:
        kind: Any = super().get_filterset_class(view, queryset)
        request = getattr(view, "request", None)
        if kind is None or queryset is None or request is None:
            return kind  # for the schema
        if getattr(kind, "defaults", None) is not Filters.defaults:
            return kind  # what is not asked means something, too
        return _of(kind, frozenset(request.query_params) & frozenset(kind.base_filters))

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        asked = view.asked = self.get_filterset(request, queryset, view)
        if asked is None:
            return queryset
        refuse_wrong(asked)
        found: Rows = asked.qs
        return found


@lru_cache(1000)
def _of(kind: Any, names: frozenset[str]) -> type[FilterSet] | None:
    """A filter set of some of its parameters; None of none."""
    if not names:
        return None
    filters = {name: each for name, each in kind.base_filters.items() if name in names}
    few = type(kind.__name__, (kind,), {"__module__": kind.__module__})
    few.base_filters = filters  # type: ignore[attr-defined]
    return few


def refuse_wrong(asked: FilterSet) -> None:
    """Refuse (400) the parameters of a filter set that are wrong, each sentence with its code."""
    if asked.form.errors:
        raise DjangoValidationError(asked.form.errors.as_data())


def _nulls_last(model: type[Model], lookup: str) -> OrderBy | str:
    """What has no value comes last, as on pages: databases differ in where they put it."""
    path = lookup.removeprefix("-")
    if not may_be_null(model, path):
        return lookup  # as an index has it
    field = F(path)
    return field.desc(nulls_last=True) if lookup != path else field.asc(nulls_last=True)


class Ordering(OrderingFilter):
    """`ordering=-date,amount`: only the view's `ordering_fields`; anything else is refused.

    What has no value comes last, in either direction. The primary key ends every order, so that
    pages never overlap.
    """

    def get_ordering(self, request: Request, queryset: Rows, view: Any) -> Any:
        texts = request.query_params.getlist(self.ordering_param)
        names = [name.strip() for text in texts for name in text.split(",")]
        allowed = getattr(view, "ordering_fields", None) or ()
        for name in names:
            if name.removeprefix("-") not in allowed:
                raise ValidationError(
                    {
                        self.ordering_param: [
                            coded(
                                "invalid_choice",
                                _("'%(text)s' is not one of %(choices)s.")
                                % {"text": name[:40], "choices": ", ".join(allowed)},
                            )
                        ]
                    }
                )
        if not names:
            return None  # the model's own order, which ends with its key
        lookups = [view.ordering_lookup(name) for name in names]
        key = "-pk" if lookups[-1].startswith("-") else "pk"  # as an index goes
        return [*(_nulls_last(queryset.model, lookup) for lookup in lookups), key]

    def get_schema_operation_parameters(self, view: object) -> list[dict[str, object]]:
        allowed = getattr(view, "ordering_fields", None) or ()
        values = [sign + name for name in allowed for sign in ("", "-")]
        return [
            {
                "name": self.ordering_param,
                "required": False,
                "in": "query",
                "description": "Fields to order by, `-` before one for descending order.",
                "schema": {
                    "type": "array",
                    "items": {"type": "string", "enum": values},
                    "minItems": 1,
                },
                "explode": False,
            }
        ]
