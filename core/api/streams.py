"""A whole filtered list as CSV, xlsx or JSON Lines, row by row, without holding it in memory."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from core.api.cursors import AFTER
from core.lists.exports import BOM, XLSX, csv_cell, harmless
from core.lists.workbooks import Book, workbook_response
from core.values.said import coded

CHUNK = 500  # rows read and serialized at a time
SHEET_ROWS = 1_048_575  # what a sheet holds below its header
EXPORT_PARAMETERS = frozenset({"delimiter", "decimal", "hxl"})
DELIMITERS = (",", ";", "\t")


class Table(JSONRenderer):
    """A format whose bytes the view writes; what is not a table (a refusal) is sent as JSON."""

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        if context and context.get("response") is not None:
            form = context["response"].content_type or "application/json"
            context["response"]["Content-Type"] = form
        return super().render(data, "application/json", context)


class CSVTable(Table):
    media_type = "text/csv"
    format = "csv"


class XLSXTable(Table):
    media_type = XLSX
    format = "xlsx"


class JSONLines(Table):
    media_type = "application/x-ndjson"
    format = "jsonl"


TABLES = (CSVTable, XLSXTable, JSONLines)


class Exportable:
    """Mixed into a resource: its list as `?format=csv|xlsx|jsonl` (or `Accept`), all pages.

    The filters and the order are those of the list, the columns its fields.
    """

    def get_renderers(self: Any) -> list[Any]:
        found = super().get_renderers()  # type: ignore[misc]
        return [*found, *(table() for table in TABLES)] if self.action == "list" else found

    @property
    def default_response_headers(self: Any) -> dict[str, str]:
        """A list differs by `Accept`, which caches are told."""
        headers = super().default_response_headers  # type: ignore[misc]
        return {**headers, "Vary": "Accept"} if self.action == "list" else headers

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        csv_options(request)
        hxl_tags(request, ())
        kind = request.accepted_renderer.format
        writer = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl}.get(kind)
        if writer is None:
            return super().list(request, *args, **kwargs)  # type: ignore[misc]
        paged = [name for name in ("page", "page_size", AFTER) if name in request.query_params]
        if paged:
            told = coded("no_pages", _("An export holds every page."))
            raise ValidationError({name: [told] for name in paged})
        rows = self.filter_queryset(self.get_queryset())
        if kind == "xlsx" and rows.count() > SHEET_ROWS:
            raise ValidationError(
                {"format": [coded("too_many_rows", _("Too many rows for a sheet: ask for CSV."))]}
            )
        serializer = self.get_serializer()
        columns = [name for name, field in serializer.fields.items() if not field.write_only]
        records = (serializer.to_representation(row) for row in rows.iterator(chunk_size=CHUNK))
        return writer(request, columns, records, self.basename.removeprefix("api-"))


def csv_options(request: Request) -> tuple[str, str]:
    """The `delimiter` and `decimal` asked for. Raises `ValidationError` (400)."""
    delimiter = request.query_params.get("delimiter", ",")
    decimal = request.query_params.get("decimal", ".")
    if delimiter not in DELIMITERS:
        raise ValidationError(
            {"delimiter": [coded("invalid_choice", _("One of: comma, semicolon, tab."))]}
        )
    if decimal not in (".", ",") or decimal == delimiter:
        raise ValidationError(
            {"decimal": [coded("invalid_choice", _("'.' or ',', and not the delimiter."))]}
        )
    return delimiter, decimal


def hxl_tags(request: Request, columns: Iterable[str]) -> dict[str, str]:
    """The row of HXL tags below a CSV's head, where `hxl=1` asks for it (settings.API_HXL); else
    nothing. Raises `ValidationError` (400)."""
    text = request.query_params.get("hxl", "0")
    if text not in ("0", "1"):
        raise ValidationError({"hxl": [coded("invalid_choice", _("1 or 0."))]})
    if text == "0":
        return {}
    if request.accepted_renderer.format != "csv":  # type: ignore[attr-defined]  # DRF sets it
        raise ValidationError({"hxl": [coded("one_of_two", _("Only a CSV has tags."))]})
    known = import_string(settings.API_HXL)
    return {name: known.get(name, "") for name in columns}


class _Line:
    """What csv.writer writes to: hands the line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(request: Request, columns: list[str], records: Iterable[Any], name: str) -> Any:
    delimiter, decimal = csv_options(request)
    writer = csv.writer(_Line(), delimiter=delimiter)  # type: ignore[arg-type]  # write() is enough
    tags = hxl_tags(request, columns)

    def lines() -> Iterator[str]:
        yield BOM + str(writer.writerow(columns))
        if tags:
            yield str(writer.writerow(tags.values()))
        for record in records:
            cells = (csv_cell(_cell(record[column], decimal)) for column in columns)
            yield str(writer.writerow(cells))

    return _streamed(lines(), "text/csv; charset=utf-8", f"{name}.csv")


def _jsonl(
    _request: Request, _columns: list[str], records: Iterable[object], name: str
) -> StreamingHttpResponse:
    renderer = JSONRenderer()
    lines = (renderer.render(record) + b"\n" for record in records)
    return _streamed(lines, "application/x-ndjson", f"{name}.jsonl")


def _streamed(lines: Iterable[object], content_type: str, filename: str) -> StreamingHttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=disposition)


def _xlsx(_request: Request, columns: list[str], records: Iterable[Any], name: str) -> Any:
    book = Book()
    sheet = book.sheet(name, [16] * len(columns))
    sheet.head(columns)
    for record in records:
        sheet.cells((_cell(record[column]), {}) for column in columns)
    return workbook_response(book, f"{name}.xlsx")


def _cell(value: Any, decimal: str = ".") -> Any:
    """A value as one cell: nothing for null, a list as its parts, harmless text.

    A number with a fraction is written with `decimal` as its mark.
    """
    if value is None:
        return ""
    if isinstance(value, float) and decimal != ".":
        return str(value).replace(".", decimal)
    if isinstance(value, dict):
        return harmless(json.dumps(value, ensure_ascii=False, default=str))
    if isinstance(value, list | tuple):
        return harmless(" ".join(str(_cell(part)) for part in value))
    return harmless(value)
