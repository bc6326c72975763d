"""`/api/v1/outputs/`, `/groups/`, `/referrals/` and `/agreements/`."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.requests import person
from accounts.roles import CONFIRM_OUTPUT, RECORD_MEETING, RECORD_OUTPUT
from communes.api import (
    InVillage,
    PlacedSerializer,
    UnitField,
    UnitsField,
    VillageField,
    with_village,
)
from communes.models import Commune
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet
from core.api.serializers import (
    CodeField,
    CodesOfMany,
    DayField,
    OneOfField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    VersionSerializer,
    WholeNumberField,
)
from core.api.viewsets import act
from core.lists import filters
from core.values.dates import today
from core.values.text import names_in
from programs.agreements import services as contracts
from programs.models import (
    Activity,
    Agreement,
    Amendment,
    ConditionCheck,
    FiscalYear,
    Group,
    MemberCount,
    Output,
    Program,
    Referral,
)
from programs.models.agreements import AgreementKind, AgreementQuerySet, Precision
from programs.models.outputs import (
    GroupKind,
    OutputKind,
    OutputQuerySet,
    OutputState,
    RecipientKind,
    ReferralKind,
)
from programs.outputs import services as works

MOST = 1_000_000  # people in one group


class OneUnitField(UnitField):
    """The unit of a list of one; null where there are several."""

    def get_attribute(self, row: Output | Group) -> Commune | None:
        units = list(row.communes.all())
        return units[0] if len(units) == 1 else None


class InUnitsSerializer(PlacedSerializer):
    """A record in `communes`; `commune` is the one where it is one, and may be sent instead."""

    unit_fields = ("communes", "commune")
    communes = UnitsField(required=False, help_text="Codes; several where it is not known which.")
    commune = OneUnitField(
        required=False, allow_null=True, help_text="The code where it is one, else null."
    )
    village = VillageField(required=False, allow_null=True, help_text="Name of a village there.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, object]:
        attrs = super().validate(attrs)
        one = attrs.pop("commune", None)
        if one is not None:
            attrs.setdefault("communes", [one])
        return with_village(attrs, self.instance)


class ConditionSerializer(StrictSerializer, serializers.ModelSerializer[ConditionCheck]):
    class Meta:
        model = ConditionCheck
        fields = ["date", "state", "note"]


@with_examples(
    {
        "title": "Thiết bị cho CLB thủ lĩnh thay đổi",
        "kind": "equipment",
        "program": "GBV",
        "communes": ["03577"],
        "fiscal_year": "2023",
    }
)
class OutputSerializer(InUnitsSerializer):
    program = CodeField(queryset=Program.objects.all())
    activity = CodeField(queryset=Activity.objects.all(), required=False, allow_null=True)
    fiscal_year = CodeField(
        queryset=FiscalYear.objects.all(), required=False, help_text="Default: that of its days."
    )
    checks = ConditionSerializer(many=True, read_only=True)
    last_seen = serializers.DateField(
        read_only=True, allow_null=True, help_text="The last check, or else the handover."
    )
    next_check = serializers.DateField(
        read_only=True, allow_null=True, help_text="A year after it was last seen."
    )
    board_now = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="The board in office today of its commune, or of the unit that became.",
    )

    class Meta:
        model = Output
        fields = names_in(
            "id title kind program activity fiscal_year communes commune village recipient_kind "
            "recipient quantity unit planned_on handed_over_on state maintained_by note checks "
            "last_seen next_check board_now version"
        )


@with_examples({"state": "handed_over", "date": "2023-06-30"})
class ConfirmSerializer(VersionSerializer):
    """The state it was found in, on which day (default today)."""

    state = OneOfField(choices=OutputState.choices)
    date = DayField(required=False)
    note = TextField(required=False, allow_blank=True, max_length=500)


class OutputFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("communes__code", Commune, distinct=True)
    kind = filters.Choices("kind", OutputKind.values)
    state = filters.Choices("state", OutputState.values)
    recipient_kind = filters.Choices("recipient_kind", RecipientKind.values)
    quantity_min = filters.Whole("quantity", "gte")
    quantity_max = filters.Whole("quantity", "lte")
    handed_over_from = filters.Day("handed_over_on", "gte")
    handed_over_to = filters.Day("handed_over_on", "lte")
    activity = filters.Codes("activity__code", Activity)
    village = InVillage()
    planned_from = filters.Day("planned_on", "gte")
    planned_to = filters.Day("planned_on", "lte")
    maintained = filters.YesNo(
        "maintained_by",
        method="has_keeper",
        label=_("Somebody maintains it"),
        help_text="Somebody is named who maintains it, or nobody.",
    )
    check_due_on = filters.Day(
        "handed_over_on",
        method="due",
        label=_("Check due on"),
        help_text="Handed over, and by that day not seen for a year.",
    )
    search = filters.Search()

    def has_keeper(self, rows: OutputQuerySet, _name: str, value: bool) -> OutputQuerySet:
        return rows.exclude(maintained_by="") if value else rows.filter(maintained_by="")

    def due(self, rows: OutputQuerySet, _name: str, day: date) -> OutputQuerySet:
        return rows.check_due(day)


class Outputs(RecordViewSet):
    """Works and equipment within the user's scope."""

    queryset = Output.objects.select_related(
        "program", "activity", "fiscal_year", "village"
    ).prefetch_related("communes", "checks")
    serializer_class = OutputSerializer
    filterset_class = OutputFilters
    records = works.outputs
    ordering_fields = ("title", "program", "state", "planned_on", "handed_over_on")
    ordering_map: ClassVar[dict[str, str]] = {"title": "sort_key", "program": "program__order"}

    def get_queryset(self) -> QuerySet[Output]:
        rows = super().get_queryset()
        assert isinstance(rows, OutputQuerySet)
        return rows.with_care(today())

    @act("confirm", permission=CONFIRM_OUTPUT, body=ConfirmSerializer)
    def confirm(self, row: Output, **fields: Any) -> Output:
        """Handed over, in use, out of order: the state it was found in, new or not, kept as a
        check of that day."""
        return works.note_state(actor=person(self.request), output=row, **fields)


