"""Many records in one request: all of them or none, errors by row."""

from collections.abc import Sequence
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import error_detail
from core.api.viewsets import IDEMPOTENCY_KEY, idempotently, with_warnings

MOST = 1000


class RowErrors(Exception):
    """What is wrong with which of many rows: `{index: ValidationError}`, counted from 0."""

    def __init__(self, errors: dict[int, DjangoValidationError]) -> None:
        super().__init__(f"{len(errors)} rows")
        self.errors = errors


class Bulk:
    """Mixed into a resource: `POST …/bulk/` with `{"rows": [...]}` or the list alone.

    `perform_bulk(rows)` gets the validated fields of each row and returns the new records in the
    same order, or raises `RowErrors`. Set `permissions["bulk"]`. `places` says where these rows
    stand in the request, counted from 0: those that cannot be read are not among them.
    """

    places: Sequence[int] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        one = getattr(cls, "serializer_class", None)
        if one is not None:
            _describe(cls, one)

    def perform_bulk(self, rows: list[dict[str, Any]]) -> list[Any]:
        raise NotImplementedError

    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def bulk(self: Any, request: Request) -> Response:
        """Up to 1,000 new records, all or none. A refusal (400) names each row that is wrong:
        `{"rows": [{"row": 3, "errors": {"amount": ["…"]}}]}`, rows counted from 1."""

        def effect() -> Response:
            fields, errors = self._read_rows(_rows_of(request.data))
            created: list[Any] = []
            self.places = list(fields)
            try:  # what can be read is tried even beside what cannot: one answer names every row
                created = self.perform_bulk(list(fields.values())) if fields else []
            except RowErrors as found:
                said = {self.places[n]: error_detail(each) for n, each in found.errors.items()}
                errors |= said
            if errors:
                raise rows_refused(errors)  # and all is undone
            return self.answer_many(created)

        return idempotently(request, effect)

    def _read_rows(self: Any, rows: list[Any]) -> tuple[dict[int, dict[str, Any]], dict[int, Any]]:
        """The fields of the rows that can be read, and what is wrong with the others; by index."""
        context = self.get_serializer_context()
        fields, errors = {}, {}
        for index, row in enumerate(rows):
            serializer = self.get_serializer_class()(data=row, context=context)
            if serializer.is_valid():
                fields[index] = dict(serializer.validated_data)
            else:
                errors[index] = serializer.errors
        return fields, errors

    def answer_many(self: Any, created: list[Any]) -> Response:
        """The records made, in that order."""
        keys = [row.pk for row in created]
        found = {row.pk: row for row in self.get_queryset().filter(pk__in=keys)}
        rows = self.get_serializer([found[key] for key in keys], many=True).data
        data = with_warnings({"count": len(rows), "rows": rows})
        return Response(data, status.HTTP_201_CREATED)


def _describe(resource: Any, one: Any) -> None:
    """Say in the schema what `bulk` and the like take and answer."""
    name = one.__name__.removesuffix("Serializer")
    sent = serializers.ListField(child=one(), min_length=1, max_length=MOST)
    made = {"count": serializers.IntegerField(), "rows": one(many=True)}
    responses = {status.HTTP_201_CREATED: inline_serializer(f"{name}RowsMade", made)}
    bodies: dict[str, Any] = {"bulk": inline_serializer(f"{name}Rows", {"rows": sent})}
    for each in dir(resource):
        if hasattr(handler := getattr(resource, each), "body_of_many"):
            bodies[each] = handler.body_of_many
    described = {
        each: extend_schema(
            request=body, responses=responses, parameters=[IDEMPOTENCY_KEY], filters=False
        )
        for each, body in bodies.items()
    }
    extend_schema_view(**described)(resource)


def act_many(name: str, *, permission: Any, body: Any) -> Any:
    """An action `POST …/{id}/name/` of a `Bulk` resource that makes several new records:
    `method(self, row, **fields) -> rows`. Answers as `bulk` does."""

    def decorate(method: Any) -> Any:
        @wraps(method)
        def handler(self: Any, request: Request, pk: str) -> Response:
            def effect() -> Response:
                row = self.get_object()
                return self.answer_many(method(self, row, **self.read_body(body)))

            return idempotently(request, effect)

        for attribute in ("__wrapped__", "__annotations__"):
            handler.__dict__.pop(attribute, None)
        handler.permission = permission  # type: ignore[attr-defined]
        handler.is_act = handler.body_of_many = body  # type: ignore[attr-defined]
        return action(detail=True, methods=["post"], url_path=name, url_name=name)(handler)

    return decorate


def _rows_of(data: Any) -> list[Any]:
    rows = data.get("rows") if isinstance(data, dict) else data
    if not isinstance(rows, list) or (isinstance(data, dict) and set(data) != {"rows"}):
        raise ValidationError({"rows": [_('Send {"rows": […]} with a list of records.')]})
    if not 0 < len(rows) <= MOST:
        raise ValidationError(
            {"rows": [_("From 1 to %(most)d rows in one request.") % {"most": MOST}]}
        )
    return rows


def rows_refused(errors: dict[int, Any]) -> ValidationError:
    """The refusal (400) that names each row that is wrong, counted from 1."""
    found = [{"row": index + 1, "errors": errors[index]} for index in sorted(errors)]
    refusal = ValidationError()
    refusal.detail = {"rows": found}  # type: ignore[dict-item]  # numbers stay numbers
    return refusal
