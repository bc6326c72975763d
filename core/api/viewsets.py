"""Base of the API's resources: scope, versions, actions, idempotency, conditional requests.

A resource of an app is a class like this (`disbursements/ledger/api.py` has everything):

    class Trainings(Creatable, Changeable, Resource):
        queryset = Training.objects.select_related("topic", "commune")
        serializer_class = TrainingSerializer
        filterset_class = TrainingFilters
        ordering_fields = ("date", "commune")
        ordering_map = {"date": "start", "commune": "commune__sort_key"}
        permissions = {"create": RECORD_TRAINING, "partial_update": RECORD_TRAINING}

        def perform_create(self, fields):
            return services.create(actor=self.request.user, **fields)

        def perform_update(self, row, version, fields):
            return services.update(actor=self.request.user, training=row, version=version, **fields)

        @act("confirm", permission=CONFIRM, body=ReasonSerializer)
        def confirm(self, row, *, version=None, reason):
            return services.confirm(actor=self.request.user, training=row, version=version, ...)

Every write runs in one transaction; the services hold the rules. What the user may not see is 404,
what the role may not do 403, a stale version or a wrong state 409.
"""

import json
from collections.abc import Callable, MutableMapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views import View
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from core.api import sparse_fields as asked_fields
from core.api.base import JSONBody, refuse_empty, refuse_repeated
from core.api.cursors import AFTER
from core.api.etags import record_part, tag_of, with_etag
from core.api.moments import MOMENTS, SINCE, has_trail, with_moments
from core.api.permissions import Permission
from core.api.problems import coded_detail
from core.api.readonly_echo import remove_unchanged
from core.api.serializers import (
    MAX_VERSION,
    ResourceSerializer,
    StrictSerializer,
    VersionSerializer,
)
from core.api.streams import EXPORT_PARAMETERS, TABLES, Exportable
from core.lists.filters import Filters, may_repeat
from core.models import VersionedModel
from core.services import remarks
from core.services.errors import StaleVersion

Handler = Callable[..., Response]
EVERYWHERE = frozenset({"format"})  # parameters that every address understands
PAGED = frozenset({"page", "page_size", AFTER})

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,200}$"},
    OpenApiParameter.HEADER,
    description=(
        "Up to 200 visible ASCII characters of your own, say a UUID. The same key with the same "
        "body answers with the first result and has no second effect; with another body it is 409. "
        f"A key is kept for {settings.IDEMPOTENCY_DAYS} days."
    ),
)
VERSION = OpenApiParameter(
    "version",
    {"type": "integer", "minimum": 1, "maximum": MAX_VERSION},
    description="The version this was decided on; stale: 409.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description=(
        "The ETag of the record as you read it (whole, without `fields`), instead of `version`. "
        "Stale: 409."
    ),
)


WARNINGS = "warnings"  # what was remarked while it was saved, beside the record of an answer


def idempotently(request: Request, effect: Callable[[], Response]) -> Response:
    """Run the effect in a transaction, once per `Idempotency-Key` (settings.API_ONCE)."""
    response: Response = import_string(settings.API_ONCE)(request, effect)
    return response


def beside_of(view: object) -> tuple[str, ...]:
    """The fields of a resource that stand beside the record (`ResourceSerializer.beside`)."""
    return getattr(getattr(view, "serializer_class", None), "beside", ())


def with_warnings(data: dict[str, Any]) -> dict[str, Any]:
    """The answer of a write, with what was remarked while it was saved in `warnings`."""
    if said := remarks.remarks_so_far():
        there = data.get(WARNINGS, [])
        plain = any(isinstance(each, str) for each in there)
        data[WARNINGS] = [*there, *(each["message"] if plain else each for each in said)]
    return data