class MemberCountSerializer(StrictSerializer, serializers.ModelSerializer[MemberCount]):
    class Meta:
        model = MemberCount
        fields = ["date", "members", "female", "ethnic_minority"]


@with_examples({"date": "2023-06-30", "members": 20, "female": 12})
class CountSerializer(VersionSerializer):
    """How many members there were on a day."""

    date = DayField()
    members = WholeNumberField(min_value=0, max_value=MOST)
    female = WholeNumberField(min_value=0, max_value=MOST, required=False, allow_null=True)
    ethnic_minority = WholeNumberField(min_value=0, max_value=MOST, required=False, allow_null=True)


@with_examples(
    {"name": "CLB bản Thèn Thầu", "kind": "other", "program": "GBV", "communes": ["03577"]}
)
class GroupSerializer(InUnitsSerializer):
    program = CodeField(queryset=Program.objects.all())
    counts = MemberCountSerializer(many=True, read_only=True)
    members = serializers.SerializerMethodField(help_text="At the last count; null: never.")

    class Meta:
        model = Group
        fields = names_in(
            "id name kind program communes commune village founded_on ended_on members counts "
            "note version"
        )

    def get_members(self, row: Group) -> int | None:
        counts = list(row.counts.all())
        return counts[0].members if counts else None


class GroupFilters(filters.Filters):
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("communes__code", Commune, distinct=True)
    kind = filters.Choices("kind", GroupKind.values)
    village = InVillage()
    founded_from = filters.Day("founded_on", "gte")
    founded_to = filters.Day("founded_on", "lte")
    ended_from = filters.Day("ended_on", "gte")
    ended_to = filters.Day("ended_on", "lte")
    members_min = filters.Whole("now_members", "gte")
    members_max = filters.Whole("now_members", "lte")
    search = filters.Search()


class Groups(RecordViewSet):
    """Groups and clubs within the user's scope."""

    queryset = Group.objects.select_related("program", "village").prefetch_related(
        "communes", "counts"
    )
    serializer_class = GroupSerializer
    filterset_class = GroupFilters
    records = works.groups
    ordering_fields = ("name", "program", "founded_on", "members")
    ordering_map: ClassVar[dict[str, str]] = {
        "name": "sort_key",
        "program": "program__order",
        "members": "now_members",
    }

    def get_queryset(self) -> QuerySet[Group]:
        counts = MemberCount.objects.filter(group=OuterRef("pk"))  # the last one first
        rows: QuerySet[Group] = super().get_queryset()
        return rows.alias(now_members=Subquery(counts.values("members")[:1]))

    @act("count", permission=RECORD_OUTPUT, body=CountSerializer)
    def count(self, row: Group, *, version: int | None = None, **counts: Any) -> Group:
        """How many members on a day, kept beside the earlier counts."""
        works.count_members(actor=person(self.request), group=row, **counts)
        return row


