"""A month's list for approval as a file to print, and what the API says of a month's steps."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import PersonRequest, person
from accounts.roles import VIEW
from core.api.base import refuse_empty
from core.api.viewsets import Conditional
from core.pages.forms import OK, run_service
from core.services.access import requires
from core.services.request_cache import read_once
from disbursements.models import Status
from disbursements.month.steps import DONE, LATER, OPEN, Month
from programs.models import Period, Program
from reports.document_api import ReportView, file_response
from reports.documents.approval_list import ROWS, build
from reports.documents.make import FORMATS, RENDERERS, Made, draft_letterhead
from reports.filters import Reader
from reports.parameters import extension, parameter

WAITING = "waiting"
MONTHS = Period.objects.select_related("fiscal_year", "area")


def month_list(user: User, month: Month, rows: str, form: str) -> Made:
    """The list of a month's rows (waiting, posted) as docx or pdf."""
    document = build(month, rows, draft_letterhead(month.period.fiscal_year))
    name = f"bang-ke-{month.period.key}-{rows}.{form}"
    return Made(RENDERERS[form](document), FORMATS[form], name)


def _month_and_rows(query: object, pk: int, user: User) -> tuple[Month, str]:
    """The month of an address, of one programme where it names one, and which of its rows."""
    period = get_object_or_404(MONTHS, pk=pk)
    reader = Reader(query, frozenset({"program", "rows"}))
    reader.refuse_others(repeatable=())
    rows = reader.choice("rows", ROWS) or WAITING
    programs = reader.records("program", Program.objects.visible_to(user))
    reader.finish()
    return Month(user, period, programs[0] if programs else None), rows


@requires(VIEW)
def month_list_file(request: PersonRequest, pk: int, extension: str) -> HttpResponse:
    """The list to print; what is wrong with it is said on the month's page."""
    if extension not in RENDERERS:
        raise Http404
    made, status = run_service(request, lambda: _file(request, pk, extension))
    return file_response(made) if status == OK else redirect(reverse("period", args=[pk]))


@read_once()
def _file(request: PersonRequest, pk: int, extension: str) -> Made:
    month, rows = _month_and_rows(request.GET, pk, request.user)
    return month_list(request.user, month, rows, extension)


class PartSerializer(serializers.Serializer[object]):
    count = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Đồng.")


class StepSerializer(serializers.Serializer[object]):
    step = serializers.CharField(source="name")
    title = serializers.CharField()
    state = serializers.ChoiceField([DONE, OPEN, LATER], help_text="open: something is to do now.")
    text = serializers.CharField(help_text="What is there, or still missing.")
    who = serializers.ListField(child=serializers.CharField(), help_text="Who has to do it.")


class RemarkedSerializer(serializers.Serializer[object]):
    id = serializers.IntegerField(help_text="Of the disbursement.")
    remarks = serializers.ListField(child=serializers.CharField())


class MonthStepsSerializer(serializers.Serializer[object]):
    """A month's steps, as its page has them."""

    id = serializers.IntegerField()
    month = serializers.CharField(help_text="2022-09.")
    fiscal_year = serializers.CharField()
    state = serializers.CharField()
    program = serializers.CharField(allow_null=True)
    rows = serializers.DictField(child=PartSerializer(), help_text="By status, in your scope.")
    steps = StepSerializer(many=True)
    remarked = RemarkedSerializer(many=True, help_text="Rows not posted, at most 500.")
    outside = serializers.IntegerField(help_text="Rows not posted outside your assignment.")


def as_json(month: Month) -> dict[str, object]:
    """What the month's page has, as plain data."""
    shown = {
        "id": month.period.pk,
        "month": month.period.key,
        "fiscal_year": month.period.fiscal_year.code,
        "state": month.period.state,
        "program": month.program.code if month.program else None,
        "rows": {status: vars(month.part(status)) for status in Status.values},
        "steps": month.steps,
        "remarked": [
            {"id": row.pk, "remarks": [remark.sentence for remark in remarks]}
            for row, remarks in month.remarked
        ],
        "outside": month.elsewhere,
    }
    return dict(MonthStepsSerializer(shown).data)


PROGRAM = parameter("program", "Code of a programme: only its rows.")


class MonthStepsView(Conditional, APIView):
    """A month step by step: what is done, what is missing and who has to do it."""

    permission = VIEW
    queryset = MONTHS

    @extend_schema(parameters=[PROGRAM], responses=MonthStepsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Entered, remarked, submitted, listed for signature, posted, returned, closed."""
        refuse_empty(request)
        with read_once():
            month, _rows = _month_and_rows(request.query_params, pk, person(request))
            return Response(as_json(month))


class MonthListView(ReportView):
    """A month's list for approval (bảng kê) for signature, in the caller's scope."""

    permission = VIEW
    queryset = MONTHS

    @extend_schema(
        parameters=[
            PROGRAM,
            parameter("rows", "waiting (default) or posted.", enum=[*ROWS]),
            extension(RENDERERS),
        ],
        responses={(200, FORMATS[form]): OpenApiTypes.BINARY for form in RENDERERS},
    )
    def get(self, request: Request, pk: int, extension: str) -> HttpResponse:
        if extension not in RENDERERS:
            raise Http404
        refuse_empty(request)
        with read_once():
            month, rows = _month_and_rows(request.query_params, pk, person(request))
            return file_response(month_list(person(request), month, rows, extension))