class Conditional:
    """Gives reads an `ETag` and answers 304; works on any of REST framework's views.

    What a view takes the schema says: it has no `OPTIONS`, and `Allow` does not name it.
    """

    http_method_names: Sequence[str] = [
        name for name in View.http_method_names if name != "options"
    ]

    def finalize_response(
        self, request: HttpRequest, response: object, *args: object, **kwargs: object
    ) -> Any:
        done = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if not isinstance(request, Request):
            return done
        return with_etag(request, done, beside_of(self))


class Resource(
    Exportable,
    Conditional,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    GenericViewSet[Any],
):
    """A list and its records, read only; add `Creatable` and `Changeable` for writing."""

    permission: Permission = "view"
    permissions: ClassVar[dict[str, Permission]] = {}
    lookup_value_regex = "[0-9]{1,18}"
    filterset_class: type[Filters] | None = None
    asked: Filters | None = None  # the filters of this request; none was given
    ordering_fields: tuple[str, ...] = ()
    paged: tuple[str, ...] = ("list",)  # actions that answer with pages
    destroy_parameters: tuple[str, ...] = ("version",)
    listed: tuple[str, ...] = ()  # the only columns that a list reads; none named: all
    ordering_map: ClassVar[dict[str, str]] = {}  # where the parameter is not the model's field

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        extra = cls.get_extra_actions()
        acts = {each.__name__: each.permission for each in extra if hasattr(each, "permission")}
        cls.permissions = {**cls.permissions, **acts}

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        self._refuse_unknown_parameters(request)

    def _refuse_unknown_parameters(self, request: Request) -> None:
        """A misspelt filter must not answer with everything."""
        known = set(EVERYWHERE)
        if self.action in asked_fields.READS:
            known.add(asked_fields.NAME)
        if self.action == "list":
            filters = self.filterset_class.base_filters if self.filterset_class else ()
            known |= {"ordering", *filters, *EXPORT_PARAMETERS}
            known |= {SINCE} if has_trail(type(self).queryset.model) else set()
        if self.action in self.paged:
            known |= PAGED
        if self.action == "destroy":
            known |= {*self.destroy_parameters}
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            raise ValidationError(
                {
                    name: coded_detail(_("Unknown parameter."), "unknown_parameter")
                    for name in unknown
                }
            )
        refuse_empty(request, but={"search"})
        refuse_repeated(request, but=self._repeatable())

    def _repeatable(self) -> set[str]:
        """The parameters that may have several values."""
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        several = {name for name, each in filters.items() if may_repeat(each)}
        return {*several, "ordering", asked_fields.NAME}

    def get_queryset(self) -> QuerySet[Any]:
        """The rows in the user's scope; a model without `visible_to` is everybody's to read."""
        rows = super().get_queryset()
        if self.action == "list" and self.listed and not self._asks_fields():
            rows = rows.only(*self.listed)
        visible_to = getattr(rows, "visible_to", None)
        return with_moments(visible_to(self.request.user) if visible_to else rows)

    def _asks_fields(self) -> bool:
        return self.request is not None and asked_fields.NAME in self.request.query_params

    def ordering_lookup(self, name: str) -> str:
        """The model's lookup for an `ordering` parameter, its sign kept."""
        bare = name.removeprefix("-")
        return ("-" if name.startswith("-") else "") + self.ordering_map.get(bare, bare)

    def get_serializer_context(self) -> dict[str, object]:
        return {**super().get_serializer_context(), "cache": {}}

    def get_serializer(self, *args: Any, **options: Any) -> Any:
        """Of a read: with the fields asked for alone."""
        serializer = super().get_serializer(*args, **options)
        if self.action in asked_fields.READS and self.request is not None:
            self._leave_out_beside(getattr(serializer, "child", serializer).fields)
            never = beside_of(self) if self._is_file() else ()
            asked_fields.keep_requested_fields(self.request, serializer, never=never)
        return serializer

    def _leave_out_beside(self, fields: MutableMapping[str, object]) -> None:
        """Of a list what stands beside its records, unless it was asked for; of a file always."""
        if getattr(self.request, "accepted_renderer", None) is None:
            return  # the schema shows all of them
        is_asked = asked_fields.NAME in self.request.query_params
        if self._is_file() or (self.action == "list" and not is_asked):
            for name in beside_of(self):
                fields.pop(name, None)

    def _is_file(self) -> bool:
        return isinstance(getattr(self.request, "accepted_renderer", None), TABLES)

    def read_body(
        self, serializer_class: type[StrictSerializer] | None = None, **options: Any
    ) -> dict[str, Any]:
        """The validated fields of the body; 400 by field when they are not right."""
        serializer = (serializer_class or self.get_serializer_class())(
            data=self.request.data, context=self.get_serializer_context(), **options
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def expected_version(self, row: Model, version: int | None) -> int | None:
        """The version a write was decided on: the body's, or that of the ETag in `If-Match`."""
        tag = self.request.headers.get("If-Match", "").strip()
        if tag and tag != "*":
            tags = [record_part(each.strip().removeprefix("W/")) for each in tag.split(",")]
            if self._tag(row) not in tags:
                raise StaleVersion
            return getattr(row, "version", 1) if version is None else version
        return version

    def _tag(self, row: Model) -> str:
        renderer: Any = self.request.accepted_renderer
        context = self.get_renderer_context()
        return tag_of(renderer.render(self.record_alone(row).data, None, context))

    def record_alone(self, row: Model) -> Any:
        """The serializer of a record without what stands beside it."""
        serializer = self.get_serializer(row)
        for name in beside_of(self):
            serializer.fields.pop(name, None)
        return serializer

    def answer(self, row: Model, code: int = status.HTTP_200_OK) -> Response:
        """The record as it is now. Refuses (400) what has left the user's scope by the write."""
        found = self.get_queryset().filter(pk=row.pk).first()
        if found is None:
            outside = coded_detail(_("This lies outside your assignment."), "outside_assignment")
            raise ValidationError({"detail": outside})
        headers = {}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = self.reverse_action("detail", args=[row.pk])
        data = with_warnings(dict(self.get_serializer(found).data))
        return Response(data, code, headers=headers)


if TYPE_CHECKING:
    OfResource = Resource
else:
    OfResource = object


class Creatable(OfResource):
    """`POST`: `perform_create(fields)` calls the service and returns the new row."""

    def perform_create(self, fields: dict[str, object]) -> Model:
        raise NotImplementedError

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        def effect() -> Response:
            return self.answer(self.perform_create(self.read_body()), status.HTTP_201_CREATED)

        return idempotently(request, effect)


class Changeable(OfResource):
    """`PATCH`: `perform_update(row, version, fields)` calls the service and returns the row."""

    def perform_update(self, row: Any, version: int, fields: dict[str, Any]) -> Model:
        raise NotImplementedError

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: str) -> Response:
        with transaction.atomic():
            row = self.get_object()
            version, body = _version_apart(request.data)
            version = self.expected_version(row, version)
            if version is None:
                needed = coded_detail(_("Say which version you are changing."), "required")
                raise ValidationError({"version": needed})
            if isinstance(body, dict):
                body = self._without_unchanged(row, version, body)
            serializer = self.get_serializer(row, data=body, partial=True)
            serializer.is_valid(raise_exception=True)
            changed = self.perform_update(row, version, dict(serializer.validated_data))
            return self.answer(changed)

    def _without_unchanged(
        self, row: VersionedModel, version: int, body: dict[str, object]
    ) -> dict[str, object]:
        """The body without what is read only and as the record has it (`readonly_echo`)."""
        # Any write may have been told of something, and moves its moments.
        told = {*beside_of(self), WARNINGS, *(MOMENTS if has_trail(type(row)) else ())}
        body = {name: deepcopy(each) for name, each in body.items() if name not in told}
        serializer = self.record_alone(row)
        is_other = remove_unchanged(
            serializer.fields, body, lambda: json.loads(JSONRenderer().render(serializer.data))
        )
        if is_other and version != row.version:  # it is as the record was
            raise StaleVersion
        return body


