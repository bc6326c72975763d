"""Minutes of a handover, to be signed: of one of the works, and of a unit that ended."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import MANAGE_PEOPLE, VIEW
from communes.models import Commune
from core.api.viewsets import Conditional
from monitoring.merger.services import has_ended
from programs.models import Output
from reports.document_api import AsAddressed, file_response
from reports.documents.handover import find, make_handover
from reports.documents.make import FORMATS
from reports.documents.merger import make_minute
from reports.parameters import extension, in_path, refuse_others

FORMS = ("docx", "pdf")
ID = {"type": "integer", "minimum": 1, "maximum": 999_999_999_999_999_999}


def described(operation: str, whose: str) -> Any:
    """The schema of a minute."""
    return extend_schema(
        operation_id=operation,
        parameters=[
            in_path("id", whose, type=ID),
            extension(FORMS),
        ],
        responses={(200, FORMATS[form]): OpenApiTypes.BINARY for form in FORMS},
    )


class HandoverView(Conditional, APIView):
    """The handover minute (biên bản bàn giao) of works or equipment: parties, what is handed over,
    its condition, who looks after it. What is not known yet is left open, to be filled in by hand.
    """

    permission = VIEW
    queryset: Any = Output.objects.all()
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AsAddressed

    @described("outputs_handover_retrieve", "Of the output.")
    def get(self, request: Request, id: str, extension: str) -> HttpResponse:
        refuse_others(request)
        output = find(int(id), person(request))
        if output is None or extension not in FORMS:
            raise NotFound
        return file_response(make_handover(output, extension))


class HandingOnMinute(HandoverView):
    """The minute of a unit that ended: what it handed on to its successor, who ticked it and when,
    and what stays, with the reason."""

    permission = MANAGE_PEOPLE
    queryset = Commune.objects.all()

    @described("communes_handing_on_minute_retrieve", "Of the unit that ended.")
    def get(self, request: Request, id: str, extension: str) -> HttpResponse:
        refuse_others(request)
        rows = Commune.objects.visible_to(person(request)).select_related("successor")
        unit = rows.filter(pk=int(id)).first()
        if unit is None or not has_ended(unit) or extension not in FORMS:
            raise NotFound
        return file_response(make_minute(unit, person(request), extension))
