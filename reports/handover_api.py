"""`GET /api/v1/outputs/{id}/handover.{docx|pdf}`: the minute of a handover, to be signed."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import VIEW
from core.api.viewsets import Conditional
from programs.models import Output
from reports.document_api import AsAddressed, file_response
from reports.documents.handover import find, make_handover
from reports.documents.make import FORMATS
from reports.filters import Reader

FORMS = ("docx", "pdf")
ID = {"type": "integer", "minimum": 1, "maximum": 999_999_999_999_999_999}


class HandoverView(Conditional, APIView):
    """The handover minute (biên bản bàn giao) of works or equipment: parties, what is handed over,
    its condition, who looks after it. What is not known yet is left open, to be filled in by hand.
    """

    permission = VIEW
    queryset = Output.objects.all()
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AsAddressed

    @extend_schema(
        parameters=[
            OpenApiParameter("id", ID, OpenApiParameter.PATH, description="Of the output."),
            OpenApiParameter(
                "extension", str, OpenApiParameter.PATH, enum=FORMS, description="The kind of file."
            ),
        ],
        responses={(200, FORMATS[form]): OpenApiTypes.BINARY for form in FORMS},
    )
    def get(self, request: Request, id: str, extension: str) -> HttpResponse:
        reader = Reader(request.query_params, frozenset())
        reader.refuse_others(repeatable=())
        reader.finish()
        output = find(int(id), person(request))
        if output is None or extension not in FORMS:
            raise NotFound
        return file_response(make_handover(output, extension))
