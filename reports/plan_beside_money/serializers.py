"""The shape of `/api/v1/plan-beside-money/`, for the API's schema."""

from rest_framework import serializers

from core.api.examples import with_examples
from monitoring.models.variance import Cause
from reports.summary_serializers import (
    FIGURES,
    FiguresSerializer,
    QuestionSerializer,
    SummaryRowSerializer,
    codes,
)

GBV = "Phòng, chống bạo lực giới"


class QuarterFiguresSerializer(FiguresSerializer):
    quarter = serializers.IntegerField(help_text="1-4 of the fiscal year.")


class YearBeforeSerializer(serializers.Serializer[object]):
    """The same cells of the year before."""

    fiscal_year = serializers.CharField()
    as_of = serializers.DateField(help_text="The same day of that year.")
    total = FiguresSerializer()
    programs = SummaryRowSerializer(many=True)
    communes = SummaryRowSerializer(many=True)
    activities = SummaryRowSerializer(many=True)


class UnexplainedSerializer(serializers.Serializer[object]):
    """What lies outside the limits of the current plan at a quarter's end."""

    quarter = serializers.IntegerField()
    program = serializers.CharField()
    commune = serializers.CharField(allow_null=True, help_text="Null of an activity.")
    activity = serializers.CharField(allow_null=True, help_text="Null of a commune.")
    planned_to_date = serializers.IntegerField(help_text="Đồng, of the quarters up to this one.")
    disbursed = serializers.IntegerField(help_text="Đồng posted up to the quarter's end.")
    balance = serializers.IntegerField(help_text="planned_to_date - disbursed.")
    rate_to_date = serializers.CharField(allow_null=True, help_text="Null without a plan.")


class ExplanationSerializer(UnexplainedSerializer):
    """What was said, with the figures it was said about."""

    cause = serializers.ChoiceField(choices=Cause.choices)
    explanation = serializers.CharField()
    decision = serializers.CharField(allow_blank=True, help_text="That allowed it.")
    plan_version = serializers.IntegerField(
        allow_null=True, help_text="The plan that took it up: its id; null: none you see."
    )
    explained_by = serializers.CharField(allow_blank=True)
    explained_at = serializers.DateTimeField(allow_null=True)


class ForecastSerializer(serializers.Serializer[object]):
    """A forecast, no fact: (spent + committed) × 100 / usual_share (docs/forecast.md)."""

    program = serializers.CharField(allow_null=True)
    commune = serializers.CharField(allow_null=True, help_text="Null: the whole programme.")
    planned = serializers.IntegerField(help_text="Đồng, of the whole year.")
    spent = serializers.IntegerField(help_text="Đồng posted.")
    committed = serializers.IntegerField(help_text="Đồng that wait for approval.")
    usual_share = serializers.CharField(
        help_text="Per cent of a year's money that is usually out by this day."
    )
    usual_of_years = codes("The years that say so; none: the plan's own course.")
    expected = serializers.IntegerField(help_text="Đồng by the year's end.")
    rate = serializers.CharField(allow_null=True, help_text="Expected, per cent of planned.")
    ends = serializers.ChoiceField(
        ["under", "within", "over"], help_text="Where, by the year's limits."
    )


class SeenSerializer(serializers.Serializer[object]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    date = serializers.DateField()
    state = serializers.CharField()


class ClassSerializer(serializers.Serializer[object]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    date = serializers.DateField()
    topic = serializers.CharField()


class BesideVoucherSerializer(serializers.Serializer[object]):
    id = serializers.IntegerField()
    number = serializers.IntegerField(allow_null=True)
    date = serializers.DateField()
    amount = serializers.IntegerField(help_text="Đồng; a reversal's is negative.")
    activity = serializers.CharField()
    commune = serializers.CharField()
    voucher_no = serializers.CharField(allow_blank=True)
    payee = serializers.CharField(allow_blank=True)


@with_examples(
    answer={
        "fiscal_year": "2023",
        "quarter": 2,
        "from": "2022-10-01",
        "to": "2022-12-31",
        "as_of": "2023-06-30",
        "program": ["GBV"],
        "commune": [],
        "commune_valid_from": [],
        "activity": [],
        "units": "old",
        "plan": "current",
        "currency": "VND",
        "total": FIGURES,
        "quarters": [{"quarter": 2, **FIGURES}],
        "programs": [{"program": "GBV", "program_name": GBV, **FIGURES}],
        "before": {
            "fiscal_year": "2022",
            "as_of": "2022-06-30",
            "total": FIGURES,
            "programs": [{"program": "GBV", "program_name": GBV, **FIGURES}],
            "communes": [],
            "activities": [],
        },
        **{
            name: []
            for name in (
                *("communes", "activities", "explanations", "unexplained", "forecast"),
                *("difficulties", "visits", "classes", "vouchers", "warnings"),
            )
        },
    }
)
class BesideSerializer(QuestionSerializer):
    fiscal_year = serializers.CharField()
    quarter = serializers.IntegerField(allow_null=True, help_text="Null: the whole year.")
    plan = serializers.CharField(help_text="`current`, `original`, or the version's number.")
    currency = serializers.ChoiceField(["VND"])
    total = FiguresSerializer()
    quarters = QuarterFiguresSerializer(many=True)
    programs = SummaryRowSerializer(many=True)
    communes = SummaryRowSerializer(many=True)
    activities = SummaryRowSerializer(many=True)
    before = YearBeforeSerializer(
        allow_null=True, help_text="Null: the ledger has nothing of the year before."
    )
    explanations = ExplanationSerializer(many=True)
    unexplained = UnexplainedSerializer(many=True)
    forecast = ForecastSerializer(
        many=True, help_text="None where the year is over or has hardly begun."
    )
    difficulties = SeenSerializer(many=True)
    visits = SeenSerializer(many=True)
    classes = ClassSerializer(many=True)
    vouchers = BesideVoucherSerializer(many=True)
