"""How the API describes itself (OpenAPI 3, drf-spectacular): what its views cannot say alone."""

from typing import Any

from drf_spectacular.extensions import OpenApiFilterExtension


class FilterParameters(OpenApiFilterExtension):
    """The parameters of a list, as the filters in `core.filters` describe themselves."""

    target_class = "core.filters.Backend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: Any, *args: Any) -> list[dict[str, Any]]:
        filterset = getattr(auto_schema.view, "filterset_class", None)
        if filterset is None:
            return []
        return [_parameter(name, each) for name, each in filterset.base_filters.items()]


def _parameter(name: str, each: Any) -> dict[str, Any]:
    schema = each.schema
    found: dict[str, Any] = {"in": "query", "name": name, "schema": schema}
    words = each.extra.get("help_text") or str(each.__dict__.get("_label") or "") or _words(each)
    found["description"] = words
    if schema["type"] == "array":
        found |= {"explode": True, "style": "form"}
    return found


def _words(each: Any) -> str:
    first = (type(each).__doc__ or "").strip().splitlines()[0]
    limit = {"gte": "From this one on.", "lte": "Up to this one."}.get(each.lookup_expr)
    return limit or first
