"""`/api/v1/meetings/`: with what was stated there, beside what the ledger adds up to."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.requests import person
from accounts.roles import RECORD_MEETING
from communes.api import PlacedSerializer, UnitField
from communes.models import Board, Commune
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet
from core.api.serializers import (
    CodeField,
    DayField,
    KeyField,
    PersonField,
    ResourceSerializer,
    TextField,
    VersionSerializer,
    cached_in_context,
)
from core.api.viewsets import act
from core.lists import filters
from core.services import remarks
from core.services.errors import StaleVersion
from core.values.text import names_in
from monitoring.models import ActionPoint, Attendance, Meeting, StatedFigure, StatedOutcome
from monitoring.models.meetings import MeetingKind
from monitoring.reviews.api import AboutSerializer, ActionPointSerializer, NumberField
from monitoring.reviews.services import meetings
from monitoring.reviews.services.stated import Comparison, Ledger
from programs.models import FiscalYear, Program


class StatedFigureSerializer(PlacedSerializer):
    value = NumberField(help_text="In đồng, percent, classes or people.")
    fiscal_year = CodeField(queryset=FiscalYear.objects.all(), required=False, allow_null=True)
    program = CodeField(queryset=Program.objects.all(), required=False, allow_null=True)
    commune = UnitField(required=False, allow_null=True)
    ledger_value = serializers.SerializerMethodField(
        help_text="What the portal adds up to; null where it does not, or you do not see all."
    )
    agrees = serializers.SerializerMethodField(help_text="Whether it may be said so.")

    class Meta:
        model = StatedFigure
        fields = names_in(
            "label measure qualifier value unit text as_of as_of_stated source fiscal_year "
            "program commune ledger_value agrees"
        )

    def _compared(self, figure: StatedFigure) -> Comparison:
        user = self.context["request"].user
        ledger: Ledger = cached_in_context(self, "ledger", lambda: Ledger(user))
        return ledger.compare(figure)

    @extend_schema_field({"type": "number", "nullable": True})
    def get_ledger_value(self, figure: StatedFigure) -> int | float | None:
        value = self._compared(figure).ledger_value
        return None if value is None else NumberField().to_representation(value)

    def get_agrees(self, figure: StatedFigure) -> bool | None:
        return self._compared(figure).agrees


class StatedOutcomeSerializer(ResourceSerializer):
    program = CodeField(queryset=Program.objects.all(), required=False, allow_null=True)

    class Meta:
        model = StatedOutcome
        fields = ["program", "text", "source"]


class AttendanceSerializer(ResourceSerializer):
    """Who was there, by body and office, and what they did."""

    class Meta:
        model = Attendance
        fields = names_in("body office other_office name people gave_overview reported spoke")


@with_examples(
    {
        "title": "Hội nghị tổng kết năm tài chính 2023",
        "kind": "annual_review",
        "date": "2023-08-02",
        "fiscal_year": "2023",
        "attendance": [
            {
                "body": "UBND huyện Phong Thổ",
                "office": "Phó Chủ tịch UBND huyện",
                "other_office": "Trưởng Ban Điều hành",
                "people": 1,
                "spoke": True,
            }
        ],
        "conclusions": "Kiện toàn các Ban Dự án xã",
        "stated_figures": [
            {
                "label": "Giải ngân cả năm",
                "measure": "disbursed",
                "value": 8_900_000_000,
                "unit": "đồng",
                "text": "Hơn 8,9 tỷ đồng, đạt 120% kế hoạch",
                "fiscal_year": "2023",
            }
        ],
    }
)
class MeetingSerializer(AboutSerializer):
    fiscal_year = CodeField(queryset=FiscalYear.objects.all(), required=False, allow_null=True)
    boards = KeyField(queryset=Board.objects.all(), many=True, required=False)
    attendance = AttendanceSerializer(many=True, required=False)
    stated_figures = StatedFigureSerializer(many=True, required=False)
    stated_outcomes = StatedOutcomeSerializer(many=True, required=False)

    class Meta:
        model = Meeting
        fields = names_in(
            "id title kind date date_precision place chair secretary fiscal_year program commune "
            "boards attendance attending reports_given results shortcomings difficulties_said "
            "challenges solutions conclusions note stated_figures stated_outcomes version"
        )


@with_examples({"conclusion": "Kiện toàn các Ban Dự án xã", "assignee_body": "BĐH huyện"})
class ConcludeSerializer(VersionSerializer):
    """Which conclusion, and who has to do it by when: a body or a person."""

    conclusion = TextField(max_length=500, help_text="One line of `conclusions`, word for word.")
    assignee_body = TextField(required=False, allow_blank=True, max_length=200)
    assignee_user = PersonField(
        queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    due_date = DayField(required=False, allow_null=True)


class MeetingFilters(filters.Filters):
    kind = filters.Choices("kind", MeetingKind.values)
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    date_from = filters.Day("date", "gte")
    date_to = filters.Day("date", "lte")
    board = filters.Whole("boards", distinct=True)
    search = filters.Search()


class Meetings(RecordViewSet):
    """Conferences and meetings."""

    queryset = Meeting.objects.select_related("fiscal_year", "program", "commune").prefetch_related(
        "attendance",
        "boards",
        "stated_figures__fiscal_year",
        "stated_figures__program",
        "stated_figures__commune",
        "stated_outcomes__program",
    )
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilters
    records = meetings.meetings
    ordering_fields = ("date", "title")
    ordering_map: ClassVar[dict[str, str]] = {"title": "sort_key"}

    def perform_create(self, fields: dict[str, object]) -> Meeting:
        stated = _apart(fields)
        return self._stated(super().perform_create(fields), stated)

    def perform_update(self, row: Meeting, version: int, fields: dict[str, object]) -> Meeting:
        stated = _apart(fields)
        return self._stated(super().perform_update(row, version, fields), stated)

    @act(
        "conclude",
        permission=RECORD_MEETING,
        body=ConcludeSerializer,
        code=201,
        answer=ActionPointSerializer,
        at="api-action-points-detail",
    )
    def conclude(self, row: Meeting, *, version: int | None = None, **fields: Any) -> ActionPoint:
        """One of the lines of its `conclusions` becomes an action point, which is the answer."""
        if version not in (None, row.version):
            raise StaleVersion
        return meetings.conclude(actor=person(self.request), meeting=row, **fields)

    @act("attendance-from-last", permission=RECORD_MEETING)
    def attendance_from_last(self, row: Meeting, *, version: int | None = None) -> Meeting:
        """Its attendance begins with the bodies and offices of the last meeting of its kind."""
        if version not in (None, row.version):
            raise StaleVersion
        meetings.attendance_from_last(actor=person(self.request), meeting=row)
        changed: Meeting = self.get_queryset().get(pk=row.pk)
        return changed

    def _stated(self, row: Meeting, stated: dict[str, Any]) -> Meeting:
        if any(value is not None for value in stated.values()):
            row = meetings.state(actor=person(self.request), meeting=row, **stated)
        for field, said in meetings.doubts(row).items() if row.has_minutes else ():
            remarks.add_remark(field, "not_stated", said)
        return row


def _apart(fields: dict[str, object]) -> dict[str, object]:
    return {
        "figures": fields.pop("stated_figures", None),
        "outcomes": fields.pop("stated_outcomes", None),
        "attendance": fields.pop("attendance", None),
    }
