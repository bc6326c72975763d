"""What the schema says of bodies: nothing but what is named, the version, what was read."""

from typing import Any

from core.api.serializers import MAX_VERSION

VERSION = {
    "type": "integer",
    "minimum": 1,
    "maximum": MAX_VERSION,
    "description": (
        "The version you are changing; stale: 409. It or `If-Match` with the record's ETag is "
        "needed: with neither, 400."
    ),
}
UNCHANGED = "Set by the portal: as you read it, or left out."
# A character that stays when a text is cleaned (core.values.text) and trimmed.
NOT_BLANK = (
    r"[^\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
REQUEST = "Request"
REF = "#/components/schemas/"


def strict(name: str, schema: dict[str, Any]) -> None:
    """No field that is not named, no text of blanks alone where one is needed."""
    schema["additionalProperties"] = False
    for part in schema.get("properties", {}).values():
        if part.get("type") == "string" and part.get("minLength") and "pattern" not in part:
            part["pattern"] = NOT_BLANK
    if name.startswith("Patched"):
        schema["properties"]["version"] = dict(VERSION)


def allow_as_read(schemas: dict[str, Any]) -> None:
    """A change may name what is read only, too, as it was read (`core.api.readonly_echo`)."""
    for name in [name for name in schemas if name.startswith("Patched")]:
        properties = schemas[name]["properties"]
        for part in properties.values():
            _allow_in_rows(part, schemas)
        properties |= _read_only(name.removeprefix("Patched"), properties, schemas)


def _read_only(name: str, sent: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The properties that the answer has and the body `name` has not."""
    read = schemas.get(name.removesuffix(REQUEST), {}).get("properties", {})
    return {each: _unchanged(part) for each, part in read.items() if each not in sent}


def _unchanged(part: dict[str, Any]) -> dict[str, Any]:
    whole = {key: value for key, value in part.items() if key not in ("readOnly", "description")}
    return {"allOf": [whole], "description": UNCHANGED}


def _allow_in_rows(part: dict[str, Any], schemas: dict[str, Any]) -> None:
    """The same for a list of objects: of those a component of its own."""
    name = part.get("items", {}).get("$ref", "").removeprefix(REF)
    row = schemas.get(name, {})
    more = _read_only(name, row.get("properties", {}), schemas)
    if more:
        as_read = f"{name.removesuffix(REQUEST)}AsRead{REQUEST}"
        schemas[as_read] = {**row, "properties": {**row["properties"], **more}}
        part["items"] = {"$ref": REF + as_read}
