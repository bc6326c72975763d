"""Many records in one request: all of them or none, errors by row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import error_detail
from core.api.examples import with_examples
from core.api.permissions import Permission
from core.api.problems import coded_detail
from core.api.schema import MOST
from core.api.serializers import MAX_VERSION, StrictSerializer, TextField, WholeNumberField
from core.api.viewsets import (
    IDEMPOTENCY_KEY,
    Handler,
    OfResource,
    idempotently,
    post_action,
    with_warnings,
)
from core.services.errors import Conflict
from core.services.pointed_at import FEW, read_with_related
from core.values.said import coded

MakesRows = Callable[..., Sequence[Model]]  # a resource's method: (self, …) → the rows
MOST_ACTED = 500  # rows that one action changes at once
MAX_ID = 2**63 - 1


class RowErrors(Exception):
    """What is wrong with which of many rows: `{index: error}`, counted from 0; an error is a
    `ValidationError`, a `Conflict`, a `PermissionDenied` or `NotThere`."""

    def __init__(self, errors: Mapping[int, Any]) -> None:
        super().__init__(f"{len(errors)} rows")
        self.errors = errors


def answers_many(code: int) -> Callable[[Handler], Handler]:
    """Says that an action answers as `bulk` does, with that status (`core.api.schema`)."""

    def decorate(handler: Any) -> Any:
        handler.answers_many = code
        return handler

    return decorate


class Bulk(OfResource):
    """Mixed into a resource: `POST …/bulk/` with `{"rows": [...]}` or the list alone.

    `perform_bulk(rows)` gets the validated fields of each row and returns the new records in the
    same order, or raises `RowErrors`. Set `permissions["bulk"]`. `places` says where these rows
    stand in the request, counted from 0: those that cannot be read are not among them.
    """

    places: Sequence[int] = ()

    def perform_bulk(self, rows: list[dict[str, Any]]) -> Sequence[Model]:
        raise NotImplementedError

    @extend_schema(parameters=[IDEMPOTENCY_KEY], filters=False)
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    @answers_many(status.HTTP_201_CREATED)
    def bulk(self, request: Request) -> Response:
        """Up to 1,000 new records, all or none. A refusal (400) names each row that is wrong:
        `{"rows": [{"row": 3, "errors": {"amount": ["…"]}}]}`, rows counted from 1."""

        def effect() -> Response:
            fields, errors = self._read_rows(_rows_of(request.data))
            created: Sequence[Model] = []
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

    def _read_rows(
        self, rows: list[object]
    ) -> tuple[dict[int, dict[str, object]], dict[int, object]]:
        """The fields of the rows that can be read, and what is wrong with the others; by index."""
        context = self.get_serializer_context()
        fields: dict[int, dict[str, object]] = {}
        errors: dict[int, object] = {}
        for index, row in enumerate(rows):
            serializer = self.get_serializer_class()(data=row, context=context)
            if serializer.is_valid():
                fields[index] = dict(serializer.validated_data)
            else:
                errors[index] = serializer.errors
        return fields, errors

    def answer_many(
        self, created: Sequence[Model], code: int = status.HTTP_201_CREATED
    ) -> Response:
        """The records made or changed, in that order."""
        keys = [row.pk for row in created]
        there = self.get_queryset().filter(pk__in=keys)
        many = read_with_related(there, created) if len(keys) > FEW else there
        found = {row.pk: row for row in many}
        rows = self.get_serializer([found[key] for key in keys], many=True).data
        data = with_warnings({"count": len(rows), "rows": rows})
        return Response(data, code)


def act_many(
    name: str, *, permission: Permission, body: type[StrictSerializer]
) -> Callable[[MakesRows], Handler]:
    """An action `POST …/{id}/name/` of a `Bulk` resource that makes several new records:
    `method(self, row, **fields) -> rows`. Answers as `bulk` does."""

    def decorate(method: MakesRows) -> Handler:
        def handler(self: Bulk, request: Request, pk: str) -> Response:
            def effect() -> Response:
                row = self.get_object()
                return self.answer_many(method(self, row, **self.read_body(body)))

            return idempotently(request, effect)

        described = extend_schema(request=body, parameters=[IDEMPOTENCY_KEY], filters=False)
        return described(post_action(method, name, permission)(answers_many(201)(handler)))

    return decorate


class NotThere(Exception):
    """A row that there is not, or that lies outside the person's scope."""


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
        "minItems": 1,
        "maxItems": MOST_ACTED,
        "uniqueItems": True,
    }
)
class IdsField(serializers.ListField):
    """Ids of records, each once."""

    child = WholeNumberField(min_value=1, max_value=MAX_ID)

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=1, max_length=MOST_ACTED, **options)

    def to_internal_value(self, data: list[object]) -> list[object]:
        ids = super().to_internal_value(data)
        if len(set(ids)) < len(ids):
            raise ValidationError(coded("repeated", _("Give each id once.")))
        return ids


