"""`/api/v1/topics/` and `/trainings/`."""

from datetime import date
from typing import ClassVar

from rest_framework import serializers

from accounts.requests import person
from accounts.roles import RECORD_TRAINING
from communes.api import InVillage, PlacedSerializer, UnitField, VillageField, with_village
from communes.models import Commune
from core.api.bulk import Bulk, act_many
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet
from core.api.serializers import (
    CodeField,
    DayField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
)
from core.lists import filters
from programs.api import NewCodeField
from programs.models import Activity, FiscalYear, Program
from trainings import services, topic_records
from trainings.models import Topic, Training


@with_examples({"code": "GBV-DIEN-DAN", "name": "Tổ chức diễn đàn trẻ em gái"})
class TopicSerializer(ResourceSerializer):
    code = NewCodeField(max_length=60, help_text="It stays as it is once made.")
    name = TextField(max_length=200)
    program = CodeField(
        queryset=Program.objects.all(),
        required=False,
        allow_null=True,
        help_text="Null of all programmes: only who is assigned everywhere makes such a topic.",
    )

    fixed = ("code",)

    class Meta:
        model = Topic
        fields = ["id", "code", "name", "program", "version"]


class TopicFilters(filters.Filters):
    code = filters.Codes("code", Topic)
    program = filters.Codes("program__code", Program)
    search = filters.Search()


class Topics(RecordViewSet):
    """What training classes are about. One that is nearly like another is said in `warnings`."""

    records = topic_records.topics
    queryset = Topic.objects.select_related("program")
    serializer_class = TopicSerializer
    filterset_class = TopicFilters
    ordering_fields = ("code", "name")
    ordering_map: ClassVar[dict[str, str]] = {"name": "sort_key"}


@with_examples(
    {
        "title": "Kỹ năng sống cho CLB thủ lĩnh thay đổi",
        "topic": "GBV-CLB",
        "activity": "GBV-01",
        "commune": "03577",
        "start": "2022-09-15",
        "end": "2022-09-16",
        "female": 12,
        "male": 8,
    }
)
class TrainingSerializer(PlacedSerializer):
    topic = CodeField(queryset=Topic.objects.select_related("program"))
    program = CodeField(
        queryset=Program.objects.all(), required=False, help_text="Default: the topic's."
    )
    activity = CodeField(
        queryset=Activity.objects.select_related("program"), required=False, allow_null=True
    )
    commune = UnitField(help_text="Code of the unit as it stood on the first day.")
    village = VillageField(required=False, allow_null=True, help_text="Name of a village there.")
    end = DayField(required=False, help_text="Default: the first day.")
    fiscal_year = CodeField(read_only=True)

    class Meta:
        model = Training
        fields = ["id", *services.FIELDS, "fiscal_year", "quarter", "version"]
        read_only_fields = ["quarter"]
        extra_kwargs = {"participants": {"required": False, "help_text": "Women and men."}}

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        return with_village(super().validate(attrs), self.instance)


@with_examples({"starts": ["2023-06-30"]})
class CopySerializer(StrictSerializer):
    """The first days of the new classes; each is as long as this one."""

    starts = serializers.ListField(child=DayField(), min_length=1, max_length=50)


class TrainingFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    topic = filters.Codes("topic__code", Topic)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    activity = filters.Codes("activity__code", Activity)
    quarter = filters.Choices("quarter", ("1", "2", "3", "4"))
    start_from = filters.Day("start", "gte")
    start_to = filters.Day("start", "lte")
    village = InVillage()
    end_from = filters.Day("end", "gte")
    end_to = filters.Day("end", "lte")
    participants_min = filters.Whole("participants", "gte")
    participants_max = filters.Whole("participants", "lte")
    search = filters.Search()


class Trainings(Bulk, RecordViewSet):
    """Training classes with head counts, within the user's scope."""

    queryset = Training.objects.select_related(
        "topic", "program", "activity", "commune", "village", "fiscal_year"
    )
    serializer_class = TrainingSerializer
    filterset_class = TrainingFilters
    records = services.classes
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {"bulk": RECORD_TRAINING}
    ordering_fields = ("start", "title", "topic", "program", "commune", "participants")
    ordering_map: ClassVar[dict[str, str]] = {
        "title": "sort_key",
        "topic": "topic__sort_key",
        "program": "program__order",
        "commune": "commune__sort_key",
    }

    def perform_bulk(self, rows: list[dict[str, object]]) -> list[Training]:
        return services.create_many(actor=person(self.request), rows=rows)

    @act_many("copy", permission=RECORD_TRAINING, body=CopySerializer)
    def copy(self, row: Training, *, starts: list[date]) -> list[Training]:
        """The same class on other days, with the same head counts, to be changed where they
        differed; all or none."""
        return services.copy(actor=person(self.request), training=row, starts=starts)
