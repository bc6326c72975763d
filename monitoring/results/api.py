"""`/api/v1/indicators/`, `/indicator-targets/` and `/indicator-actuals/`: the results framework."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from communes.api import PlacedSerializer, UnitField
from communes.models import Commune
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet, RemovableRecordViewSet
from core.api.serializers import CodeField, ResourceSerializer
from core.lists import filters
from monitoring.models import Actual, Indicator, Target
from monitoring.models.indicators import Counted
from monitoring.results import services as indicators
from monitoring.reviews.api import NumberField
from programs.models import FiscalYear, Program


@extend_schema_field({"type": "number", "minimum": -999_999_999_999, "maximum": 999_999_999_999})
class FigureField(NumberField):
    """What an indicator measures: up to 12 digits and 2 decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 14, **options})


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 999_999_999_999})
class ReachedField(FigureField):
    """A target or an actual: not below 0, which the model says."""


@with_examples({"code": "YEE-VL", "name": "Có việc làm", "program": "YEE", "unit": "người"})
class IndicatorSerializer(ResourceSerializer):
    program = CodeField(queryset=Program.objects.all())
    baseline = FigureField(required=False, allow_null=True)

    class Meta:
        model = Indicator
        fields = ["id", "code", "name", "program", "unit", "baseline", "counted", "version"]


class IndicatorFilters(filters.Filters):
    code = filters.Codes("code", Indicator)
    program = filters.Codes("program__code", Program)
    counted = filters.Choices("counted", Counted.values)
    baseline_min = filters.Whole("baseline", "gte")
    baseline_max = filters.Whole("baseline", "lte")
    search = filters.Search()


class Indicators(RecordViewSet):
    """Indicators of the programmes: unit, baseline, and whether the portal counts the actual."""

    queryset = Indicator.objects.select_related("program")
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilters
    records = indicators.indicators
    ordering_fields = ("code", "name", "program")
    ordering_map: ClassVar[dict[str, str]] = {"name": "sort_key", "program": "program__order"}


class FigureSerializer(PlacedSerializer):
    """A figure of an indicator for a fiscal year in a commune."""

    indicator = CodeField(queryset=Indicator.objects.all(), help_text="Code of the indicator.")
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    commune = UnitField()
    program: Any = serializers.CharField(source="indicator.program.code", read_only=True)
    value = ReachedField()


@with_examples({"indicator": "YEE-TT", "fiscal_year": "2023", "commune": "03577", "value": 1})
class TargetSerializer(FigureSerializer):
    class Meta:
        model = Target
        fields = ["id", "indicator", "program", "fiscal_year", "commune", "value", "version"]


@with_examples(
    {
        "indicator": "YEE-TT",
        "fiscal_year": "2023",
        "commune": "03577",
        "value": 1,
        "evidence": "Biên bản nghiệm thu",
    }
)
class ActualSerializer(FigureSerializer):
    class Meta:
        model = Actual
        fields = [*TargetSerializer.Meta.fields[:-1], "evidence", "version"]


class FigureFilters(filters.Filters):
    indicator = filters.Codes("indicator__code", Indicator)
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    program = filters.Codes("indicator__program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    value_min = filters.Whole("value", "gte")
    value_max = filters.Whole("value", "lte")
    search = filters.Search("indicator__search_key", "commune__search_key")


class Figures(RemovableRecordViewSet, RecordViewSet):
    """What targets and actuals have in common: one set by mistake can be deleted."""

    filterset_class = FigureFilters
    ordering_fields = ("indicator", "fiscal_year", "commune", "value")
    ordering_map: ClassVar[dict[str, str]] = {
        "indicator": "indicator__code",
        "fiscal_year": "fiscal_year__start",
        "commune": "commune__sort_key",
    }


class Targets(Figures):
    """What an indicator should reach in a fiscal year in a commune; one for each."""

    queryset = Target.objects.select_related("indicator__program", "fiscal_year", "commune")
    serializer_class = TargetSerializer
    records = indicators.targets


class Actuals(Figures):
    """What an indicator that the portal does not count reached, with the evidence."""

    queryset = Actual.objects.select_related("indicator__program", "fiscal_year", "commune")
    serializer_class = ActualSerializer
    records = indicators.actuals
