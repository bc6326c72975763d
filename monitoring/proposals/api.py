"""`/api/v1/proposals/`: proposed, decided, carried over and taken into the plan."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import person
from accounts.roles import DECIDE_PROPOSAL, PLAN_SELECTED, PROPOSE_ACTIVITY
from communes.api import InVillage, PlacedSerializer, UnitField, VillageField, with_village
from communes.models import Commune
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet, RemovableRecordViewSet
from core.api.serializers import (
    CodeField,
    MoneyField,
    PersonField,
    ReasonSerializer,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    VersionSerializer,
    WholeNumberField,
)
from core.api.viewsets import IDEMPOTENCY_KEY, act, idempotently
from core.lists import filters
from core.values.said import coded
from core.values.text import names_in
from monitoring.models import Proposal
from monitoring.models.criteria import MOST_POINTS, MOST_WEIGHT, Criterion, Score
from monitoring.models.proposals import ProposalState
from monitoring.proposals import drafting, scoring
from monitoring.proposals import services as proposals
from programs.models import Activity, FiscalYear, Fund, Program


class ScoreSerializer(serializers.ModelSerializer[Score]):
    """The points of a proposal for a criterion of its year."""

    criterion = serializers.CharField(
        source="criterion.name", read_only=True, help_text="Its name."
    )

    class Meta:
        model = Score
        fields = ["criterion", "points"]
        read_only_fields = fields


@with_examples(
    {
        "title": "Điểm rửa tay ở điểm trường Thèn Thầu",
        "fiscal_year": "2023",
        "program": "GBV",
        "commune": "03577",
        "village": "Thèn Thầu",
        "why": "Điểm trường chưa có nước sạch",
        "for_whom": "Trẻ ở điểm trường",
        "expected": "Một điểm rửa tay",
        "estimate": 40_000_000,
        "quarter": 1,
    }
)
class ProposalSerializer(PlacedSerializer):
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    program = CodeField(queryset=Program.objects.all())
    commune = UnitField()
    village = VillageField(required=False, allow_null=True)
    estimate = MoneyField(help_text="Đồng.")
    quarter = WholeNumberField(required=False, min_value=1, max_value=4)
    activity = CodeField(read_only=True, help_text="The activity it became.")
    carried_from = CodeField(read_only=True, help_text="The unfinished activity it goes on with.")
    plan_version: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    scores = ScoreSerializer(many=True, read_only=True)
    score = serializers.SerializerMethodField(
        help_text="Weighted mean of the points, e.g. 7.5; null until each criterion has some."
    )
    decided_by = PersonField(read_only=True)

    class Meta:
        model = Proposal
        fields = names_in(
            "id title fiscal_year program commune village why for_whom expected estimate quarter "
            "state reason decided_by activity carried_from plan_version scores score version"
        )
        read_only_fields = ["state", "reason"]

    @extend_schema_field({"type": "string", "nullable": True})
    def get_score(self, row: Proposal) -> str | None:
        criteria = row.fiscal_year.criteria.all()  # type: ignore[attr-defined]
        found = scoring.total(scoring.points_of(row), criteria)
        return None if found is None else str(found)

    def validate(self, attrs: dict[str, object]) -> dict[str, Any]:
        return with_village(super().validate(attrs), self.instance)


@with_examples(
    {
        "fiscal_year": "2023",
        "fund": "UNSPECIFIED",
        "reason": "Đề xuất đã chọn của năm tài chính 2023",
    }
)
class PlanSelectedSerializer(StrictSerializer):
    """Which year's selected proposals go into a draft plan, on which fund, and why."""

    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    fund = CodeField(
        queryset=Fund.objects.all(),
        required=False,
        allow_null=True,
        help_text="Default: the one for what names none.",
    )
    reason = TextField(required=False, allow_blank=True, max_length=2000)


