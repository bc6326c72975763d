"""How the API describes itself (OpenAPI 3.0, drf-spectacular): what its views cannot say alone.

What is described is JSON, so that a generated client has one type for each answer. A list's other
forms (`format=csv`) and a part of a record (`fields=id,code`) are told in words (ADR 31).
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import override
from drf_spectacular.extensions import OpenApiFilterExtension, OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes, get_override
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from core.api.problems import PROBLEM
from core.api.serializers import MAX_VERSION, ResourceSerializer, StrictSerializer

JSON = "application/json"
BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "pattern")
MOST = 1000  # records in one request
VERSION = {
    "type": "integer",
    "minimum": 1,
    "maximum": MAX_VERSION,
    "description": "The version you are changing, unless `If-Match` names it; stale: 409.",
}
# A character that stays when a text is cleaned (core.values.text) and trimmed.
NOT_BLANK = (
    r"[^\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
IN_FILES = (
    "As a file, every page of it: `format=csv` (`delimiter`, `decimal`, `hxl=1`), `xlsx` or "
    "`jsonl`. "
    "`fields=` names those to answer with."
)
ID = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
WORDS = {
    "retrieve": "Read",
    "create": "New",
    "partial_update": "Change",
    "destroy": "Delete",
    "bulk": "Many new",
}


def no_descriptions() -> list[Any]:
    """Classes whose docstrings are for who writes the API, not for its readers."""
    return [StrictSerializer, ResourceSerializer, *get_lib_doc_excludes()]


class Parameters(OpenApiFilterExtension):
    """The parameters of a list, as the filters in `core.lists.filters` describe themselves."""

    target_class = "core.api.filter_backends.Backend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: Any, *args: Any) -> list[dict[str, Any]]:
        filterset = getattr(auto_schema.view, "filterset_class", None)
        filters = filterset.base_filters if filterset else {}
        return [_parameter(name, each) for name, each in filters.items()]


def _parameter(name: str, each: Any) -> dict[str, Any]:
    schema = getattr(each, "schema", {"type": "string"})
    words = each.extra.get("help_text") or str(each.__dict__.get("_label") or "") or _words(each)
    found = {"in": "query", "name": name, "schema": schema, "description": words}
    return found | ({"explode": True, "style": "form"} if schema["type"] == "array" else {})


def _words(each: Any) -> str:
    lookup = each.lookup_expr.removeprefix("date__")
    if limit := {"gte": "From this one on.", "lte": "Up to this one."}.get(lookup):
        return limit
    is_code = each.extra.get("model") is not None
    first = (type(each).__doc__ or "").strip().splitlines()[0]
    return first + (" A code that there is not is refused (400)." if is_code else "")


class Shape(OpenApiSerializerExtension):
    """A body has nothing but what is named; an answer has every field, and no limits: what is read
    is what is stored."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        serializer: Any = self.target
        schema = auto_schema._map_serializer(serializer, direction, bypass_extensions=True)
        parts = schema.setdefault("properties", {})
        if direction == "request":
            for part in (*parts.values(), *(each.get("items", {}) for each in parts.values())):
                if part.get("type") == "string" and part.get("minLength"):
                    part.setdefault("pattern", NOT_BLANK)
            if serializer.partial:
                parts["version"] = VERSION
            return {**schema, "additionalProperties": False}
        schema["properties"] = {name: _unbounded(part) for name, part in parts.items()}
        beside = getattr(serializer, "beside", ())
        written = {name for name, part in parts.items() if part.get("writeOnly")}
        return {**schema, "required": [name for name in parts if name not in {*beside, *written}]}


def _unbounded(part: dict[str, Any]) -> dict[str, Any]:
    found = {name: each for name, each in part.items() if name not in BOUNDS}
    for inside in {"items", "additionalProperties"} & found.keys():
        found[inside] = _unbounded(found[inside])
    return found


