"""How the API describes itself (OpenAPI 3, drf-spectacular): what its views cannot say alone."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from drf_spectacular.extensions import OpenApiFilterExtension

from core.api.schema_reads import add_parts
from core.api.schema_writes import REQUEST, allow_as_read, strict
from core.lists.exports import XLSX

JSON = "application/json"
BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "pattern")


class FilterParameters(OpenApiFilterExtension):
    """The parameters of a list, as the filters in `core.lists.filters` describe themselves."""

    target_class = "core.api.filter_backends.Backend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: Any, *args: Any) -> list[dict[str, Any]]:
        filterset = getattr(auto_schema.view, "filterset_class", None)
        if filterset is None:
            return []
        return [_parameter(name, each) for name, each in filterset.base_filters.items()]


def _parameter(name: str, each: Any) -> dict[str, Any]:
    schema = getattr(each, "schema", {"type": "string"})
    found: dict[str, Any] = {"in": "query", "name": name, "schema": schema}
    words = each.extra.get("help_text") or str(each.__dict__.get("_label") or "") or _words(each)
    found["description"] = words
    if schema["type"] == "array":
        found |= {"explode": True, "style": "form"}
    return found


UNKNOWN = "A code that there is not is refused (400)."


def _words(each: Any) -> str:
    first = (type(each).__doc__ or "").strip().splitlines()[0]
    lookup = each.lookup_expr.removeprefix("date__")
    limit = {"gte": "From this one on.", "lte": "Up to this one."}.get(lookup)
    if each.extra.get("model") is not None:
        first += " " + UNKNOWN
    return limit or first


MESSAGES = {"type": "array", "items": {"type": "string"}}
COMPONENTS: dict[str, Any] = {
    "Refusal": {
        "type": "object",
        "description": "Why the request as a whole is refused.",
        "properties": {
            "detail": {"type": "string", "description": "A sentence for a person."},
            "code": {"type": "string", "description": "The case, for a program (409)."},
        },
        "required": ["detail"],
    },
    "WrongValues": {
        "type": "object",
        "description": "What is wrong, by field or parameter; `rows` names rows of many.",
        "additionalProperties": {
            "anyOf": [
                MESSAGES,
                {"type": "string"},
                {"type": "array", "items": {"$ref": "#/components/schemas/WrongRow"}},
                {"type": "array", "items": {"type": "object"}},
                {"type": "object"},
            ]
        },
        "example": {"amount": ["The amount must be more than 0 đồng."]},
    },
    "WrongRow": {
        "type": "object",
        "properties": {
            "row": {"type": "integer", "description": "Counted from 1."},
            "errors": {"type": "object", "additionalProperties": True},
        },
        "required": ["row", "errors"],
    },
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match."}}
EXPIRY = {
    "Token-Expires": {
        "schema": {"type": "string", "format": "date-time"},
        "description": "When the token of the request ends; every answer to a token has it.",
    }
}
REPLAYED = {
    "Idempotent-Replayed": {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "This is the first answer to this Idempotency-Key, once more.",
    }
}
LOCATION = {
    "Location": {"schema": {"type": "string"}, "description": "Where the one record made is."}
}
WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
SIGN_IN = {"WWW-Authenticate": {"schema": {"type": "string"}}}
EXAMPLES: dict[str, dict[str, Any]] = {
    "400": {"amount": ["The amount must be more than 0 đồng."]},
    "401": {"detail": "Invalid token."},
    "403": {"detail": "You do not have permission to perform this action."},
    "404": {"detail": "Not found."},
    "406": {"detail": "Could not satisfy the request Accept header."},
    "409": {"detail": "Somebody has changed this record since you read it.", "code": "stale"},
    "413": {"detail": "The body is larger than 5 MB: send fewer rows."},
    "415": {"detail": "Unsupported media type “text/plain” in request."},
    "429": {"detail": "Request was throttled. Expected available in 12 seconds."},
}
PARAMETERS = {
    "id": "The record's id, as in its list.",
    "format": "The form of the answer, instead of the `Accept` header.",
    "extension": "The kind of file.",
    "kind": "Which document.",
}
REFUSALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "400": ("A value or parameter is wrong.", "WrongValues", {}),
    "401": ("No token, or one that is not valid.", "Refusal", SIGN_IN),
    "403": ("Your role, or this token, may not do this.", "Refusal", {}),
    "404": ("There is no such record in your scope, or no such page or format.", "Refusal", {}),
    "406": ("This is not to be had in the form that `Accept` asks for.", "Refusal", {}),
    "409": ("The record is in another state or version, or the month is closed.", "Refusal", {}),
    "413": ("The body is too large.", "Refusal", {}),
    "415": ("The body is not JSON.", "Refusal", {}),
    "429": ("Too many requests.", "Refusal", WAIT),
}
COUNTED = ("page", "page_size")
CUT = ("SummaryRow", "TrainingRow")  # with the cuts asked for alone
TABLES = ("text/csv", "application/x-ndjson")
ALWAYS = ("400", "401", "403", "404", "406", "429")
WRITES = ("409", "413", "415")


def complete(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Postprocessing hook: refusals, headers and 304 on every operation."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(COMPONENTS)
    result["components"]["responses"] = {
        f"Status{code}": _refusal(*refusal, EXAMPLES[code]) for code, refusal in REFUSALS.items()
    }
    for name, schema in schemas.items():
        if name.endswith(REQUEST):
            strict(name, schema)
        elif name not in COMPONENTS:
            _without_bounds(schema)
            if name not in CUT:
                _always(schema)
    import_string(settings.API_EXAMPLES)(schemas)
    allow_as_read(schemas)
    add_parts(result)
    for path in result["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    return result


def _always(schema: dict[str, Any]) -> None:
    """An answer has every field, perhaps null; a summary's rows have those asked for alone."""
    if "properties" in schema:
        schema["required"] = list(schema["properties"])