@with_examples({"from_year": "2023", "to_year": "2024", "activities": ["GBV-01"]})
class CarryOverSerializer(StrictSerializer):
    """Which unfinished activities of a year are proposed again for another."""

    from_year = CodeField(queryset=FiscalYear.objects.all())
    to_year = CodeField(queryset=FiscalYear.objects.all())
    activities = serializers.ListField(
        child=TextField(max_length=40), min_length=1, max_length=500, help_text="Their codes."
    )

    def validate_activities(self, codes: list[str]) -> list[Activity]:
        seen = Activity.objects.visible_to(self.context["request"].user)
        found = {row.code: row for row in seen.filter(code__in=codes)}
        missing = [code for code in codes if code not in found]
        if missing:
            raise serializers.ValidationError(
                coded("does_not_exist", _("There is no '%(code)s'.") % {"code": missing[0][:40]})
            )
        return list(found.values())


class PointsSerializer(StrictSerializer):
    criterion = TextField(max_length=120, help_text="The name of a criterion of its year.")
    points = WholeNumberField(
        min_value=0, max_value=MOST_POINTS, allow_null=True, help_text="null takes them back."
    )


@with_examples({"scores": [{"criterion": "Phù hợp nhu cầu của xã", "points": 8}]})
class PointsGivenSerializer(VersionSerializer):
    scores = serializers.ListField(
        child=PointsSerializer(), min_length=1, max_length=scoring.MOST_CRITERIA
    )

    def validate_scores(self, scores: list[dict[str, Any]]) -> dict[str, int | None]:
        return {each["criterion"]: each["points"] for each in scores}


class ManyProposalsSerializer(serializers.Serializer[object]):
    """The proposals that were made, or went into the plan."""

    count = serializers.IntegerField()
    rows = ProposalSerializer(many=True)


class ProgramRoomSerializer(serializers.Serializer[object]):
    program = serializers.CharField()
    ceiling = serializers.IntegerField(allow_null=True, help_text="Đồng; null where none is set.")
    taken = serializers.IntegerField(help_text="Đồng, of what is selected or in the plan.")
    left = serializers.IntegerField(allow_null=True, help_text="ceiling - taken.")


class RoomSerializer(serializers.Serializer[object]):
    """How much of a year's ceiling the selected proposals take, whoever asks."""

    fiscal_year = serializers.CharField()
    ceiling = serializers.IntegerField(allow_null=True, help_text="Đồng; null where none is set.")
    taken = serializers.IntegerField(help_text="Đồng, of what is selected or in the plan.")
    left = serializers.IntegerField(allow_null=True, help_text="ceiling - taken.")
    programs = ProgramRoomSerializer(many=True, help_text="The same of each programme.")


class CeilingsSerializer(serializers.Serializer[object]):
    rows = RoomSerializer(many=True)


class ProposalFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    state = filters.Choices("state", ProposalState.values)
    estimate_min = filters.Whole("estimate", "gte")
    estimate_max = filters.Whole("estimate", "lte")
    quarter = filters.Choices("quarter", ("1", "2", "3", "4"))
    activity = filters.Codes("activity__code", Activity)
    carried_from = filters.Codes("carried_from__code", Activity)
    decided_by = filters.Codes("decided_by__username", User, slug="username")
    plan_version = filters.Whole("plan_version")
    village = InVillage()
    search = filters.Search()


def _as_json(room: proposals.Ceiling) -> dict[str, int | None]:
    return {"ceiling": room.ceiling, "taken": room.taken, "left": room.left}