@with_examples({"ids": [1], "versions": {"1": 1}})
class RowsSerializer(StrictSerializer):
    """Which rows an action is done with, and the versions it was decided on, if the client wants
    them checked."""

    ids = IdsField(help_text="From 1 to 500, each once.")
    versions = serializers.DictField(
        child=WholeNumberField(min_value=1, max_value=MAX_VERSION),
        required=False,
        help_text='By id: `{"17": 3}`. Stale: 409.',
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        versions = attrs.pop("versions", {})
        attrs["chosen"] = [(pk, versions.get(str(pk))) for pk in attrs.pop("ids")]
        return attrs


@with_examples({"ids": [1], "versions": {"1": 1}, "reason": "Thiếu chữ ký của người nhận"})
class RowsReasonSerializer(RowsSerializer):
    """The same, of an action that has to be explained once for all of them."""

    reason = TextField(max_length=2000)


def act_on_many(
    name: str,
    *,
    permission: Permission,
    right: Callable[..., object] | None = None,
    body: type[StrictSerializer] = RowsSerializer,
) -> Callable[[MakesRows], Handler]:
    """An action `POST …/name/` on many rows of a `Bulk` resource, all of them or none:
    `method(self, chosen, **fields) -> rows`, `chosen` being (id, version or None), and raises
    `RowErrors`. `right(actor)` raises `PermissionDenied` for who may do it with no row."""

    def decorate(method: MakesRows) -> Handler:
        def handler(self: Bulk, request: Request) -> Response:
            def effect() -> Response:
                if right is not None:
                    right(request.user)
                fields = self.read_body(body)
                try:
                    done = method(self, **fields)
                except RowErrors as found:
                    raise bulk_refusal(found, fields["chosen"]) from found
                return self.answer_many(done, status.HTTP_200_OK)

            return idempotently(request, effect)

        described = extend_schema(request=body, parameters=[IDEMPOTENCY_KEY], filters=False)
        return described(
            post_action(method, name, permission, of_one=False)(answers_many(200)(handler))
        )

    return decorate


FIRST = (  # of the refusals of several rows, the one whose status the answer has
    status.HTTP_404_NOT_FOUND,
    status.HTTP_403_FORBIDDEN,
    status.HTTP_409_CONFLICT,
    status.HTTP_400_BAD_REQUEST,
)


def bulk_refusal(found: RowErrors, chosen: Sequence[tuple[int, object]]) -> ValidationError:
    """The refusal that names each row that is wrong, counted from 1, with its id: 404 where one is
    not there, else 403 where one is not the person's to decide, else 409."""
    said = {n: _refusal_of(each) for n, each in found.errors.items()}
    rows = [{"row": n + 1, "id": chosen[n][0], "errors": said[n][0]} for n in sorted(said)]
    refusal = ValidationError()
    text = ngettext(
        "Nothing was done: %(count)d row is refused.",
        "Nothing was done: %(count)d rows are refused.",
        len(rows),
    )
    detail: Any = {"detail": text % {"count": len(rows)}, "rows": rows}  # numbers stay numbers
    refusal.detail = detail
    refusal.status_code = min((code for _errors, code in said.values()), key=FIRST.index)
    return refusal


def _refusal_of(error: Exception) -> tuple[dict[str, list[str]], int]:
    """A row's refusal in DRF's shape, and its status."""
    if isinstance(error, DjangoValidationError):
        return error_detail(error), status.HTTP_400_BAD_REQUEST
    if isinstance(error, Conflict):
        return {"detail": coded_detail(str(error.message), error.code)}, status.HTTP_409_CONFLICT
    if isinstance(error, NotThere):
        return {"detail": coded_detail(str(error), "not_found")}, status.HTTP_404_NOT_FOUND
    told = str(error) or str(PermissionDenied.default_detail)
    return {"detail": coded_detail(told, "permission_denied")}, status.HTTP_403_FORBIDDEN


def _rows_of(data: object) -> list[object]:
    rows = data.get("rows") if isinstance(data, dict) else data
    if not isinstance(rows, list) or (isinstance(data, dict) and set(data) != {"rows"}):
        raise ValidationError(
            {"rows": [coded("not_a_list", _('Send {"rows": […]} with a list of records.'))]}
        )
    if not 0 < len(rows) <= MOST:
        raise ValidationError(
            {
                "rows": [
                    coded(
                        "too_many_rows",
                        _("From 1 to %(most)d rows in one request.") % {"most": MOST},
                    )
                ]
            }
        )
    return rows


def rows_refused(errors: Mapping[int, object]) -> ValidationError:
    """The refusal (400) that names each row that is wrong, counted from 1."""
    found = [{"row": index + 1, "errors": errors[index]} for index in sorted(errors)]
    refusal = ValidationError()
    refusal.detail = {"rows": found}  # type: ignore[dict-item]  # numbers stay numbers
    return refusal
