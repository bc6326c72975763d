"""A whole filtered list as CSV, xlsx or JSON Lines, row by row, without holding it in memory."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from core.api import sparse_fields as asked_fields
from core.api.cursors import AFTER
from core.api.rows import Rows, may_be_columns, rows_of
from core.lists.exports import BOM, XLSX, csv_cell, harmless
from core.lists.workbooks import Book, cell_text, workbook_response
from core.values.said import coded

CHUNK = 500  # rows read and serialized at a time
MOST_TEXTS = 20_000  # whose cells are kept while a file is written
SHEET_ROWS = 1_048_575  # what a sheet holds below its header
EXPORT_PARAMETERS = frozenset({"delimiter", "decimal", "hxl"})
DELIMITERS = (",", ";", "\t")


class Table(BaseRenderer):
    """A format whose bytes the view writes; what is not a table (a refusal) is sent as JSON."""

    def render(self, data: object, media_type: str | None = None, context: Any = None) -> bytes:
        if context and context.get("response") is not None:
            form = context["response"].content_type or "application/json"
            context["response"]["Content-Type"] = form
        return JSONRenderer().render(data, "application/json", context)


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


_forms: dict[type, Rows | None] = {}


class Exportable:
    """Mixed into a resource: its list as `?format=csv|xlsx|jsonl` (or `Accept`), all pages.

    The filters and the order are those of the list, the columns its fields.
    """

    def get_renderers(self: Any) -> list[BaseRenderer]:
        found = super().get_renderers()  # type: ignore[misc]
        return [*found, *(table() for table in TABLES)] if self.action == "list" else found

    @property
    def default_response_headers(self: Any) -> dict[str, str]:
        """A list differs by `Accept`, which caches are told."""
        headers = super().default_response_headers  # type: ignore[misc]
        return {**headers, "Vary": "Accept"} if self.action == "list" else headers

    def list(self: Any, request: Request, *args: object, **kwargs: object) -> Any:
        csv_options(request)
        hxl_tags(request, ())
        kind = request.accepted_renderer.format
        writer = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl}.get(kind)
        if writer is None:
            return self._page(request)
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
        form = rows_of(serializer) if may_be_columns(rows) else None
        if form is not None:
            records: Any = form.stream(rows, CHUNK)
        else:
            records = (serializer.to_representation(row) for row in rows.iterator(chunk_size=CHUNK))
        return writer(request, columns, records, self.basename.removeprefix("api-"))

    def _page(self: Any, request: Request) -> Any:
        """A page of the list as JSON."""
        rows = self.filter_queryset(self.get_queryset())
        form = self.form_of_rows() if may_be_columns(rows) else None
        if form is None:
            page = self.paginate_queryset(rows)
            return self.get_paginated_response(self.get_serializer(page, many=True).data)
        self.paginator.read = form.of
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(form.finished(page))

    def form_of_rows(self: Any) -> Rows | None:
        """How the rows of this list are made; found once, but for who names fields."""
        if asked_fields.NAME in self.request.query_params:
            return rows_of(self.get_serializer())
        kind = type(self)
        if kind not in _forms:
            _forms[kind] = rows_of(self.get_serializer())
        return _forms[kind]


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


def _csv(
    request: Request, columns: list[str], records: Iterable[Any], name: str
) -> HttpResponseBase:
    delimiter, decimal = csv_options(request)
    writer = csv.writer(_Line(), delimiter=delimiter)  # type: ignore[arg-type]  # write() is enough
    tags = hxl_tags(request, columns)

    def parts() -> Iterator[str]:
        yield BOM + str(writer.writerow(columns))
        if tags:
            yield str(writer.writerow(tags.values()))
        texts, every = _Texts(csv_cell), iter(records)
        while some := list(islice(every, CHUNK)):
            out = StringIO()
            csv.writer(out, delimiter=delimiter).writerows(
                [
                    [
                        texts[value] if type(value) is str else _csv_value(value, decimal)
                        for value in record.values()
                    ]
                    for record in some
                ]
            )
            yield out.getvalue()

    return _streamed(parts(), "text/csv; charset=utf-8", f"{name}.csv")


class _Texts(dict[str, str]):
    """The cell of a text; the codes, names and days of a list come again and again."""

    def __init__(self, cell: Callable[[str], str]) -> None:
        super().__init__()
        self.cell = cell

    def __missing__(self, text: str) -> str:
        if len(self) > MOST_TEXTS:
            self.clear()
        self[text] = found = self.cell(text)
        return found


def _sheet_value(value: object) -> object:
    if value is None or type(value) in (int, bool, float):
        return value
    return cell_text(_cell(value))


def _csv_value(value: object, decimal: str) -> object:
    if type(value) is int:
        return value
    if value is None or value == []:
        return ""
    return csv_cell(_cell(value, decimal))


def _jsonl(
    _request: Request, _columns: list[str], records: Iterable[object], name: str
) -> StreamingHttpResponse:
    renderer = JSONRenderer()
    lines = (renderer.render(record) + b"\n" for record in records)
    return _streamed(lines, "application/x-ndjson", f"{name}.jsonl")


def _streamed(lines: Iterable[object], content_type: str, filename: str) -> StreamingHttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=disposition)


def _xlsx(
    _request: Request, columns: list[str], records: Iterable[Any], name: str
) -> HttpResponseBase:
    book = Book()
    sheet = book.sheet(name, [16] * len(columns))
    sheet.head(columns)
    texts = _Texts(cell_text)
    for record in records:
        sheet.plain(
            texts[value] if type(value) is str else _sheet_value(value) for value in record.values()
        )
    return workbook_response(book, f"{name}.xlsx")


def _cell(value: object, decimal: str = ".") -> object:
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
