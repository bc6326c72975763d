"""`/api/v1/visits/`, `/difficulties/` and `/action-points/`."""

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.requests import person
from accounts.roles import RECORD_DIFFICULTY, VIEW
from communes.api import InVillage, PlacedSerializer, UnitField, VillageField, with_village
from communes.models import Commune
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet
from core.api.serializers import (
    CodeField,
    DayField,
    KeyField,
    PersonField,
    ReasonSerializer,
    TextField,
    VersionSerializer,
)
from core.api.viewsets import act
from core.lists import filters
from core.values.text import names_in
from monitoring.models import ActionPoint, Difficulty, Meeting, Visit
from monitoring.models.action_points import ActionKind, ActionState
from monitoring.models.difficulties import Affects, DifficultyState
from monitoring.models.visits import VisitState
from monitoring.reviews.services import action_points as actions
from monitoring.reviews.services import difficulties, meetings
from programs.models import Activity, FiscalYear, Output, Program


class AboutSerializer(PlacedSerializer):
    """About a programme and a commune, each perhaps null: then about all of them."""

    program = CodeField(queryset=Program.objects.all(), required=False, allow_null=True)
    commune = UnitField(required=False, allow_null=True)


@with_examples(
    {
        "title": "Giám sát điểm rửa tay Thèn Thầu",
        "date": "2023-05-02",
        "program": "GBV",
        "commune": "03577",
        "village": "Thèn Thầu",
        "seen": "Điểm rửa tay dùng tốt",
    }
)
class VisitSerializer(AboutSerializer):
    commune = UnitField(help_text="Code of the unit as it stood on that day.")
    village = VillageField(required=False, allow_null=True)
    output = KeyField(queryset=Output.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Visit
        fields = names_in(
            "id title date program commune village output from_district from_plan from_commune "
            "team state seen advice version"
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return with_village(super().validate(attrs), self.instance)


class VisitFilters(filters.Filters):
    state = filters.Choices("state", VisitState.values)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    date_from = filters.Day("date", "gte")
    date_to = filters.Day("date", "lte")
    village = InVillage()
    output = filters.Whole("output")
    fiscal_year = filters.Codes(
        "date",
        FiscalYear,
        method="of_year",
        label=_("Fiscal year"),
        help_text="Fiscal year that its day lies in.",
    )
    search = filters.Search()

    def of_year(self, rows: Any, _name: str, codes: list[str]) -> Any:
        days = Q()
        for year in FiscalYear.objects.filter(code__in=codes):
            days |= Q(date__range=(year.start, year.end))
        return rows.filter(days)


class Visits(RecordViewSet):
    """Monitoring visits."""

    queryset = Visit.objects.select_related("program", "commune", "village", "output")
    serializer_class = VisitSerializer
    filterset_class = VisitFilters
    records = meetings.visits
    ordering_fields = ("date", "title")
    ordering_map: ClassVar[dict[str, str]] = {"title": "sort_key"}


@with_examples(
    {
        "title": "Sạt lở đường vào bản Thèn Thầu",
        "program": "GBV",
        "commune": "03577",
        "raised_on": "2023-05-02",
        "effect": "Hai lớp phải lùi sang quý sau",
    }
)
class DifficultySerializer(AboutSerializer):
    activity = CodeField(
        queryset=Activity.objects.all(),
        required=False,
        allow_null=True,
        help_text="What it holds up; its programme where none is named.",
    )
    meeting = KeyField(queryset=Meeting.objects.all(), required=False, allow_null=True)
    visit = KeyField(queryset=Visit.objects.all(), required=False, allow_null=True)
    raised_on = DayField(required=False, help_text="Default: today.")

    class Meta:
        model = Difficulty
        fields = names_in(
            "id title program commune activity raised_on affects effect solution owner due_date "
            "state result resolved_on meeting visit version"
        )
        read_only_fields = ["state", "result", "resolved_on"]


@with_examples({"result": "Đã mở đường tránh", "date": "2023-06-30"})
class ResolveSerializer(VersionSerializer):
    """What came of it, on which day (default today)."""

    result = TextField(max_length=2000)
    date = DayField(required=False)


class DifficultyFilters(filters.Filters):
    program = filters.Codes("program__code", Program)
    activity = filters.Codes("activity__code", Activity)
    commune = filters.Codes("commune__code", Commune)
    state = filters.Choices("state", DifficultyState.values)
    affects = filters.Choices("affects", Affects.values)
    owner = filters.Words(
        "owner",
        help_text="Responsible body whose name holds every word: without accents, case or đ.",
    )
    due_from = filters.Day("due_date", "gte")
    due_to = filters.Day("due_date", "lte")
    fiscal_year = filters.Codes(
        "raised_on",
        FiscalYear,
        method="of_year",
        label=_("Fiscal year"),
        help_text="Raised in the year or carried into it.",
    )
    meeting = filters.Whole("meeting")
    visit = filters.Whole("visit")
    raised_from = filters.Day("raised_on", "gte")
    raised_to = filters.Day("raised_on", "lte")
    resolved_from = filters.Day("resolved_on", "gte")
    resolved_to = filters.Day("resolved_on", "lte")
    search = filters.Search()

    def of_year(self, rows: Any, _name: str, codes: list[str]) -> Any:
        years = FiscalYear.objects.filter(code__in=codes)
        keys = [pk for year in years for pk in rows.in_year(year).values_list("pk", flat=True)]
        return rows.filter(pk__in=keys) if codes else rows


class Difficulties(RecordViewSet):
    """Difficulties of a programme or a commune, or of all."""

    queryset = Difficulty.objects.select_related(
        "program", "commune", "activity", "meeting", "visit"
    )
    serializer_class = DifficultySerializer
    filterset_class = DifficultyFilters
    records = difficulties.difficulties
    ordering_fields = ("due_date", "raised_on", "resolved_on", "title", "state")
    ordering_map: ClassVar[dict[str, str]] = {"title": "sort_key"}

    @act("take", permission=RECORD_DIFFICULTY)
    def take(self, row: Difficulty, **fields: Any) -> Difficulty:
        """Open → in hand."""
        return difficulties.take_in_hand(actor=person(self.request), difficulty=row, **fields)

    @act("resolve", permission=RECORD_DIFFICULTY, body=ResolveSerializer)
    def resolve(self, row: Difficulty, **fields: Any) -> Difficulty:
        """Resolved, with what came of it."""
        return difficulties.resolve(actor=person(self.request), difficulty=row, **fields)

    @act("reopen", permission=RECORD_DIFFICULTY, body=ReasonSerializer)
    def reopen(self, row: Difficulty, **fields: Any) -> Difficulty:
        """Open again, with a reason."""
        return difficulties.reopen(actor=person(self.request), difficulty=row, **fields)


class SourceSerializer(serializers.Serializer[object]):
    """What raised an action point."""

    kind = serializers.ChoiceField(choices=["meeting", "visit", "difficulty"])
    id = serializers.IntegerField()
    title = serializers.CharField()


@with_examples({"title": "Kiện toàn Ban Dự án xã", "assignee_body": "BĐH huyện", "meeting": 1})
class ActionPointSerializer(AboutSerializer):
    assignee = serializers.SerializerMethodField(help_text="Who has to do it, in words.")
    assignee_user = PersonField(
        queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    source: Any = serializers.SerializerMethodField(help_text="What raised it.")
    meeting = KeyField(queryset=Meeting.objects.all(), required=False, allow_null=True)
    visit = KeyField(queryset=Visit.objects.all(), required=False, allow_null=True)
    difficulty = KeyField(queryset=Difficulty.objects.all(), required=False, allow_null=True)
    done_by = PersonField(read_only=True)
    verified_by = PersonField(read_only=True)
    created_by = PersonField(read_only=True)

    class Meta:
        model = ActionPoint
        fields = names_in(
            "id title kind due_date state assignee assignee_user assignee_body source meeting "
            "visit difficulty program commune done_note done_on done_by verified_by dropped_why "
            "created_by version"
        )
        read_only_fields = ["state", "done_note", "done_on", "dropped_why"]

    def get_assignee(self, row: ActionPoint) -> str:
        return row.assignee

    @extend_schema_field(SourceSerializer(allow_null=True))
    def get_source(self, row: ActionPoint) -> dict[str, Any] | None:
        source = row.source
        if source is None:
            return None
        kind = source._meta.model_name
        return {"kind": kind, "id": source.pk, "title": source.title}


@with_examples({"note": "Đã có quyết định ngày 25/8", "date": "2023-08-25"})
class FinishSerializer(VersionSerializer):
    """What was done, on which day (default today)."""

    note = TextField(max_length=2000)
    date = DayField(required=False)


class ActionPointFilters(filters.Filters):
    kind = filters.Choices("kind", ActionKind.values)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    state = filters.Choices("state", ActionState.values)
    assignee_user = filters.Codes("assignee_user__username", User, slug="username")
    assignee_body = filters.Words(
        "assignee_body", help_text="Body whose name holds every word: without accents, case or đ."
    )
    done_by = filters.Codes("done_by__username", User, slug="username")
    verified_by = filters.Codes("verified_by__username", User, slug="username")
    created_by = filters.Codes("created_by__username", User, slug="username")
    meeting = filters.Whole("meeting")
    due_from = filters.Day("due_date", "gte")
    due_to = filters.Day("due_date", "lte")
    overdue_on = filters.Day("due_date", method="overdue", help_text="Open though due before.")
    visit = filters.Whole("visit")
    difficulty = filters.Whole("difficulty")
    done_from = filters.Day("done_on", "gte")
    done_to = filters.Day("done_on", "lte")
    search = filters.Search()

    def overdue(self, rows: Any, _name: str, day: Any) -> Any:
        return rows.overdue(day)


class ActionPoints(RecordViewSet):
    """What is to be done, by whom, by when."""

    queryset = ActionPoint.objects.select_related(
        "assignee_user",
        "program",
        "commune",
        "meeting",
        "visit",
        "difficulty",
        "done_by",
        "verified_by",
        "created_by",
    )
    serializer_class = ActionPointSerializer
    filterset_class = ActionPointFilters
    records = actions.points
    ordering_fields = ("due_date", "done_on", "state", "title")
    ordering_map: ClassVar[dict[str, str]] = {"title": "sort_key"}

    # Whoever was given a point may finish it, whatever the role: the service says who.

    @act("finish", permission=VIEW, body=FinishSerializer)
    def finish(self, row: ActionPoint, **fields: Any) -> ActionPoint:
        """Done; the word of who was given it, or of its author, waits for somebody else's."""
        return actions.finish(actor=person(self.request), point=row, **fields)

    @act("verify", permission=VIEW)
    def verify(self, row: ActionPoint, **fields: Any) -> ActionPoint:
        """Confirm what was reported done."""
        return actions.verify(actor=person(self.request), point=row, **fields)

    @act("reopen", permission=actions.MAY_RAISE, body=ReasonSerializer)
    def reopen(self, row: ActionPoint, **fields: Any) -> ActionPoint:
        """To do again, with a reason."""
        return actions.reopen(actor=person(self.request), point=row, **fields)

    @act("cancel", permission=actions.MAY_RAISE, body=ReasonSerializer)
    def cancel(self, row: ActionPoint, **fields: Any) -> ActionPoint:
        """No longer to be done, with a reason."""
        return actions.cancel(actor=person(self.request), point=row, **fields)


@extend_schema_field({"type": "number", "minimum": -(10**18), "maximum": 10**18})
class NumberField(serializers.DecimalField):
    """A JSON number: whole where it is whole (đồng, people), else with its decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 20, "decimal_places": 2, **options})

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        return int(value) if value == int(value) else float(value)
