"""`/api/v1/variances/`: what lies outside the limits at a quarter's end, and what was said."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import person
from accounts.roles import EXPLAIN_VARIANCE, VIEW
from core.api.base import refuse_parameters
from core.api.bulk import MOST_ACTED, rows_refused
from core.api.examples import with_examples
from core.api.problems import coded_detail
from core.api.serializers import (
    MAX_VERSION,
    CodeField,
    KeyField,
    OneOfField,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from core.api.viewsets import EVERYWHERE, IDEMPOTENCY_KEY, Conditional, idempotently
from core.services.request_cache import read_once
from core.values.said import coded
from core.values.text import is_digits
from disbursements.models import PlanVersion
from monitoring.models.variance import Cause
from monitoring.variance import services as variance
from monitoring.variance.services import QUARTERS, Variance, explain_all
from programs.models import FiscalYear


class QuarterField(serializers.IntegerField):
    """1 to 4, in digits 0–9."""

    def to_internal_value(self, data: Any) -> int:
        if not is_digits(str(data)):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class AskedSerializer(serializers.Serializer[object]):
    """What is asked: a year, and a quarter of it that is over."""

    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    quarter = QuarterField(required=False, min_value=1, max_value=len(QUARTERS))
    plan = serializers.CharField(required=False, default=variance.CURRENT)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["plan"] not in variance.plans_of(attrs["fiscal_year"]):
            text = _("There is no approved plan version %(number)s in this year.")
            text %= {"number": attrs["plan"][:40]}
            raise serializers.ValidationError({"plan": coded_detail(text, "does_not_exist")})
        return attrs


class VarianceSerializer(serializers.Serializer[object]):
    """A programme in a commune, or an activity, outside the limits."""

    program = serializers.CharField()
    program_name = serializers.CharField()
    commune = serializers.CharField(allow_null=True, help_text="Null of an activity.")
    commune_name = serializers.CharField(allow_null=True)
    commune_valid_from = serializers.DateField(
        allow_null=True, help_text="With the code it identifies the unit."
    )
    activity = serializers.CharField(allow_null=True, help_text="Null of a commune.")
    activity_title = serializers.CharField(allow_null=True)
    planned_to_date = serializers.IntegerField(help_text="Đồng, of the quarters up to this one.")
    disbursed = serializers.IntegerField(help_text="Đồng posted up to the quarter's end.")
    difference = serializers.IntegerField(help_text="disbursed - planned_to_date.")
    rate_to_date = serializers.CharField(allow_null=True, help_text="Null without a plan.")
    cause = serializers.ChoiceField(
        choices=Cause.choices, allow_null=True, help_text="Null: nobody has said why."
    )
    explanation = serializers.CharField(allow_null=True, help_text="Null: nobody has said why.")
    decision = serializers.CharField(allow_null=True, help_text="That allowed it.")
    plan_version = serializers.IntegerField(
        allow_null=True, help_text="The plan that took it up: its id."
    )
    version = serializers.IntegerField(
        allow_null=True, help_text="Of the explanation; send it back to say it anew."
    )


class VariancesSerializer(serializers.Serializer[object]):
    fiscal_year = serializers.CharField()
    quarter = serializers.IntegerField(allow_null=True, help_text="Null: none is over yet.")
    as_of = serializers.DateField(allow_null=True, help_text="The last day of the quarter.")
    plan = serializers.CharField(help_text="`current`, `original`, or the version's number.")
    low = serializers.IntegerField(help_text="Per cent of the plan to date; below: a variance.")
    high = serializers.IntegerField(help_text="Per cent of the plan to date; above: a variance.")
    unexplained = serializers.IntegerField(help_text="How many rows have no explanation.")
    rows = VarianceSerializer(many=True)


class Variances(Conditional, APIView):
    """What asks for an explanation at the end of a quarter, explained or not.

    Figures are cumulative from the year's first day and compare with the plan to date: the current
    one, or any other version. What was said was said of the plan in force then.
    """

    permission = VIEW

    @extend_schema(
        parameters=[
            OpenApiParameter("fiscal_year", str, required=True, description="Code, e.g. 2023."),
            OpenApiParameter(
                "quarter", int, enum=QUARTERS, description="Default: the last that is over."
            ),
            OpenApiParameter(
                "plan",
                str,
                description="`current` (default), `original`, or the number of an approved plan.",
                pattern=r"^(current|original|[1-9][0-9]{0,2})$",
            ),
        ],
        responses=VariancesSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = _read(request)
        year: FiscalYear = asked["fiscal_year"]
        ended = variance.ended_quarters(year)
        quarter = asked.get("quarter") or (ended[-1] if ended else None)
        plan, user = asked["plan"], person(request)
        found = variance.variances(user, year, quarter, plan) if quarter in ended else []
        return Response(
            {
                "fiscal_year": year.code,
                "quarter": quarter,
                "as_of": year.quarter_end(quarter) if quarter else None,
                "plan": plan,
                "low": year.variance_low,
                "high": year.variance_high,
                "unexplained": sum(item.note is None for item in found),
                "rows": [_row(item) for item in found],
            }
        )


class AboutSerializer(StrictSerializer):
    """Which variance: a programme in a commune, or an activity."""

    program = TextField(max_length=40, help_text="Code, as `variances` names it.")
    commune = TextField(max_length=40, required=False, allow_null=True, help_text="Code.")
    activity = TextField(max_length=40, required=False, allow_null=True, help_text="Code.")
    version = WholeNumberField(
        min_value=1, max_value=MAX_VERSION, required=False, allow_null=True,
        help_text="Of what was said before, to say it anew; stale: 409.",
    )  # fmt: skip


@with_examples(
    {
        "fiscal_year": "2023",
        "quarter": 4,
        "about": [{"program": "GBV", "commune": "03577"}],
        "cause": "timing",
        "text": "Lớp tập huấn lùi sang quý sau",
        "decision": "12/QĐ-BĐH",
    }
)
class ExplanationSerializer(StrictSerializer):
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    quarter = WholeNumberField(min_value=1, max_value=len(QUARTERS))
    about = serializers.ListField(
        child=AboutSerializer(), min_length=1, max_length=MOST_ACTED, help_text="All, or none."
    )
    cause = OneOfField(
        choices=Cause.choices, required=False, default=Cause.OTHER, help_text="`text` describes it."
    )
    text = TextField(max_length=4000, help_text="Why.")
    decision = TextField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="That allowed it.",
    )
    plan_version = KeyField(
        queryset=PlanVersion.objects.approved(),
        required=False,
        allow_null=True,
        default=None,
        help_text="Id of the approved plan of that year that took it up.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        plan = attrs["plan_version"]
        if plan is not None and plan.fiscal_year_id != attrs["fiscal_year"].pk:
            raise serializers.ValidationError(
                {"plan_version": [coded("other_year", _("This plan is of another fiscal year."))]}
            )
        return attrs


class ExplainedSerializer(serializers.Serializer[object]):
    count = serializers.IntegerField()
    rows = VarianceSerializer(many=True)


class Explain(Conditional, APIView):
    """Say why variances came about, with one text for all that are named; or say it anew."""

    permission = EXPLAIN_VARIANCE

    @extend_schema(
        request=ExplanationSerializer,
        responses=ExplainedSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        refuse_parameters(request)
        context = {"request": request}
        body = ExplanationSerializer(data=request.data, context=context)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        return idempotently(request, lambda: _explained(person(request), **said))


def _explained(
    actor: User, *, fiscal_year: FiscalYear, quarter: int, about: list[dict[str, Any]], **said: Any
) -> Response:
    """All are explained, or none: a refusal names the rows that are no variance."""
    ended = quarter in variance.ended_quarters(fiscal_year)
    found = variance.variances(actor, fiscal_year, quarter) if ended else []
    items = {_subject(item): item for item in found}
    named = [items.get((a["program"], a.get("commune"), a.get("activity"))) for a in about]
    told = _("Nothing here lies outside the limits at the end of that quarter.")
    wrong = {n: {"program": [told]} for n, item in enumerate(named) if item is None}
    again = {n: {"program": [_("Give it once.")]} for n, i in enumerate(named) if i in named[:n]}
    wrong = {**again, **wrong}
    if wrong:
        raise rows_refused(wrong)
    chosen = [item for item in named if item is not None]
    versions = [a.get("version") for a in about]
    with read_once():  # each explanation looks its variance up
        explain_all(actor=actor, items=chosen, versions=versions, **said)
    now = {_subject(i): i for i in variance.variances(actor, fiscal_year, quarter)}
    rows = [_row(now[_subject(item)]) for item in chosen]
    return Response({"count": len(rows), "rows": rows})


def _subject(item: Variance) -> tuple[str, str | None, str | None]:
    """How a body names a variance."""
    commune, activity = item.commune, item.activity
    return (
        item.program.code,
        commune.code if commune else None,
        activity.code if activity else None,
    )


def _read(request: Request) -> dict[str, Any]:
    refuse_parameters(request, AskedSerializer().fields)
    given = {n: text for n, text in request.query_params.items() if n not in EVERYWHERE}
    asked = AskedSerializer(data=given)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _row(item: Variance) -> dict[str, Any]:
    return {
        "program": item.program.code,
        "program_name": item.program.name,
        "commune": item.commune.code if item.commune else None,
        "commune_name": item.commune.name if item.commune else None,
        "commune_valid_from": item.commune and item.commune.valid_from.isoformat(),
        "activity": item.activity.code if item.activity else None,
        "activity_title": item.activity.title if item.activity else None,
        "planned_to_date": item.planned,
        "disbursed": item.disbursed,
        "difference": item.disbursed - item.planned,
        "rate_to_date": None if item.rate is None else f"{item.rate:.1f}",
        "cause": item.note.cause if item.note else None,
        "explanation": item.note.text if item.note else None,
        "decision": item.note.decision if item.note else None,
        "plan_version": item.note.plan_version_id if item.note else None,
        "version": item.note.version if item.note else None,
    }
