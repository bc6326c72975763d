"""Formats a summary is asked for in; the views write the bytes, errors come as JSON text."""

from typing import Any

from rest_framework.renderers import JSONRenderer

from core.exports import XLSX


class _Table(JSONRenderer):
    """Renders what is not a table (a refusal) as JSON."""

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        if context and context.get("response") is not None:
            context["response"]["Content-Type"] = "application/json"
        return super().render(data, "application/json", context)


class CSVRenderer(_Table):
    media_type = "text/csv"
    format = "csv"


class XLSXRenderer(_Table):
    media_type = XLSX
    format = "xlsx"
