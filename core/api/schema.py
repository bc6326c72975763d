"""How the API describes itself (OpenAPI 3.0, drf-spectacular): what its views cannot say alone.

What is described is JSON, so that a generated client has one type for each answer. A list's other
forms (`format=csv`) and a part of a record (`fields=id,code`) are told in words (ADR 31). Refusals
and headers, the same everywhere, stand in `openapi.yaml`.
"""

from functools import cache
from inspect import getdoc
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiFilterExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_override
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request

from core.api.serializers import StrictSerializer, VersionSerializer
from core.lists.filters import NOT_BLANK

MOST = 1000  # records in one request
BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "pattern")
ID = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
PARAMETERS: dict[str, dict[str, object]] = {  # of which the library knows too little
    "id": {"schema": ID, "description": "The record's id, as in its list."},
    "page": {"schema": {"type": "integer", "minimum": 1}},
    "page_size": {"schema": {"type": "integer", "minimum": 1}},
}
EVERY_HEADER = ("Token-Expires", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
HEADERS = {"200": ("ETag",), "201": ("ETag", "Location"), "204": ()}
EVERY_REFUSAL = ("400", "401", "403", "404", "406", "429")
OF_WRITES = ("409", "413", "415")


class Parameters(OpenApiFilterExtension):
    """The parameters of a list, as the filters in `core.lists.filters` describe themselves."""

    target_class = "core.api.filter_backends.Backend"
    priority = 1

    def get_schema_operation_parameters(
        self, auto_schema: AutoSchema, *args: object
    ) -> list[dict[str, object]]:
        filterset = getattr(auto_schema.view, "filterset_class", None)
        filters = filterset.base_filters if filterset else {}
        told = {name: each.extra.get("help_text") or getdoc(each) for name, each in filters.items()}
        return [
            {"in": "query", "name": name, "schema": each.schema, "description": told[name]}
            for name, each in filters.items()
        ]


class Shape(OpenApiSerializerExtension):
    """A body has nothing but what is named; an answer has every field, and no limits: what is read
    is what is stored."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: object) -> dict[str, object]:
        one: Any = self.target
        if direction == "request" and one.read_only:
            return {}  # the rows of an answer have no body of their own
        schema = {"properties": {}, **auto_schema._map_serializer(one, direction, True)}
        parts = schema["properties"]
        if direction == "response":
            beside = getattr(one, "beside", ())
            always = [n for n, each in parts.items() if n not in beside and "writeOnly" not in each]
            found = {name: _unbounded(each) for name, each in parts.items()}
            return {**schema, "properties": found, "required": always}
        for part in parts.values():
            text = part.get("items", part)
            if text.get("minLength"):
                text.setdefault("pattern", NOT_BLANK)
        if one.partial:
            parts |= auto_schema._map_serializer(VersionSerializer(), direction, True)["properties"]
        return {**schema, "additionalProperties": False}


def _unbounded(schema: object) -> object:
    if not isinstance(schema, dict):
        return schema
    return {name: _unbounded(each) for name, each in schema.items() if name not in BOUNDS}


@cache
def many_of(one: type[StrictSerializer]) -> type[StrictSerializer]:
    """The serializer of many records in one body, and of those made."""
    rows = serializers.ListField(child=one(), min_length=1, max_length=MOST)
    fields = {"count": serializers.IntegerField(read_only=True), "rows": rows}
    return type(one.__name__.replace("Serializer", "Rows"), (StrictSerializer,), fields)


class Described(AutoSchema):
    """drf-spectacular's description of an operation, with what every resource understands."""

    view: Any

    @property
    def action(self) -> str:
        return getattr(self.view, "action", "") or ""

    def get_summary(self) -> str:
        """What is done with what, as in “Retrieve: disbursement”; else the first sentence told."""
        if self.action:
            word = self.action.strip("_").replace("_", " ").capitalize()
            return f"{word}: {self.view.queryset.model._meta.verbose_name}"
        return " ".join(self.get_description().split(". ")[0].split()).rstrip(".")

    def get_operation_id(self) -> str:
        """An action on many rows has the address of that on one, but for the id."""
        found: str = super().get_operation_id()
        return found.replace("_create", "_many") if self.action.endswith("_many") else found

    def get_request_serializer(self) -> Any:
        if self.action == "bulk":
            return many_of(self.view.serializer_class)
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if code := getattr(getattr(self.view, self.action, None), "answers_many", None):
            return {code: many_of(self.view.serializer_class)}
        return super().get_response_serializers()

    def get_examples(self) -> list[OpenApiExample]:
        """Of many: of one; of a change: of a new one, with the version it was decided on."""
        if self.action not in ("bulk", "partial_update"):
            return super().get_examples()
        one = self.view.serializer_class
        sent = [each.value for each in get_override(one, "examples", []) if each.request_only]
        values: list[dict[str, object]] = [{"rows": sent}]
        if self.action == "partial_update":
            values = [{**each, "version": 1} for each in sent]
            values = [{k: v for k, v in each.items() if k not in one.fixed} for each in values]
        return [OpenApiExample("body", value, request_only=True) for value in values]


def complete(
    result: dict[str, Any], generator: object, request: Request, **_options: object
) -> object:
    """Postprocessing hook: where the API is, and what is the same of every operation."""
    base = request.build_absolute_uri("/") if request else settings.PORTAL_URL
    result["servers"] = [{"url": base.rstrip("/"), "description": "This portal."}]
    told: dict[str, str] = {}
    for path in result["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
            told.setdefault(operation["tags"][0], operation["description"].partition("\n\n")[0])
    result["tags"] = [{"name": name, "description": told[name]} for name in sorted(told)]
    for schema in result["components"]["schemas"].values():
        for part in schema.get("properties", {}).values():
            if part.get("nullable") and part.keys() & {"allOf", "oneOf"}:  # what may be null
                part.setdefault("type", "object" if "allOf" in part else "string")  # has a type
    return result


def _complete(method: str, operation: dict[str, Any]) -> None:
    for each in operation.get("parameters", []):
        each |= PARAMETERS.get(each["name"], {})
    if method == "patch":  # with its version at least
        operation["requestBody"]["required"] = True
    responses = operation["responses"]
    for code in HEADERS.keys() & responses.keys():
        names = (*EVERY_HEADER, *HEADERS[code])
        names += ("Idempotent-Replayed",) if method == "post" else ()
        responses[code]["headers"] = {
            name: {"$ref": f"#/components/headers/{name}"} for name in names
        }
    refusals = {code for code in responses if code >= "400"} | {*EVERY_REFUSAL}
    for code in {*refusals, *(("304",) if method == "get" else OF_WRITES)}:
        responses[code] = {"$ref": f"#/components/responses/Status{code}"}
    operation["responses"] = dict(sorted(responses.items()))
