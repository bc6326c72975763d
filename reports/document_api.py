"""`GET /api/v1/reports/{kind}.{format}?fiscal_year=2023`: a document as a file."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import ISSUE_REPORT, VIEW
from core.api.files import AsAddressed
from core.api.viewsets import Conditional
from reports.documents.currency import NAMES
from reports.documents.make import FORMATS, KINDS, LANGUAGES, Made, formats_of, make, read_request
from reports.parameters import (
    KIND,
    MEETING,
    QUARTER,
    YEAR,
    extension,
    parameter,
    refuse_others,
)

WORKBOOK = "workbook"
PARAMETERS = frozenset("fiscal_year quarter as_of outside meeting".split())
# Of what a donor may get: the other language, and a currency beside đồng
IN_OTHER_WORDS = (
    parameter("language", "Default: vi.", enum=LANGUAGES),
    parameter("currency", "Another currency beside đồng, such as EUR."),
    parameter("rate", "How many đồng one unit of it is: 26.500 or 26500."),
    parameter("rate_source", "Who states the rate."),
    parameter("rate_day", "The day of the rate.", type=OpenApiTypes.DATE),
)
OF_A_FUND = (
    OpenApiParameter("kind", exclude=True),
    parameter("fund", "The code of the fund.", required=True),
    *IN_OTHER_WORDS,
)
DONOR = frozenset(["language", *NAMES])


def file_response(made: Made) -> HttpResponse:
    """A document made, as a file to keep."""
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.filename}"'
    return response


def described(*parameters: OpenApiParameter, forms: Sequence[str], answer: object = None) -> Any:
    """The schema of a document: its parameters, and the forms it comes in, or its `answer`."""
    return extend_schema(
        parameters=[
            *parameters,
            extension(forms, exclude=answer is not None),
            YEAR,
            QUARTER,
            parameter("as_of", "Rows dated up to this day.", type=OpenApiTypes.DATE),
            parameter(
                "outside",
                "1 or true: small head counts are hidden.",
                enum=["1", "true", "0", "false"],
            ),
        ],
        responses=answer or {(200, FORMATS[form]): OpenApiTypes.BINARY for form in forms},
    )


class ReportView(Conditional, APIView):
    """The document as it would be issued today, within the caller's scope."""

    permission = ISSUE_REPORT
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AsAddressed
    parameters = PARAMETERS | DONOR

    @described(KIND, MEETING, *IN_OTHER_WORDS, forms=formats_of("annual"))
    def get(self, request: Request, kind: str, extension: str) -> HttpResponse:
        if kind not in KINDS or extension not in formats_of(kind):
            raise NotFound
        refuse_others(request, self.parameters)
        query = request.query_params.dict()
        asked = read_request({**query, "kind": kind, "format": extension})
        return file_response(make(asked, person(request)))


class WorkbookView(ReportView):
    """The workbook of the year: whoever may read, within their scope."""

    permission = VIEW
    parameters = PARAMETERS

    @described(
        OpenApiParameter("kind", exclude=True),
        forms=formats_of(WORKBOOK),
    )
    def get(self, request: Request, kind: str, extension: str) -> HttpResponse:
        made: HttpResponse = super().get(request, kind, extension)
        return made


class StatementView(ReportView):
    """The statement of a fund and a quarter: plan, spent, rest, causes, outputs, head counts.

    Whoever may read gets it, within their scope. Head counts below 5 are hidden unless `outside=0`.
    """

    permission = VIEW
    parameters = PARAMETERS | DONOR | {"fund"}

    @described(
        *OF_A_FUND,
        forms=[form for form in formats_of("statement") if form != "json"],
    )
    def get(self, request: Request, kind: str, extension: str) -> HttpResponse:
        made: HttpResponse = super().get(request, kind, extension)
        return made


class AreaSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    full_name = serializers.CharField()
    said = serializers.CharField(help_text="What the programme area is called.")


class FundOfStatementSerializer(serializers.Serializer[object]):
    code = serializers.CharField()
    name = serializers.CharField()


class RateSerializer(serializers.Serializer[object]):
    currency = serializers.CharField()
    dong = serializers.CharField(help_text="How many đồng one unit of it is.")
    source: Any = serializers.CharField()
    day = serializers.DateField()


class StatementFiguresSerializer(serializers.Serializer[object]):
    """The figures of a statement, whole."""

    kind: object = serializers.CharField(help_text="statement.")
    fiscal_year: object = serializers.CharField()
    year_from: object = serializers.DateField()
    year_to: object = serializers.DateField()
    quarter: object = serializers.IntegerField()
    to: object = serializers.DateField(help_text="The last day told of.")
    as_of: object = serializers.DateField(help_text="Rows are dated up to this day.")
    known_at: object = serializers.DateTimeField(allow_null=True)
    plan_number: object = serializers.IntegerField(allow_null=True)
    area: object = AreaSerializer()
    illustrative: object = serializers.BooleanField(help_text="A year to try the portal with.")
    everywhere: object = serializers.BooleanField(help_text="False: of your assignments alone.")
    english: object = serializers.DictField(
        child=serializers.CharField(), help_text="Named in English, where there are any."
    )
    tables: object = serializers.DictField(
        child=serializers.DictField(), help_text="Each table with the query that made it."
    )
    fund: object = FundOfStatementSerializer()
    rate: object = RateSerializer(required=False, help_text="Of the currency asked for.")

    def get_fields(self) -> Any:
        """`from` is no name in Python."""
        return {**super().get_fields(), "from": serializers.DateField(help_text="The first day.")}


class StatementFiguresView(StatementView):
    """The figures of a fund's statement as JSON: those of the summaries, whole."""

    @described(
        *OF_A_FUND,
        forms=(),
        answer=StatementFiguresSerializer,
    )
    def get(self, request: Request, kind: str, extension: str) -> HttpResponse:
        made: HttpResponse = super().get(request, kind, extension)
        return made
