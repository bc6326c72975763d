"""Many records in one request: all of them or none, errors by row."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import error_detail
from core.api.schema import MOST
from core.api.viewsets import IDEMPOTENCY_KEY, handles, idempotently, with_warnings


class RowErrors(Exception):
    """What is wrong with which of many rows: `{index: ValidationError}`, counted from 0."""

    def __init__(self, errors: dict[int, DjangoValidationError]) -> None:
        super().__init__(f"{len(errors)} rows")
        self.errors = errors


def makes_many(handler: Any) -> Any:
    """Says that an action answers as `bulk` does (`core.api.schema`)."""
    handler.makes_many = True
    return handler


class Bulk:
    """Mixed into a resource: `POST …/bulk/` with `{"rows": [...]}` or the list alone.

    `perform_bulk(rows)` gets the validated fields of each row and returns the new records in the
    same order, or raises `RowErrors`. Set `permissions["bulk"]`. `places` says where these rows
    stand in the request, counted from 0: those that cannot be read are not among them.
    """

    places: Sequence[int] = ()

    def perform_bulk(self, rows: list[dict[str, Any]]) -> list[Any]:
        raise NotImplementedError

    @extend_schema(parameters=[IDEMPOTENCY_KEY], filters=False)
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    @makes_many
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


def act_many(name: str, *, permission: Any, body: Any) -> Any:
    """An action `POST …/{id}/name/` of a `Bulk` resource that makes several new records:
    `method(self, row, **fields) -> rows`. Answers as `bulk` does."""

    def decorate(method: Any) -> Any:
        def handler(self: Any, request: Request, pk: str) -> Response:
            def effect() -> Response:
                row = self.get_object()
                return self.answer_many(method(self, row, **self.read_body(body)))

            return idempotently(request, effect)

        described = extend_schema(request=body, parameters=[IDEMPOTENCY_KEY], filters=False)
        return described(handles(method, name, permission)(makes_many(handler)))

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
