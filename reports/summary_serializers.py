"""The shapes of the summaries, for the API's schema (contract, DESIGN section 5)."""

from rest_framework import serializers

from core.api.examples import with_examples

FIGURES = {
    "planned": 7_420_000_000,
    "disbursed": 8_904_000_000,
    "pending": 0,
    "balance": -1_484_000_000,
    "rate": "120.0",
    "planned_to_date": 7_420_000_000,
    "rate_to_date": "120.0",
}


class FiguresSerializer(serializers.Serializer[object]):
    """Plan against actual."""

    planned = serializers.IntegerField(
        allow_null=True, help_text="Đồng; null where the plan, made by quarter, cannot be cut so."
    )
    disbursed = serializers.IntegerField(help_text="Đồng posted, reversals taken off.")
    pending = serializers.IntegerField(help_text="Đồng that wait for approval.")
    balance = serializers.IntegerField(
        allow_null=True, help_text="planned - disbursed; negative when over the plan."
    )
    rate = serializers.CharField(
        allow_null=True, help_text='Per cent with one decimal, such as "120.0".'
    )
    planned_to_date = serializers.IntegerField(
        allow_null=True, help_text="Đồng, of the quarters completed by as_of."
    )
    rate_to_date = serializers.CharField(allow_null=True)


class KeySerializer(serializers.Serializer[object]):
    """The cuts asked for; the others are absent."""

    fiscal_year = serializers.CharField(required=False, help_text="By from/to and quarter.")
    program = serializers.CharField(required=False)
    program_name = serializers.CharField(required=False)
    commune = serializers.CharField(required=False)
    commune_name = serializers.CharField(required=False)
    commune_valid_from = serializers.DateField(
        required=False, help_text="With the code it identifies the unit."
    )
    activity = serializers.CharField(required=False, allow_null=True)
    activity_name = serializers.CharField(required=False, allow_null=True)
    quarter = serializers.IntegerField(required=False, help_text="1-4 of the fiscal year.")
    month = serializers.CharField(required=False, help_text="YYYY-MM")


class SummaryRowSerializer(KeySerializer, FiguresSerializer):
    fund = serializers.CharField(required=False)
    fund_name = serializers.CharField(required=False)


def codes(words: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=words)


class QuestionSerializer(serializers.Serializer[object]):
    """What every answer was asked."""

    # "from" is a word of Python's own
    locals()["from"] = serializers.DateField()
    to = serializers.DateField()
    as_of = serializers.DateField()
    program = codes("Of the programmes asked for; none: all.")
    commune = codes("Of the communes asked for; none: all.")
    commune_valid_from = serializers.ListField(
        child=serializers.DateField(), help_text="Of each of `commune`; the two identify a unit."
    )
    activity = codes("Of the activities asked for; none: all.")
    units = serializers.ChoiceField(["old", "new"])
    warnings = codes("What to read it with, in the reader's language.")


class HeadSerializer(QuestionSerializer):
    fiscal_year = serializers.CharField(allow_null=True, help_text="Null by from/to.")
    by = codes("The cuts asked for.")


class UsedPlanSerializer(serializers.Serializer[object]):
    programs = serializers.ListField(child=serializers.CharField())
    number = serializers.IntegerField()
    approved_on = serializers.DateField()
    decision_no = serializers.CharField(allow_blank=True)


@with_examples(
    answer={
        "fiscal_year": "2023",
        "from": "2022-07-01",
        "to": "2023-06-30",
        "as_of": "2023-06-30",
        "by": ["program"],
        **{key: [] for key in ("program", "commune", "commune_valid_from", "activity", "fund")},
        "units": "old",
        "warnings": [],
        "known_at": None,
        "plan": "current",
        "plan_versions": [],
        "currency": "VND",
        "total": FIGURES,
        "rows": [{"program": "GBV", "program_name": "Phòng, chống bạo lực giới", **FIGURES}],
    }
)
class SummarySerializer(HeadSerializer):
    fund = codes("Of the funding sources asked for; none: all.")
    known_at = serializers.DateTimeField(allow_null=True, help_text="As the ledger stood then.")
    plan = serializers.CharField(help_text="`current`, `original`, or the version's number.")
    plan_versions = UsedPlanSerializer(
        many=True, help_text="The approved versions that the answer used, by programmes."
    )
    currency = serializers.ChoiceField(["VND"])
    total = FiguresSerializer()
    rows = SummaryRowSerializer(many=True)


class CountsSerializer(serializers.Serializer[object]):
    """Classes and participations; parts that are not known count as 0."""

    trainings = serializers.IntegerField()
    participants = serializers.IntegerField()
    female = serializers.IntegerField()
    male = serializers.IntegerField()
    under_16 = serializers.IntegerField()
    age_16_24 = serializers.IntegerField()
    over_24 = serializers.IntegerField()
    ethnic_minority = serializers.IntegerField()
    disability = serializers.IntegerField()
    poor_household = serializers.IntegerField()


class TrainingRowSerializer(KeySerializer, CountsSerializer):
    topic = serializers.CharField(required=False)
    topic_name = serializers.CharField(required=False)


class TrainingSummarySerializer(HeadSerializer):
    topic = codes("Of the topics asked for; none: all.")
    total = CountsSerializer()
    rows = TrainingRowSerializer(many=True)
