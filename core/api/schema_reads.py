"""What the schema says of reads: `fields=` and how a list is written as CSV."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.utils import OpenApiParameter

from core.api import sparse_fields as asked_fields
from core.api.serializers import ResourceSerializer, StrictSerializer
from core.api.streams import DELIMITERS, Exportable

PART = "Part"  # the name of what `fields=` leaves of a record: its component's and this
CSV = [
    OpenApiParameter("delimiter", enum=DELIMITERS, description="Of CSV; default a comma."),
    OpenApiParameter(
        "decimal", enum=[".", ","], description="Decimal mark of CSV; not the delimiter."
    ),
]


def no_descriptions() -> list[Any]:
    """Classes whose docstrings are for who writes the API, not for its readers."""
    return [StrictSerializer, ResourceSerializer, *get_lib_doc_excludes()]


class Described(AutoSchema):
    """drf-spectacular's description of an operation, with what every resource understands."""

    def get_override_parameters(self) -> Any:
        view: Any = self.view
        action = getattr(view, "action", "")
        found = list(super().get_override_parameters())
        if isinstance(view, Exportable) and action in asked_fields.READS:
            found.append(_fields(view))
            found += CSV if action == "list" else []
        return found


def _fields(view: Any) -> OpenApiParameter:
    fields = view.get_serializer_class()().fields
    names = [name for name, field in fields.items() if not field.write_only]
    return OpenApiParameter(
        asked_fields.NAME,
        {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1},
        explode=False,
        description="The fields to answer with, separated by commas; default all.",
    )


def add_parts(result: dict[str, Any]) -> None:
    """Reads that understand `fields=` answer with a record or with a part of it."""
    schemas = result["components"]["schemas"]
    for path in result["paths"].values():
        operation = path.get("get", {})
        names = [parameter["name"] for parameter in operation.get("parameters", [])]
        if asked_fields.NAME in names:
            content = operation["responses"]["200"]["content"]["application/json"]
            _allow_part(content, schemas)


def _allow_part(holder: dict[str, Any], schemas: dict[str, Any], key: str = "schema") -> None:
    """Make of a reference to a record, or to a page of records, one to a record or a part of it."""
    name = holder[key].get("$ref", "").rsplit("/", 1)[-1]
    if not name:  # another operation's page of the same records was here before
        return
    whole = schemas[name]
    if name.startswith("Paginated"):
        _allow_part(whole["properties"]["results"], schemas, "items")
        return
    part = {**whole, "description": "What `fields` asked for of it."}
    part.pop("required", None)
    schemas[name + PART] = {**part, "additionalProperties": False}
    holder[key] = {"anyOf": [holder[key], {"$ref": f"#/components/schemas/{name}{PART}"}]}