class Removable(OfResource):
    """`DELETE`: `perform_destroy(row, version)` calls the service. For drafts, never for records.

    The version comes as `?version=` or by `If-Match`; neither is needed.
    """

    def perform_destroy(self, row: Any, version: int | None) -> None:
        raise NotImplementedError

    @extend_schema(parameters=[VERSION, IF_MATCH], responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        with transaction.atomic():
            row = self.get_object()
            text = request.query_params.get("version")
            version = self.expected_version(row, None if text is None else _whole(text))
            self.perform_destroy(row, version)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _whole(text: str) -> int:
    """A version in an address. Raises `ValidationError` (400)."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_VERSION))
    if not (is_number and 1 <= int(text) <= MAX_VERSION):
        told = _("A whole number from 1 to %(most)d.") % {"most": MAX_VERSION}
        raise ValidationError({"version": coded_detail(told, "out_of_range")})
    return int(text)


def _version_apart(data: object) -> tuple[int | None, object]:
    """The version in a body and the rest of the body."""
    if not isinstance(data, dict) or "version" not in data:
        return None, data
    serializer = VersionSerializer(data={"version": data["version"]})
    serializer.is_valid(raise_exception=True)
    rest = {name: value for name, value in data.items() if name != "version"}
    return serializer.validated_data["version"], rest


def post_action(
    method: Callable[..., object], name: str, permission: Permission, *, of_one: bool = True
) -> Callable[[Handler], Handler]:
    """Make of a handler the action `POST …/{id}/name/`, or of many `POST …/name/`, named and
    described as `method` is.

    `extend_schema` goes outside: `action` replaces what it leaves on the handler.
    """

    def decorate(handler: Any) -> Handler:
        handler.__name__, handler.__doc__ = method.__name__, method.__doc__
        handler.permission = permission
        called = name if of_one else f"{name}-many"
        done = action(["post"], of_one, name, called, parser_classes=[JSONBody])
        return done(handler)

    return decorate


def act(
    name: str,
    *,
    permission: Permission,
    right: Callable[..., object] | None = None,
    body: type[StrictSerializer] = VersionSerializer,
    code: int = status.HTTP_200_OK,
    answer: type[ResourceSerializer] | None = None,
    at: str = "",
) -> Callable[[Callable[..., Model]], Handler]:
    """An action `POST …/{id}/name/`: `method(self, row, *, version=None, **fields) -> row`.

    `body` names the serializer of its fields (with an optional `version`), `code` the status of
    the answer, `answer` its serializer (for the schema; needed where the code is not 200), `at` the
    name of the address of a record that is of another resource.
    `right(actor, row)` raises `PermissionDenied` where the right is a matter of the row too (it may
    be delegated).
    """

    def decorate(method: Callable[..., Model]) -> Handler:
        def handler(self: Resource, request: Request, pk: str) -> Response:
            def effect() -> Response:
                row = self.get_object()
                if right is not None:
                    right(request.user, row)
                fields = self.read_body(body)
                fields["version"] = self.expected_version(row, fields.get("version"))
                done = method(self, row, **fields)
                if answer is not None and not isinstance(done, type(row)):  # of another resource
                    found = answer(done, context=self.get_serializer_context())
                    headers = {"Location": reverse(at, args=[done.pk], request=request)}
                    return Response(with_warnings(dict(found.data)), code, headers=headers)
                return self.answer(done, code)

            return idempotently(request, effect)

        described = extend_schema(
            request=body,
            parameters=[IDEMPOTENCY_KEY, IF_MATCH],
            responses={code: answer} if answer else empty,
        )
        return described(post_action(method, name, permission)(handler))

    return decorate
