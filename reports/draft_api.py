"""`GET /api/v1/reports/{kind}/draft/?fiscal_year=2023`: a document before it is issued.

What is written, what the figures suggest to write, and what issuing it still lacks.
"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import ISSUE_REPORT
from core.api.viewsets import Conditional
from reports.documents.make import compose, read_request
from reports.documents.texts import begun, draft_of, moved
from reports.lacking import lacking
from reports.models import ReportKind
from reports.parameters import KIND, MEETING, QUARTER, YEAR, refuse_others

PARAMETERS = frozenset("fiscal_year quarter meeting".split())


class LackSerializer(serializers.Serializer[object]):
    """What issuing it still lacks; it locks nothing but the board."""

    code = serializers.CharField(help_text="no_board, no_plan, no_month_closed, months_open, …")
    said = serializers.CharField(help_text="The same in words.")
    href = serializers.CharField(help_text="The page that makes it good.")


class PreparedSerializer(serializers.Serializer[object]):
    """A document before it is issued."""

    kind = serializers.CharField()
    fiscal_year = serializers.CharField()
    quarter = serializers.IntegerField(allow_null=True)
    saved = serializers.BooleanField(help_text="Whether somebody has saved a text.")
    texts = serializers.DictField(
        child=serializers.CharField(),
        help_text="The text blocks: as saved, or as suggested while nobody has saved any.",
    )
    suggested = serializers.DictField(
        child=serializers.CharField(), help_text="What the figures can say, by text block."
    )
    moved = serializers.DictField(
        child=serializers.CharField(),
        help_text="Written blocks whose figures have moved since: what the figures say now.",
    )
    lacks = LackSerializer(many=True)


class PreparedView(Conditional, APIView):
    """A document as it stands before it is issued: text, suggestions, what it lacks."""

    permission = ISSUE_REPORT
    renderer_classes = [JSONRenderer]

    @extend_schema(
        parameters=[KIND, YEAR, QUARTER, MEETING],
        responses=PreparedSerializer,
    )
    def get(self, request: Request, kind: str) -> Response:
        if kind not in ReportKind.values:
            raise NotFound
        refuse_others(request, PARAMETERS)
        asked = read_request({**request.query_params.dict(), "kind": kind, "format": "docx"})
        composed = compose(asked, person(request))
        draft = draft_of(kind, asked.year, asked.quarter)
        lacks = lacking(asked, composed, person(request))
        return Response(
            {
                "kind": kind,
                "fiscal_year": asked.year.code,
                "quarter": asked.quarter,
                "saved": draft.pk is not None,
                "texts": begun(draft, composed.suggested),
                "suggested": composed.suggested,
                "moved": moved(draft, composed.suggested),
                "lacks": [
                    {"code": each.code, "said": each.said, "href": each.href} for each in lacks
                ],
            }
        )