@with_examples(
    {
        "program": "GBV",
        "commune": "03577",
        "fiscal_year": "2023",
        "kind": "vocational",
        "people": 20,
        "female": 12,
    }
)
class ReferralSerializer(PlacedSerializer):
    program = CodeField(queryset=Program.objects.all())
    commune = UnitField()
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())

    class Meta:
        model = Referral
        fields = names_in("id program commune fiscal_year kind people female partner note version")


class ReferralFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    kind = filters.Choices("kind", ReferralKind.values)
    people_min = filters.Whole("people", "gte")
    people_max = filters.Whole("people", "lte")
    search = filters.Search("program__search_key", "commune__search_key")


class Referrals(RecordViewSet):
    """Links to vocational training and apprenticeship, as counts."""

    queryset = Referral.objects.select_related("program", "commune", "fiscal_year")
    serializer_class = ReferralSerializer
    filterset_class = ReferralFilters
    records = works.referrals
    ordering_fields = ("program", "commune", "people")
    ordering_map: ClassVar[dict[str, str]] = {
        "program": "program__order",
        "commune": "commune__sort_key",
    }


class AmendmentSerializer(StrictSerializer, serializers.ModelSerializer[Amendment]):
    class Meta:
        model = Amendment
        fields = ["number", "signed_date", "summary"]


@with_examples(
    {
        "kind": "MoU",
        "title": "Bản ghi nhớ năm tài chính 2024",
        "programs": ["GBV"],
        "fiscal_years": ["2024"],
        "due_date": "2023-08-31",
    }
)
class AgreementSerializer(PlacedSerializer, ResourceSerializer):
    unit_fields = ("communes",)
    programs = CodesOfMany(queryset=Program.objects.all(), many=True, required=False)
    communes = UnitsField(required=False, help_text="Codes; empty: all.")
    fiscal_years = CodesOfMany(queryset=FiscalYear.objects.all(), many=True, required=False)
    due_precision = OneOfField(
        choices=Precision.choices,
        required=False,
        help_text="month: due within the month of due_date, which is kept as its last day.",
    )
    due_text = serializers.CharField(read_only=True)
    amendments = AmendmentSerializer(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = names_in(
            "id kind title parties programs communes fiscal_years due_date due_precision "
            "due_text signed_date amendments note version"
        )


@with_examples({"signed_date": "2024-03-15", "summary": "Kéo dài đến hết năm 2024"})
class AmendSerializer(VersionSerializer):
    """What the amendment changes, and when it was signed."""

    signed_date = DayField()
    summary = TextField(max_length=2000)


class AgreementFilters(filters.Filters):
    kind = filters.Choices("kind", AgreementKind.values)
    fiscal_year = filters.Codes("fiscal_years__code", FiscalYear, distinct=True)
    program = filters.Codes("programs__code", Program, distinct=True)
    commune = filters.Codes("communes__code", Commune, distinct=True)
    signed = filters.YesNo(
        "signed_date", method="is_signed", label=_("Signed"), help_text="Signed, or not yet."
    )
    due_from = filters.Day("due_date", "gte")
    due_to = filters.Day("due_date", "lte")
    late_on = filters.Day("due_date", method="late", help_text="Not signed though due before.")
    signed_date_from = filters.Day("signed_date", "gte")
    signed_date_to = filters.Day("signed_date", "lte")
    search = filters.Search()

    def is_signed(self, rows: AgreementQuerySet, _name: str, value: bool) -> AgreementQuerySet:
        return rows.filter(signed_date__isnull=not value)

    def late(self, rows: AgreementQuerySet, _name: str, day: date) -> AgreementQuerySet:
        return rows.unsigned().filter(due_date__lt=day)


class Agreements(RecordViewSet):
    """MoU and PA within the user's scope."""

    queryset = Agreement.objects.prefetch_related(
        "programs", "communes", "fiscal_years", "amendments"
    )
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilters
    records = contracts.agreements
    ordering_fields = ("due_date", "signed_date", "title", "kind")
    ordering_map: ClassVar[dict[str, str]] = {"title": "sort_key"}

    @act("amend", permission=RECORD_MEETING, body=AmendSerializer)
    def amend(self, row: Agreement, **fields: Any) -> Agreement:
        """Add a signed amendment."""
        fields.pop("version", None)
        contracts.amend(actor=person(self.request), agreement=row, **fields)
        return row
