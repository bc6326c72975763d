"""`/api/v1/summary/` and `/api/v1/trainings/summary/` (contract, DESIGN section 5)."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import VIEW
from core import exports
from disbursements.against_plan import against_plan
from reports import summary
from reports.questions import read_summary, read_training_summary
from reports.renderers import CSVRenderer, XLSXRenderer
from trainings.counts import count_trainings

DELIMITERS = (",", ";", "\t")


class TableView(APIView):
    """A summary as JSON, and the same rows as CSV or xlsx (`Accept` or `?format=`)."""

    permission = VIEW
    filename = "summary"
    renderer_classes = [JSONRenderer, CSVRenderer, XLSXRenderer]

    def answer(
        self, request: Request, payload: dict[str, Any], columns: list[str]
    ) -> Response | HttpResponse:
        kind = request.accepted_renderer.format
        if kind == "csv":
            return self._csv(request, payload, columns)
        if kind == "xlsx":
            content = exports.xlsx_bytes(columns, payload["rows"], title=self.filename)
            return exports.xlsx_response(content, f"{self.filename}.xlsx")
        return Response(payload)

    def _csv(self, request: Request, payload: dict[str, Any], columns: list[str]) -> HttpResponse:
        delimiter = request.query_params.get("delimiter", ",")
        decimal = request.query_params.get("decimal", ".")
        if delimiter not in DELIMITERS:
            raise ValidationError({"delimiter": ["One of: , ; tab."]})
        if decimal not in (".", ",") or decimal == delimiter:
            raise ValidationError({"decimal": ["'.' or ',', and not the delimiter."]})
        text = exports.csv_text(columns, payload["rows"], delimiter=delimiter, decimal=decimal)
        return exports.csv_response(text, f"{self.filename}.csv")


def _parameter(name: str, description: str, **options: Any) -> OpenApiParameter:
    return OpenApiParameter(name, options.pop("type", str), description=description, **options)


SPAN = [
    _parameter("fiscal_year", "Code of a fiscal year, e.g. 2023; or give from and to."),
    _parameter("from", "First day.", type=OpenApiTypes.DATE),
    _parameter("to", "Last day.", type=OpenApiTypes.DATE),
    _parameter("as_of", "Only rows dated up to this day; default today.", type=OpenApiTypes.DATE),
    _parameter("program", "Programme code; may repeat.", many=True),
    _parameter("commune", "Commune code; may repeat.", many=True),
    _parameter("activity", "Activity code; may repeat.", many=True),
    _parameter("units", "new: report under the communes of after July 2025.", enum=["old", "new"]),
]


class SummaryView(TableView):
    """Plan against actual."""

    @extend_schema(
        parameters=[
            *SPAN,
            _parameter("by", "Cuts, separated by commas."),
            _parameter("plan", "Which plan.", enum=["current", "original"]),
            _parameter("known_at", "As the ledger stood then.", type=OpenApiTypes.DATETIME),
            _parameter("fund", "Code of a funding source; may repeat.", many=True),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response | HttpResponse:
        question, span = read_summary(request.query_params)
        body = summary.payload(against_plan(question, request.user), span)
        return self.answer(request, body, summary.columns(question))


class TrainingSummaryView(TableView):
    """Training classes and head counts."""

    filename = "trainings"

    @extend_schema(
        parameters=[
            *SPAN,
            _parameter("by", "Cuts, separated by commas."),
            _parameter("topic", "Code of a topic; may repeat.", many=True),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response | HttpResponse:
        question, span = read_training_summary(request.query_params)
        total, rows = count_trainings(question, request.user)
        body = summary.training_payload(question, span, total, rows)
        columns = summary.columns(question, summary.TRAINING_FIGURES)
        return self.answer(request, body, columns)
