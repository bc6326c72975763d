"""`/api/v1/summary/` and `/api/v1/trainings/summary/` (contract, DESIGN section 5)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import FileResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import person
from accounts.roles import VIEW
from core.api.base import refuse_empty
from core.api.streams import CSVTable, XLSXTable, csv_options, hxl_tags
from core.api.viewsets import Conditional
from core.lists import exports
from core.lists.workbooks import Book, workbook_response
from core.services.request_cache import read_once
from disbursements.against_plan import CUTS, plan_versions
from programs.summary_query import SummaryQuery
from reports import kept, summary
from reports.doubts import doubts
from reports.filters import from_query
from reports.parameters import ACTIVITY, COMMUNE, PLAN, PROGRAM, parameter
from reports.summary_serializers import SummarySerializer, TrainingSummarySerializer
from trainings.counts import CUTS as TRAINING_CUTS


class TableView(Conditional, APIView):
    """A summary as JSON, and the same rows as CSV or xlsx (`Accept` or `?format=`)."""

    permission = VIEW
    filename = "summary"
    renderer_classes = [JSONRenderer, CSVTable, XLSXTable]

    def cached(self, request: Request, path: str, cuts: tuple[str, ...]) -> HttpResponseBase:
        """The same bytes while nothing has changed; else `answer`."""
        told: HttpResponseBase = kept.answer(request, lambda: self.answer(request, path, cuts))
        return told

    @read_once()
    def answer(self, request: Request, path: str, cuts: tuple[str, ...]) -> HttpResponseBase:
        refuse_empty(request, but={"by"})
        allowed = summary.PARAMETERS[path] | summary.FORMS
        query = from_query(request.query_params, person(request), allowed, cuts)
        payload = summary.payload(summary.SOURCES[path](query, person(request)))
        columns = summary.columns(query, payload["total"])
        kind = request.accepted_renderer.format  # type: ignore[attr-defined]  # DRF sets it
        delimiter, decimal = csv_options(request)
        tags = hxl_tags(request, columns)
        if kind == "csv":
            rows = [tags, *payload["rows"]] if tags else payload["rows"]
            text = exports.csv_text(columns, rows, delimiter=delimiter, decimal=decimal)
            return exports.csv_response(text, f"{self.filename}.csv")
        if kind == "xlsx":
            return self._workbook(columns, payload["rows"])
        said = {"warnings": doubts(query, person(request))}
        return Response(payload | self.sources(query, person(request)) | said)

    def _workbook(
        self, columns: list[str], rows: list[dict[str, str | int | None]]
    ) -> FileResponse:
        """A sheet of the rows; a rate, a text in JSON, is a number here."""
        book = Book()
        sheet = book.sheet(self.filename, [36 if "name" in name else 16 for name in columns])
        sheet.head(columns)
        for row in rows:
            values = ((name, row.get(name)) for name in columns)
            sheet.row(Decimal(v) if v and "rate" in name else v for name, v in values)
        return workbook_response(book, f"{self.filename}.xlsx")

    def sources(self, query: SummaryQuery, user: User) -> dict[str, object]:
        """What an answer says besides of what it rests on."""
        return {}


def _cuts(names: tuple[str, ...]) -> OpenApiParameter:
    """`by=program,commune`; an empty one asks for the total alone."""
    return parameter(
        "by",
        "Cuts, separated by commas; empty: none.",
        enum=(*names, ""),
        many=True,
        explode=False,
    )


def _described(
    shape: object, *parameters: OpenApiParameter, examples: Sequence[OpenApiExample]
) -> Any:
    """The schema of a summary: its parameters and its answer as JSON."""
    return extend_schema(parameters=[*SPAN, *parameters], responses=shape, examples=examples)


SPAN = [
    parameter("fiscal_year", "Code of a fiscal year, e.g. 2023; or give from and to."),
    parameter("from", "First day.", type=OpenApiTypes.DATE),
    parameter("to", "Last day.", type=OpenApiTypes.DATE),
    parameter(
        "as_of",
        "Only rows dated up to this day; default today. One after today is said in `warnings`.",
        type=OpenApiTypes.DATE,
    ),
    PROGRAM,
    COMMUNE,
    ACTIVITY,
    parameter("units", "new: report under the communes of after July 2025.", enum=["old", "new"]),
]
YEAR = OpenApiExample(
    "The year by programme",
    value="2023",
    parameter_only=("fiscal_year", OpenApiParameter.QUERY),
)


class SummaryView(TableView):
    """Plan against actual. As a file: `format=csv` (`delimiter`, `decimal`, `hxl=1`) or
    `xlsx`."""

    @_described(
        SummarySerializer,
        _cuts(CUTS),
        PLAN,
        parameter(
            "known_at",
            "As the ledger stood then; of a day alone, at its end.",
            type=OpenApiTypes.DATETIME,
        ),
        parameter("fund", "Code of a funding source; may repeat.", many=True),
        examples=[YEAR],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.cached(request, summary.MONEY, CUTS)

    def sources(self, query: SummaryQuery, user: User) -> dict[str, object]:
        return {"plan_versions": plan_versions(query, user)}


class TrainingSummaryView(TableView):
    """Classes and head counts. As a file: `format=csv` or `xlsx`."""

    filename = "trainings"

    @_described(
        TrainingSummarySerializer,
        _cuts(TRAINING_CUTS),
        parameter("topic", "Code of a topic; may repeat.", many=True),
        examples=[YEAR],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.cached(request, summary.TRAININGS, TRAINING_CUTS)
