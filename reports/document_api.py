"""`GET /api/v1/reports/{kind}.{format}?fiscal_year=2023`: a document as a file."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.roles import ISSUE_REPORT, VIEW
from reports.documents.make import FORMATS, KINDS, formats_of, make, read_wish

PARAMETERS = ("fiscal_year", "quarter", "as_of", "outside", "meeting")


class AsAddressed(BaseContentNegotiation):
    """The address names the format; `Accept` does not matter. Refusals are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def file_response(made: Any) -> HttpResponse:
    """A document made, as a file to keep."""
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.filename}"'
    return response


class ReportView(APIView):
    """The document as it would be issued today, within the caller's scope."""

    permission = ISSUE_REPORT
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AsAddressed

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=KINDS),
            OpenApiParameter("extension", str, OpenApiParameter.PATH, enum=list(FORMATS)),
            OpenApiParameter("fiscal_year", str, required=True, description="e.g. 2023"),
            OpenApiParameter("quarter", int, description="1 to 4; of a quarterly report."),
            OpenApiParameter("as_of", OpenApiTypes.DATE, description="Rows dated up to this day."),
            OpenApiParameter("outside", int, description="1: small head counts are hidden."),
            OpenApiParameter("meeting", int, description="Of minutes and conclusions."),
        ],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, kind: str, extension: str) -> HttpResponse:
        if kind not in KINDS or extension not in formats_of(kind):
            raise NotFound
        query = request.query_params
        unknown = {name: ["Unknown parameter."] for name in query if name not in PARAMETERS}
        if unknown:
            raise ValidationError(unknown)
        wish = read_wish({**query.dict(), "kind": kind, "format": extension})
        return file_response(make(wish, request.user))


class WorkbookView(ReportView):
    """The workbook of the year: whoever may read, within their scope."""

    permission = VIEW
