"""`/api/v1/issued-reports/` and `/report-drafts/`: what was issued, and its text before."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import person
from accounts.roles import ISSUE_REPORT
from communes.models import Board
from core.api.examples import with_examples
from core.api.files import file_action
from core.api.serializers import (
    CodeField,
    DayField,
    KeyField,
    OneOfField,
    PersonField,
    ResourceSerializer,
    TextField,
    WholeNumberField,
    YesNoField,
)
from core.api.viewsets import Changeable, Creatable, Resource
from core.lists import filters
from core.values.said import coded
from monitoring.models import Meeting
from programs.models import FiscalYear
from reports import issuing
from reports.causes import by_cause
from reports.document_api import file_response
from reports.documents.make import FORMATS, DocumentRequest, Made, read_request
from reports.documents.texts import blocks_of
from reports.issue_list import ReportFilters
from reports.models import WHOLE_YEAR, IssuedReport, ReportDraft, ReportKind

WRITTEN = ReportKind.choices[:2]  # those that people write text blocks for
DIGESTS = serializers.DictField(child=serializers.CharField())
TEXTS = serializers.DictField(child=serializers.CharField())


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 4, "nullable": True})
class QuarterField(WholeNumberField):
    """1 to 4; null of what is about a whole year."""

    def __init__(self, **options: Any) -> None:
        words = "Of a quarterly report; else null."
        limits: Any = {"min_value": 1, "max_value": 4, "required": False, "allow_null": True}
        super().__init__(**{**limits, "help_text": words, **options})

    def to_representation(self, value: int) -> Any:
        return None if value == WHOLE_YEAR else value


def document_request(fields: dict[str, Any]) -> DocumentRequest:
    """The document that a body names. Raises `ValidationError` by field."""
    meeting = fields.get("meeting")
    return read_request(
        {
            "kind": fields["kind"],
            "format": "docx",
            "fiscal_year": fields["fiscal_year"].code,
            "quarter": str(fields.get("quarter") or ""),
            "meeting": str(meeting.pk) if meeting else "",
            "outside": "1" if fields.get("outside") else "",
        }
    )


@with_examples({"kind": "annual", "fiscal_year": "2023", "board": 1, "date": "2023-08-15"})
class IssuedReportSerializer(ResourceSerializer):
    kind = OneOfField(choices=ReportKind.choices)
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    quarter = QuarterField()
    meeting = KeyField(
        queryset=Meeting.objects.all(),
        required=False,
        allow_null=True,
        help_text="Of minutes and conclusions: its id.",
    )
    board = KeyField(queryset=Board.objects.all(), help_text="Which board issues it: its id.")
    date = DayField(help_text="The day on the document; not before the last number's of the board.")
    outside = YesNoField(default=False, help_text="True: small head counts are hidden.")
    post = TextField(write_only=True, max_length=100, default="Trưởng ban", help_text="Signs as.")
    signer = TextField(
        write_only=True,
        max_length=100,
        default="",
        allow_blank=True,
        help_text="Name below the signature; empty: room is left to write it.",
    )
    reference = serializers.CharField(read_only=True, help_text="05/BC-BĐH.")
    digests = serializers.SerializerMethodField(help_text="SHA-256 of each kept file.")
    replaces: Any = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    issued_by = PersonField(read_only=True)

    class Meta:
        model = IssuedReport
        fields = [
            *("id", "reference", "number", "symbol", "kind", "fiscal_year", "quarter", "meeting"),
            *("board", "date", "title", "outside", "known_at", "digests", "replaces", "issued_by"),
            *("issued_at", "post", "signer", "version"),
        ]
        read_only_fields = ["number", "symbol", "title", "known_at", "issued_at"]

    @extend_schema_field(DIGESTS)
    def get_digests(self, report: IssuedReport) -> dict[str, str]:
        return {"docx": report.docx_digest, "pdf": report.pdf_digest}


@extend_schema_field({"description": "A number, a text or null."})
class AnyField(serializers.Field[object, object, object, object]):
    def to_representation(self, value: object) -> object:
        return value


class FigureChangeSerializer(serializers.Serializer[object]):
    """A figure that comes out otherwise today."""

    table = serializers.CharField()
    row = serializers.CharField(help_text="Named and codes of the row; empty of a total.")
    field = serializers.CharField(help_text="`row`: all of it came or went.")
    then = AnyField()
    now = AnyField()
    difference = serializers.IntegerField(allow_null=True)


class CauseSerializer(serializers.Serializer[object]):
    """An entry posted since that moved figures: a reversal, or one dated within what was told."""

    disbursement = serializers.IntegerField()
    reverses = serializers.IntegerField(allow_null=True)
    amount = serializers.IntegerField(help_text="In đồng; of a reversal with its sign turned.")
    figures = serializers.IntegerField(help_text="How many of the changes it makes.")


class FigureChangesSerializer(serializers.Serializer[object]):
    count = serializers.IntegerField()
    changes = FigureChangeSerializer(many=True)
    causes = CauseSerializer(many=True)


class FrozenSerializer(serializers.Serializer[object]):
    """The figures as they were issued, and the texts that people wrote."""

    figures = serializers.DictField(help_text="As frozen: each table with the query that made it.")
    texts = TEXTS


class IssuedReports(Creatable, Resource):
    """Documents as they were issued; none is ever changed or deleted."""

    queryset = IssuedReport.objects.select_related("fiscal_year", "issued_by")
    serializer_class = IssuedReportSerializer
    filterset_class = ReportFilters
    ordering_fields = ("date", "number", "kind", "fiscal_year", "issued_at")
    ordering_map: ClassVar[dict[str, str]] = {"fiscal_year": "fiscal_year__start"}
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {"create": ISSUE_REPORT}

    def get_queryset(self) -> QuerySet[IssuedReport]:
        rows: QuerySet[IssuedReport] = super().get_queryset()
        return rows.defer("texts", "figures", "document") if self.action == "list" else rows

    def perform_create(self, fields: dict[str, Any]) -> IssuedReport:
        names = ("board", "date", "post", "signer")
        signing = issuing.Signing(**{name: fields[name] for name in names})
        return issuing.issue(
            actor=person(self.request), asked=document_request(fields), signing=signing
        )

    @extend_schema(responses=FrozenSerializer, filters=False)
    @action(detail=True, methods=["get"], url_path="figures", url_name="figures")
    def figures(self, request: Request, pk: str) -> Response:
        """The figures of a document as they were issued."""
        report = self.get_object()
        return Response({"figures": report.figures, "texts": report.texts})

    @extend_schema(responses=FigureChangesSerializer, filters=False)
    @action(detail=True, methods=["get"], url_path="changes", url_name="changes")
    def changes(self, request: Request, pk: str) -> Response:
        """Every figure of a document that comes out otherwise today, as you may see it; and the
        entries posted since that moved figures, each once."""
        causes, moved, others = by_cause(self.get_object(), person(request))
        rows = FigureChangeSerializer([*moved, *others], many=True).data
        entries = [
            {
                "disbursement": cause.entry.pk,
                "reverses": cause.entry.reverses_id,
                "amount": cause.entry.amount,
                "figures": cause.figures,
            }
            for cause in causes
        ]
        return Response({"count": len(rows), "changes": rows, "causes": entries})

    @file_action("docx", FORMATS["docx"], refuses=(409,))
    def docx(self, row: IssuedReport) -> HttpResponse:
        """The Word file of a document, byte for byte as it was issued."""
        return kept_file(row, "docx")

    @file_action("pdf", FORMATS["pdf"], refuses=(409,))
    def pdf(self, row: IssuedReport) -> HttpResponse:
        """The PDF of a document, byte for byte as it was issued."""
        return kept_file(row, "pdf")


def kept_file(report: IssuedReport, form: str) -> HttpResponse:
    """A file of an issued document. Raises `Conflict` where it is gone or another."""
    name = f"{report.number:02}-{report.kind}-{report.date.year}.{form}"
    return file_response(Made(issuing.kept_file(report, form), FORMATS[form], name))


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class TextsField(serializers.DictField):
    """Text blocks by name."""

    child = TextField(allow_blank=True, max_length=issuing.MAX_TEXT)


@with_examples(
    {"kind": "quarterly", "fiscal_year": "2023", "quarter": 4, "texts": {"opening": "Quý cuối"}}
)
class ReportDraftSerializer(ResourceSerializer):
    kind = OneOfField(choices=WRITTEN)
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    quarter = QuarterField()
    texts = TextsField(help_text="All blocks: what is not sent has no text.")

    fixed = ("kind", "fiscal_year", "quarter")

    class Meta:
        model = ReportDraft
        fields = ["id", "kind", "fiscal_year", "quarter", "texts", "version"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is written about stays; a block is one that there is."""
        moved = [n for n in self.fixed if self.instance and n in attrs]
        if wrong := [n for n in moved if (attrs[n] or WHOLE_YEAR) != getattr(self.instance, n)]:
            raise serializers.ValidationError(
                {n: [coded("fixed", _("This stays as it is."))] for n in wrong}
            )
        known = blocks_of(attrs.get("kind") or self.instance.kind)
        unknown = [name for name in attrs.get("texts", {}) if name not in known]
        if unknown:
            told = _("'%(text)s' is not one of %(choices)s.")
            words = {"text": unknown[0][:40], "choices": ", ".join(known)}
            raise serializers.ValidationError({"texts": [coded("invalid_choice", told % words)]})
        return attrs


class DraftFilters(filters.Filters):
    kind = filters.Choices("kind", ReportKind.values)
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    quarter = filters.Whole("quarter")


class ReportDrafts(Creatable, Changeable, Resource):
    """What is written for a report before it is issued; there is one draft of each report."""

    queryset = ReportDraft.objects.select_related("fiscal_year")
    serializer_class = ReportDraftSerializer
    filterset_class = DraftFilters
    permission = ISSUE_REPORT
    ordering_fields = ("fiscal_year", "kind", "quarter")
    ordering_map: ClassVar[dict[str, str]] = {"fiscal_year": "fiscal_year__start"}

    def perform_create(self, fields: dict[str, object]) -> ReportDraft:
        return self._write(fields, 0)

    def perform_update(self, row: ReportDraft, version: int, fields: dict[str, Any]) -> ReportDraft:
        same = {"kind": row.kind, "fiscal_year": row.fiscal_year, "quarter": row.quarter}
        return self._write({"texts": row.texts, **fields, **same}, version)

    def _write(self, fields: dict[str, Any], version: int) -> ReportDraft:
        texts = fields["texts"]
        return issuing.write_texts(
            actor=person(self.request), asked=document_request(fields), texts=texts, version=version
        )