def _without_bounds(schema: Any) -> None:
    """What is read is what is stored: limits hold for what is sent."""
    if isinstance(schema, dict):
        for name in BOUNDS:
            if not isinstance(schema.get(name), dict):
                schema.pop(name, None)
        for part in schema.values():
            _without_bounds(part)
    elif isinstance(schema, list):
        for part in schema:
            _without_bounds(part)


def _complete(method: str, operation: dict[str, Any]) -> None:
    if method == "patch":
        operation["requestBody"]["required"] = True
    for media, content in operation["responses"].get("200", {}).get("content", {}).items():
        if media in TABLES:
            content["schema"] = {"type": "string"}
        elif media == XLSX:
            content["schema"] = {"type": "string", "format": "binary"}
    for parameter in operation.get("parameters", []):
        if parameter["name"] in COUNTED:
            parameter["schema"] |= {"minimum": 1}
        if not parameter.get("description") and parameter["name"] in PARAMETERS:
            parameter["description"] = PARAMETERS[parameter["name"]]
    responses = operation["responses"]
    is_read = method == "get"
    for code in ("200", "201"):
        if code in responses:
            headers = responses[code].setdefault("headers", {})
            headers.update(EXPIRY)
            headers.update(ETAG if is_read else {**ETAG, **REPLAYED} if method == "post" else ETAG)
    if "201" in responses:
        responses["201"]["headers"].update(LOCATION)
    if is_read:
        responses["304"] = {
            "description": "You have it already (If-None-Match).",
            "headers": EXPIRY,
        }
    for code in (*ALWAYS, *(() if is_read else WRITES)):
        responses.setdefault(code, {"$ref": f"#/components/responses/Status{code}"})
    operation["responses"] = dict(sorted(responses.items()))


def _refusal(
    description: str, schema: str, headers: dict[str, Any], example: dict[str, Any]
) -> dict[str, Any]:
    return {
        "description": description,
        **({"headers": headers} if headers else {}),
        "content": {
            JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
        },
    }
