"""A plan beside the version before, as the API answers it."""

from typing import Any

from rest_framework import serializers

from disbursements.plans.comparison import Compared
from disbursements.plans.review import ProgramRow, Review
from disbursements.plans.vanishing import Vanishing

KINDS = ("new", "removed", "changed", "same")


class VanishingSerializer(serializers.Serializer[object]):
    count = serializers.IntegerField()
    sum = serializers.IntegerField(help_text="Đồng.")


class AgainstProgramSerializer(serializers.Serializer[object]):
    """A programme's plan, đồng of the year."""

    program = serializers.CharField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    spent = serializers.IntegerField()
    ceiling = serializers.IntegerField(allow_null=True, help_text="Null where none is set.")
    vanishing = VanishingSerializer(help_text="Its lines with money that are gone.")


class AgainstLineSerializer(serializers.Serializer[object]):
    """A line that differs, đồng of the year."""

    activity = serializers.CharField()
    program = serializers.CharField()
    commune = serializers.CharField()
    commune_valid_from = serializers.DateField()
    fund = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    spent = serializers.IntegerField()


class AgainstSerializer(serializers.Serializer[object]):
    """What whoever approves sees."""

    number = serializers.IntegerField(allow_null=True, help_text="Of the version before.")
    outdated = serializers.BooleanField(help_text="Its lines changed since it was drafted.")
    closed_quarters = serializers.ListField(child=serializers.IntegerField())
    vanishing = VanishingSerializer()
    programs = AgainstProgramSerializer(many=True)
    lines = AgainstLineSerializer(many=True)


def against_of(review: Review) -> dict[str, object]:
    """A review as JSON."""
    return {
        "number": review.before.number if review.before else None,
        "outdated": bool(review.outdated),
        "closed_quarters": review.closed_quarters,
        "vanishing": _vanishing(review.vanishing),
        "programs": [_program(each) for each in review.programs],
        "lines": [_line(row) for row in review.changed],
    }


def _vanishing(found: Vanishing) -> dict[str, int]:
    return {"count": found.count, "sum": found.sum}


def _program(each: ProgramRow) -> dict[str, Any]:
    return {
        "program": each.program.code,
        "before": each.before,
        "after": each.after,
        "spent": each.spent,
        "ceiling": each.ceiling,
        "vanishing": _vanishing(each.vanishing),
    }


def _line(row: Compared) -> dict[str, Any]:
    return {
        "activity": row.line.activity.code,
        "program": row.line.program.code,
        "commune": row.line.commune.code,
        "commune_valid_from": row.line.commune.valid_from.isoformat(),
        "fund": row.line.fund.code,
        "kind": row.kind,
        "before": sum(row.before.values()),
        "after": sum(row.after.values()),
        "spent": row.spent,
    }
