"""`/api/v1/uploads/`: a workbook sent, what its check found, saved, taken back."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import VIEW
from core.api.base import refuse_parameters
from core.api.examples import with_examples
from core.api.files import AsAddressed, FileBody, UploadField, file_action
from core.api.serializers import (
    CodeField,
    OneOfField,
    PersonField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    YesNoField,
)
from core.api.viewsets import Conditional, Creatable, Resource, act
from core.lists import filters
from core.lists.exports import XLSX, xlsx_response
from core.lists.workbooks import workbook_response
from core.services.errors import Conflict
from core.values.said import coded
from imports import after_commit, services, sheet_templates
from imports.kinds import KINDS, MAY_IMPORT
from imports.models import Deed, RowError, Upload, UploadState
from imports.workbook import MAX_BYTES, WorkbookError
from programs.models import FiscalYear

NAMES = [*KINDS]
SCOPES = ["whole", "changes"]


class UploadSerializer(ResourceSerializer):
    file = UploadField(help_text="Excel, .csv or .ods, as the office writes it.")
    kind = OneOfField(choices=NAMES, required=False, help_text="Left out: as it looks.")
    fiscal_year = CodeField(
        queryset=FiscalYear.objects.all(),
        required=False,
        allow_null=True,
        default=None,
        help_text="Code; left out: as the workbook says.",
    )
    as_history = serializers.BooleanField(
        default=False, help_text="It happened before the portal: posted at once."
    )
    user = PersonField(read_only=True)
    is_at_work = serializers.BooleanField(
        read_only=True, help_text="A task reads or saves it: ask again."
    )
    scope = serializers.ChoiceField(
        ["", *SCOPES], read_only=True, help_text="Of a plan's workbook; empty: not said yet."
    )
    can_commit = serializers.BooleanField(read_only=True)
    can_undo = serializers.BooleanField(read_only=True)
    sums = serializers.DictField(read_only=True, help_text="What its rows come to.")

    class Meta:
        model = Upload
        fields = [
            *("id", "kind", "name", "user", "fiscal_year", "created_at", "committed_at", "state"),
            *("as_history", "scope", "same_voucher", "rows", "valid", "duplicates", "sums"),
            *("is_at_work", "can_commit", "can_undo", "file", "version"),
        ]
        read_only_fields = [
            *("name", "created_at", "committed_at", "state", "same_voucher", "rows"),
            *("valid", "duplicates"),
        ]

    def validate_file(self, file: "UploadedFile[bytes]") -> "UploadedFile[bytes]":
        if (file.size or 0) > MAX_BYTES:
            text = _("The file is larger than %(size)d MB. Split it into several.")
            raise serializers.ValidationError(
                coded("too_large", text % {"size": MAX_BYTES // 2**20})
            )
        return file


class FindingSerializer(serializers.ModelSerializer[RowError]):
    """Something wrong, or worth knowing; without sheet and row it is of the whole file."""

    class Meta:
        model = RowError
        fields = ["is_warning", "sheet", "row", "column", "code", "message"]
        read_only_fields = fields


class UploadReadingSerializer(serializers.Serializer[Upload]):
    """How a workbook was understood, and what its sender is asked."""

    reading = serializers.DictField(help_text="Sheets, columns, unit of money, year, changes.")
    asks = serializers.ListField(
        child=serializers.CharField(),
        help_text="What has to be said first: `scope`, `same-voucher`, `confirm_vanishing`.",
    )


@with_examples({"confirm_vanishing": True})
class CommitSerializer(StrictSerializer):
    confirm_vanishing = YesNoField(
        default=False, help_text="Lines of a plan that are not in the workbook may go."
    )


@with_examples({"scope": "changes"})
class ScopeSerializer(StrictSerializer):
    scope = OneOfField(choices=SCOPES, help_text="What a plan's workbook is.")


@with_examples({"kind": NAMES[0], "fiscal_year": "2023"})
class WhatSerializer(StrictSerializer):
    kind = OneOfField(choices=NAMES)
    fiscal_year = CodeField(
        queryset=FiscalYear.objects.all(),
        required=False,
        allow_null=True,
        default=None,
        help_text="Null: as the workbook says.",
    )


@with_examples({})
class NothingSerializer(StrictSerializer):
    """A body with nothing in it."""


@with_examples({"reason": "Nạp nhầm tệp"})
class WhySerializer(StrictSerializer):
    reason = TextField(max_length=2000)


class YearSerializer(serializers.Serializer[FiscalYear]):
    """What is asked of a template."""

    fiscal_year = CodeField(queryset=FiscalYear.objects.all())


class UploadFilters(filters.Filters):
    kind = filters.Choices("kind", NAMES)
    state = filters.Choices("state", UploadState.values)
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    created_from = filters.Day("created_at", "date__gte")
    created_to = filters.Day("created_at", "date__lte")
    search = filters.Search("name")


class Uploads(Creatable, Resource):
    """Your own workbooks. One is checked when it comes; nothing of it is saved before `commit`."""

    queryset = Upload.objects.select_related("fiscal_year", "job", "user")
    serializer_class = UploadSerializer
    filterset_class = UploadFilters
    ordering_fields = ("created_at", "name", "kind", "state")
    permission = MAY_IMPORT
    paged = ("list", "findings")
    parser_classes = (FileBody,)

    def perform_create(self, fields: dict[str, Any]) -> Upload:
        file = fields.pop("file")
        actor = person(self.request)
        return services.receive(actor=actor, content=file.read(), filename=file.name, **fields)

    def _call_service(self, service: Callable[..., Upload], row: Upload, **said: object) -> Upload:
        return service(actor=person(self.request), upload=row, **said)

    @act("check", permission=MAY_IMPORT, body=NothingSerializer)
    def check(self, row: Upload, *, version: int | None = None) -> Upload:
        """Check a workbook once more."""
        return self._call_service(services.check_anew, row)

    @act("commit", permission=MAY_IMPORT, body=CommitSerializer)
    def commit(self, row: Upload, *, version: int | None = None, confirm_vanishing: bool) -> Upload:
        """Save what a workbook holds, all or nothing. What is wrong by now is in its `state`."""
        return self._call_service(services.confirm, row, confirm_vanishing=confirm_vanishing)

    @act("scope", permission=MAY_IMPORT, body=ScopeSerializer)
    def scope(self, row: Upload, *, version: int | None = None, scope: str) -> Upload:
        """Say whether a plan's workbook is the whole plan or only changes."""
        return self._call_service(services.say, row, scope=scope)

    @act("what", permission=MAY_IMPORT, body=WhatSerializer)
    def what(self, row: Upload, *, version: int | None = None, **said: Any) -> Upload:
        """Say what a workbook is, where it was taken for something else."""
        if not any(map(person(self.request).can, KINDS[said["kind"]].permissions)):
            raise PermissionDenied
        return self._call_service(services.say_what_it_is, row, **said)

    @act("same-voucher", permission=MAY_IMPORT, body=NothingSerializer)
    def same_voucher(self, row: Upload, *, version: int | None = None) -> Upload:
        """Say that rows with another amount than the ledger are lines of their own."""
        return self._call_service(services.say, row, same_voucher=True)

    @act("undo", permission=MAY_IMPORT, body=NothingSerializer)
    def undo(self, row: Upload, *, version: int | None = None) -> Upload:
        """Take back all that a workbook brought in, or nothing."""
        return self._do_with_all(row, Deed.UNDO)

    @act("submit", permission=MAY_IMPORT, body=NothingSerializer)
    def submit(self, row: Upload, *, version: int | None = None) -> Upload:
        """Submit all drafts that a workbook brought in, or none."""
        return self._do_with_all(row, Deed.SUBMIT)

    @act("reverse", permission=VIEW, body=WhySerializer)
    def reverse(self, row: Upload, *, version: int | None = None, reason: str) -> Upload:
        """Reverse all posted rows that somebody's workbook brought in: for who sees all of them."""
        return self._do_with_all(row, Deed.REVERSE, reason)

    def get_queryset(self) -> QuerySet[Upload]:
        """One's own; for reversing also another's of which one sees every row."""
        rows: QuerySet[Upload] = super().get_queryset()
        if self.action != "reverse":
            return rows
        every = Upload.objects.select_related("fiscal_year", "job", "user")
        row = every.filter(pk=self.kwargs["pk"]).first()
        if row and row.kind in KINDS and after_commit.sees_all(row, person(self.request)):
            return every.filter(pk=row.pk)
        return rows.none()

    def _do_with_all(self, row: Upload, what: Deed, reason: str = "") -> Upload:
        actor = person(self.request)
        after_commit.do_all(actor=actor, upload=row, what=what, reason=reason)
        return row

    @extend_schema(responses=UploadReadingSerializer, filters=False)
    @action(detail=True, methods=["get"], url_path="reading", url_name="reading")
    def reading(self, request: Request, pk: str) -> Response:
        """How a workbook was understood."""
        row = self.get_object()
        asked = {
            "scope": row.asks_scope,
            "same-voucher": row.asks_same_voucher,
            "confirm_vanishing": row.asks_vanishing,
        }
        return Response({"reading": row.reading, "asks": [n for n, yes in asked.items() if yes]})

    @extend_schema(responses=FindingSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="findings", url_name="findings")
    def findings(self, request: Request, pk: str) -> Response:
        """What is wrong with a workbook, by sheet, row and column."""
        page = self.paginate_queryset(self.get_object().findings.all())
        return self.get_paginated_response(FindingSerializer(page, many=True).data)

    @file_action("marked", XLSX, refuses=(409,))
    def marked(self, row: Upload) -> HttpResponse:
        """The workbook with its wrong cells red."""
        try:
            content = services.marked(row, person(self.request))
        except WorkbookError as error:
            raise Conflict(error.message, error.code) from error
        return xlsx_response(content, f"{row.pk}-loi.xlsx")


class TemplateView(Conditional, APIView):
    """A workbook of a kind to fill in, with the codes there are."""

    permission = MAY_IMPORT
    content_negotiation_class = AsAddressed

    @extend_schema(
        operation_id="uploads_template",
        parameters=[
            OpenApiParameter(
                "kind", str, OpenApiParameter.PATH, enum=NAMES, description="Kind of workbook."
            ),
            OpenApiParameter("fiscal_year", str, required=True, description="Its code, e.g. 2023."),
        ],
        responses={(200, XLSX): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, kind: str) -> FileResponse:
        refuse_parameters(request, ("fiscal_year",))
        if kind not in KINDS:
            raise NotFound
        if not any(map(person(request).can, KINDS[kind].permissions)):
            raise PermissionDenied
        asked = YearSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        year = asked.validated_data["fiscal_year"]
        book = sheet_templates.template(KINDS[kind], year, person(request))
        return workbook_response(book, f"{kind}-{year.code}.xlsx")