@cache
def many_of(one: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """The serializer of many records in one body (`Rows`), or of those made (`RowsMade`)."""
    rows: Any = serializers.ListField(child=one(), min_length=1, max_length=MOST)
    fields: dict[str, Any] = {"rows": rows}
    base: Any = StrictSerializer
    if name == "RowsMade":
        fields = {"count": serializers.IntegerField(), "rows": one(many=True)}
        base = serializers.Serializer
    bare = one.__name__.removesuffix("Serializer")
    return type(f"{bare}{name}Serializer", (base,), fields)


class Described(AutoSchema):
    """drf-spectacular's description of an operation, with what every resource understands."""

    view: Any

    @property
    def action(self) -> str:
        return getattr(self.view, "action", "") or ""

    def get_summary(self) -> str:
        """What is done with what, as in “Read: disbursement”; else the first sentence told."""
        if self.action:
            word = WORDS.get(self.action, self.action.strip("_").replace("_", " ").capitalize())
            return f"{word}: {self.view.queryset.model._meta.verbose_name}"
        return " ".join(self.get_description().split(". ")[0].split()).rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]  # the operation is the schema's own
        found = super().get_description()
        return f"{found}\n\n{IN_FILES}" if self.action == "list" else found

    def get_operation_id(self) -> str:
        """An action on many rows has the address of that on one, but for the id."""
        found: str = super().get_operation_id()
        is_on_many = getattr(getattr(self.view, self.action, None), "answers_many", 0) == 200
        return found.replace("_create", "_many") if is_on_many else found

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[3]]

    def map_renderers(self, attribute: str) -> list[Any]:
        return [{"media_type": JSON, "format": "json"}[attribute]]

    def get_request_serializer(self) -> Any:
        if self.action == "bulk":
            return many_of(self.view.serializer_class, "Rows")
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if code := getattr(getattr(self.view, self.action, None), "answers_many", None):
            return {code: many_of(self.view.serializer_class, "RowsMade")}
        return super().get_response_serializers()

    def get_examples(self) -> list[OpenApiExample]:
        """Of many: of one; of a change: of a new one, with the version it was decided on."""
        examples = super().get_examples()
        if not examples and self.action in ("bulk", "partial_update"):
            of_one = get_override(self.view.serializer_class, "examples", [])
            for each in (each for each in of_one if each.request_only):
                value: dict[str, Any] = {"rows": [each.value]}
                if self.action == "partial_update":
                    fixed = self.view.serializer_class.fixed
                    kept = {k: v for k, v in each.value.items() if k not in fixed}
                    value = {**kept, "version": 1}
                examples.append(OpenApiExample(each.name, value=value, request_only=True))
        return examples


def header(words: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"schema": {"type": kind, **more}, "description": words}


EXPIRY = {"Token-Expires": header("When the request's token ends.", format="date-time")}
LIMITS = {
    "RateLimit-Limit": header("Requests a minute.", "integer"),
    "RateLimit-Remaining": header("Requests left of them.", "integer"),
    "RateLimit-Reset": header("Seconds until they are counted anew.", "integer"),
}
ETAG = {"ETag": header("Send it as If-None-Match.")}
REPLAYED = {"Idempotent-Replayed": header("“true”: the first answer to this key, once more.")}
LOCATION = {"Location": header("Where the one record made is.")}
SENTENCE = {"type": "string", "description": "A sentence for a person."}
CODE = {"type": "string", "description": "The case, for a program."}


def shape(told: str, *needed: str, **parts: Any) -> dict[str, Any]:
    return {"type": "object", "description": told, "properties": parts, "required": [*needed]}