class Proposals(RecordViewSet):
    """Activities proposed for a fiscal year, and what the board made of them."""

    queryset = Proposal.objects.select_related(
        "fiscal_year",
        "program",
        "commune",
        "village",
        "activity",
        "carried_from",
        "plan_version",
        "decided_by",
    ).prefetch_related("scores__criterion", "fiscal_year__criteria")
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilters
    records = proposals.proposals
    ordering_fields = ("title", "fiscal_year", "program", "commune", "estimate", "quarter", "state")
    ordering_map: ClassVar[dict[str, str]] = {
        "title": "sort_key",
        "fiscal_year": "fiscal_year__start",
        "program": "program__order",
        "commune": "commune__sort_key",
    }
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "plan_selected": (PLAN_SELECTED,),
        "carry_over": (PROPOSE_ACTIVITY, DECIDE_PROPOSAL),
    }

    @act("select", permission=DECIDE_PROPOSAL)
    def select(self, row: Proposal, **fields: Any) -> Proposal:
        """Taken, within the ceilings of the year and the programme (409 beyond them); where the
        plan has an open draft it stands there at once (`drafted`), else `plan-selected` makes one.
        """
        return proposals.select(actor=person(self.request), proposal=row, **fields)

    @act("defer", permission=DECIDE_PROPOSAL, body=ReasonSerializer)
    def defer(self, row: Proposal, **fields: Any) -> Proposal:
        """Put off, with a reason."""
        return proposals.defer(actor=person(self.request), proposal=row, **fields)

    @act("refuse", permission=DECIDE_PROPOSAL, body=ReasonSerializer)
    def refuse(self, row: Proposal, **fields: Any) -> Proposal:
        """Not taken, with a reason."""
        return proposals.refuse(actor=person(self.request), proposal=row, **fields)

    @act("score", permission=DECIDE_PROPOSAL, body=PointsGivenSerializer)
    def score(self, row: Proposal, *, scores: Any, version: int | None = None) -> Proposal:
        """Give points for criteria of its year; those not named keep theirs."""
        points = scoring.by_id(row, scores)
        return scoring.score(
            actor=person(self.request), proposal=row, points=points, version=version
        )

    @extend_schema(responses=CeilingsSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def ceilings(self, request: Request) -> Response:
        """The ceiling of each fiscal year and what is left of it: of the whole area's proposals,
        because a ceiling seen in part would be none."""
        years = proposals.ceilings()
        by_program = proposals.program_ceilings(*(year for year, _room in years))
        rows = [
            {
                "fiscal_year": year.code,
                **_as_json(room),
                "programs": [
                    {"program": program.code, **_as_json(each)}
                    for program, each in by_program[year.pk].items()
                ],
            }
            for year, room in years
        ]
        return Response({"rows": rows})

    @extend_schema(
        request=PlanSelectedSerializer,
        responses={201: ManyProposalsSerializer},
        parameters=[IDEMPOTENCY_KEY],
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="plan-selected", url_name="plan-selected")
    def plan_selected(self, request: Request) -> Response:
        """The year's selected proposals become activities and lines of one new draft plan, which
        each of them names as `plan_version`; 409 where none is selected."""

        def effect() -> Response:
            fields = self.read_body(PlanSelectedSerializer)
            plan = drafting.plan_selected(actor=person(request), **fields)
            return self._many(list(plan.proposals.values_list("pk", flat=True)))

        return idempotently(request, effect)

    @extend_schema(
        request=CarryOverSerializer,
        responses={201: ManyProposalsSerializer},
        parameters=[IDEMPOTENCY_KEY],
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="carry-over", url_name="carry-over")
    def carry_over(self, request: Request) -> Response:
        """What was planned and not spent of these activities is proposed again, one proposal per
        commune; what is there already is not made twice."""

        def effect() -> Response:
            fields = self.read_body(CarryOverSerializer)
            made = proposals.carry_over(actor=person(request), **fields)
            return self._many([row.pk for row in made])

        return idempotently(request, effect)

    def _many(self, keys: list[int]) -> Response:
        rows = self.get_serializer(self.get_queryset().filter(pk__in=keys), many=True).data
        return Response({"count": len(rows), "rows": rows}, status.HTTP_201_CREATED)


@with_examples({"fiscal_year": "2024", "name": "Chi phí hợp lý", "weight": 1})
class CriterionSerializer(ResourceSerializer):
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    weight = WholeNumberField(required=False, min_value=1, max_value=MOST_WEIGHT)

    class Meta:
        model = Criterion
        fields = ["id", "fiscal_year", "name", "weight", "order", "version"]


class CriterionFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear, label=gettext_lazy("Fiscal year"))
    search = filters.Search()


class Criteria(RemovableRecordViewSet, RecordViewSet):
    """What the proposals of a fiscal year are judged by, with their weight."""

    queryset = Criterion.objects.select_related("fiscal_year")
    serializer_class = CriterionSerializer
    filterset_class = CriterionFilters
    records = scoring.criteria
    ordering_fields = ("fiscal_year", "order", "name", "weight")
    ordering_map: ClassVar[dict[str, str]] = {
        "fiscal_year": "fiscal_year__start",
        "name": "sort_key",
    }