COMPONENTS: dict[str, Any] = {
    "Refusal": shape("Why all is refused.", "detail", detail=SENTENCE, code=CODE),
    "WrongValues": {
        "type": "object",
        "description": "Sentences by field or parameter; `rows` names rows of many, from 1.",
        "additionalProperties": {},
    },
    "Problem": shape(
        "A refusal by RFC 9457, for who accepts `application/problem+json`.",
        *("type", "title", "status", "detail", "code", "errors"),
        type={"type": "string"},
        title={"type": "string", "description": "The status in words."},
        status={"type": "integer"},
        detail=SENTENCE,
        code=CODE,
        errors={"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
    ),
    "ProblemError": shape(
        "What is wrong where: `rows.3.amount`, rows from 1.",
        *("field", "code", "detail"),
        field={"type": "string"},
        code=CODE,
        detail=SENTENCE,
    ),
}
REFUSALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "400": ("A value or parameter is wrong.", "WrongValues", {}),
    "401": ("No token, or no valid one.", "Refusal", {"WWW-Authenticate": header("Token.")}),
    "403": ("Your role, or this token, may not do this.", "Refusal", {}),
    "404": ("There is no such record in your scope, or no such page.", "Refusal", {}),
    "406": ("This is not to be had in the form that `Accept` asks for.", "Refusal", {}),
    "409": ("The record is in another state or version, or the month is closed.", "Refusal", {}),
    "410": ("What this points at is not kept any more.", "Refusal", {}),
    "413": ("The body is too large.", "Refusal", {}),
    "415": ("The body is not JSON.", "Refusal", {}),
    "429": ("Too many requests.", "Refusal", {"Retry-After": header("Seconds.", "integer")}),
}
WRITES = ("409", "413", "415")
RARE = ("410",)  # of who says so


def complete(result: dict[str, Any], generator: Any, request: Any, **_options: Any) -> Any:
    """Postprocessing hook: where the API is, and refusals, headers and 304 on every operation."""
    base = request.build_absolute_uri("/") if request else settings.PORTAL_URL
    result["servers"] = [{"url": base.rstrip("/"), "description": "This portal."}]
    parts = result["components"]
    parts["schemas"] |= COMPONENTS
    parts["responses"] = {f"Status{code}": _refusal(*each) for code, each in REFUSALS.items()}
    operations = [
        (method, each) for path in result["paths"].values() for method, each in path.items()
    ]
    for method, operation in operations:
        _complete(method, operation)
    told = {each["tags"][0]: each["description"] for _method, each in reversed(operations)}
    result["tags"] = [
        {"name": name, "description": told[name].partition("\n\n")[0]} for name in sorted(told)
    ]
    for schema in parts["schemas"].values():
        for part in schema.get("properties", {}).values():
            _typed(part)
    _without_unused(result)
    return result


def _typed(part: dict[str, Any]) -> None:
    """What may be null has a type: another record's is an object, one of some words a text."""
    if part.get("nullable"):
        for name, kind in (("allOf", "object"), ("oneOf", "string")):
            if name in part:
                part.setdefault("type", kind)


def _without_unused(result: dict[str, Any]) -> None:
    """The rows of an answer have no body of their own."""
    text = json.dumps(result, default=str)
    for name in [*result["components"]["schemas"]]:
        if f'/schemas/{name}"' not in text:
            del result["components"]["schemas"][name]


def _complete(method: str, operation: dict[str, Any]) -> None:
    is_read = method == "get"
    for each in operation.get("parameters", []):
        if (each["name"], each["in"]) == ("id", "path"):
            each |= {"schema": ID, "description": "The record's id, as in its list."}
        elif each["name"] in ("page", "page_size"):
            each["schema"] |= {"minimum": 1}
    if method == "patch":
        operation["requestBody"]["required"] = True
    responses = operation["responses"]
    for code in {"200", "201", "204"} & responses.keys():
        headers = responses[code].setdefault("headers", {})
        headers |= {**EXPIRY, **LIMITS, **({} if code == "204" else ETAG)}
        headers |= REPLAYED if method == "post" else {}
        headers |= LOCATION if code == "201" else {}
    if is_read:
        responses["304"] = {"description": "You have it already.", "headers": {**EXPIRY, **LIMITS}}
    for code in REFUSALS:
        if code in responses or not (code in RARE or (is_read and code in WRITES)):
            responses[code] = {"$ref": f"#/components/responses/Status{code}"}
    operation["responses"] = dict(sorted(responses.items()))


def _refusal(description: str, schema: str, headers: dict[str, Any]) -> dict[str, Any]:
    content = {
        JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}},
        PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
    }
    return {"description": description, "headers": headers, "content": content}


class InEnglish(SchemaGenerator):
    """The description in one language, whoever asks: names of a program's own."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        with override("en"):
            return super().get_schema(request=request, public=public)
