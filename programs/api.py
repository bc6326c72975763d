"""`/api/v1/fiscal-years/`, `/programs/` and `/activities/`."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.requests import person
from accounts.roles import CLOSE_PERIOD, MANAGE_SETTINGS
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet
from core.api.serializers import (
    CodeField,
    MoneyField,
    ReasonSerializer,
    ResourceSerializer,
    TextField,
    WholeNumberField,
    cached_in_context,
)
from core.api.viewsets import Changeable, Resource, act
from core.lists import filters
from core.values.money import MAX_AMOUNT
from core.values.text import names_in
from programs.models import Activity, FiscalYear, Fund, Program, YearState
from programs.settings.activities import activities
from programs.years import closing
from programs.years import settings as year_settings
from programs.years.settings import HIGHEST_PERCENT, LONGEST_TITLE, MOST_SIGNERS


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "type": "integer",
            "nullable": True,
            "minimum": 1,
            "maximum": MAX_AMOUNT,
        },
    }
)
class CeilingsField(serializers.DictField):
    """The ceilings of a year's plan by programme; of those the reader is assigned to."""

    child = MoneyField(allow_null=True)

    def to_internal_value(self, data: dict[str, object]) -> dict[str, object]:
        return {year_settings.CEILINGS: super().to_internal_value(data)}

    def to_representation(self, value: Any) -> dict[str, int]:
        mine = cached_in_context(self, ("programs", "ceilings"), self._mine)
        found = year_settings.ceilings_of(value)
        return {code: amount for code, amount in found.items() if code in mine}

    def _mine(self) -> set[str]:
        programs = Program.objects.visible_to(self.context["request"].user)
        return set(programs.values_list("code", flat=True))


@with_examples({"ceilings": {"GBV": 3_000_000_000}, "variance_low": 80})
class FiscalYearSerializer(ResourceSerializer):
    ceiling = MoneyField(required=False, allow_null=True, help_text="Đồng; null: none.")
    variance_low = WholeNumberField(
        required=False, min_value=0, max_value=HIGHEST_PERCENT - 1, help_text="Explain below (%)."
    )
    variance_high = WholeNumberField(
        required=False, min_value=1, max_value=HIGHEST_PERCENT, help_text="Explain above (%)."
    )
    ceilings = CeilingsField(
        source="*",
        required=False,
        help_text="Of programmes by code, đồng: those that are sent are set, null: none.",
    )
    signers = serializers.ListField(
        source="who_signs",
        child=TextField(max_length=LONGEST_TITLE),
        required=False,
        max_length=MOST_SIGNERS,
        help_text="Titles under a list for approval, from left to right; []: the usual ones.",
    )
    closed_months = serializers.SerializerMethodField(help_text="Months closed in every area.")

    class Meta:
        model = FiscalYear
        fields = names_in(
            "id code start end state ceiling ceilings variance_low variance_high signers "
            "illustrative closed_months version"
        )
        read_only_fields = ["code", "start", "end", "state"]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_closed_months(self, year: FiscalYear) -> list[str]:
        months: dict[str, bool] = {}
        for period in year.periods.all():
            months[period.key] = months.get(period.key, True) and period.is_closed
        return sorted(key for key, closed in months.items() if closed)


class FiscalYearFilters(filters.Filters):
    code = filters.Codes("code", FiscalYear)
    state = filters.Choices("state", YearState.values)
    on = filters.Day("start", method="year_on", help_text="The year a day lies in.")
    start_from = filters.Day("start", "gte")
    start_to = filters.Day("start", "lte")
    end_from = filters.Day("end", "gte")
    end_to = filters.Day("end", "lte")
    ceiling_min = filters.Whole("ceiling", "gte")
    ceiling_max = filters.Whole("ceiling", "lte")
    illustrative = filters.YesNo("illustrative")
    search = filters.Search("code")

    def year_on(self, rows: QuerySet[FiscalYear], _name: str, day: date) -> QuerySet[FiscalYear]:
        return rows.filter(start__lte=day, end__gte=day)


class FiscalYears(Changeable, Resource):
    """Fiscal years: 2023 is 2022-07-01 to 2023-06-30. Their settings can be changed, and they are
    closed and reopened."""

    queryset = FiscalYear.objects.prefetch_related("periods", "program_ceilings__program")
    serializer_class = FiscalYearSerializer
    filterset_class = FiscalYearFilters
    ordering_fields = ("code", "start")
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {"partial_update": MANAGE_SETTINGS}

    def perform_update(self, row: FiscalYear, version: int, fields: dict[str, Any]) -> FiscalYear:
        if "who_signs" in fields:
            fields["signers"] = fields.pop("who_signs")
        return year_settings.change(
            actor=person(self.request), fiscal_year=row, version=version, **fields
        )

    @act("close", permission=CLOSE_PERIOD)
    def close(self, row: FiscalYear, *, version: int | None = None) -> FiscalYear:
        """Close a year all of whose months are closed."""
        return closing.close_year(actor=person(self.request), fiscal_year=row, version=version)

    @act("reopen", permission=CLOSE_PERIOD, body=ReasonSerializer)
    def reopen(self, row: FiscalYear, *, version: int | None = None, reason: str) -> FiscalYear:
        """Open a closed year again, with a reason; its months stay closed."""
        actor = person(self.request)
        return closing.reopen_year(actor=actor, fiscal_year=row, reason=reason, version=version)


class ProgramSerializer(ResourceSerializer):
    class Meta:
        model = Program
        fields = ["id", "code", "name", "name_en", "order", "version"]
        read_only_fields = fields


class ProgramFilters(filters.Filters):
    code = filters.Codes("code", Program)
    search = filters.Search()


class Programs(Resource):
    """The programmes the user is assigned to."""

    queryset = Program.objects.all()
    serializer_class = ProgramSerializer
    filterset_class = ProgramFilters
    ordering_fields = ("code", "name", "order")
    ordering_map: ClassVar[dict[str, str]] = {"name": "sort_key"}


class FundSerializer(ResourceSerializer):
    class Meta:
        model = Fund
        fields = ["id", "code", "name", "version"]
        read_only_fields = fields


class FundFilters(filters.Filters):
    code = filters.Codes("code", Fund)
    search = filters.Search()


class Funds(Resource):
    """Funding sources."""

    queryset = Fund.objects.all()
    serializer_class = FundSerializer
    filterset_class = FundFilters
    ordering_fields = ("code", "name")
    ordering_map: ClassVar[dict[str, str]] = {"name": "sort_key"}


@extend_schema_field(
    {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]*$", "minLength": 1, "maxLength": 40}
)
class NewCodeField(TextField):
    """The code of a record that people name; small letters are read as capitals. It never changes.

    The model's rule refuses what it may not have, in the words of every door.
    """


@with_examples({"code": "GBV-21", "title": "Diễn đàn trẻ em gái", "program": "GBV"})
class ActivitySerializer(ResourceSerializer):
    code = NewCodeField(max_length=40, help_text="It stays as it is once made.")
    program = CodeField(queryset=Program.objects.all())

    fixed = ("code",)

    class Meta:
        model = Activity
        fields = ["id", "code", "title", "program", "unit", "version"]


class ActivityFilters(filters.Filters):
    code = filters.Codes("code", Activity)
    program = filters.Codes("program__code", Program)
    search = filters.Search()


class Activities(RecordViewSet):
    """Activities of the programmes the user is assigned to. One that is nearly like another is
    said in `warnings`."""

    records = activities
    queryset = Activity.objects.select_related("program")
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilters
    ordering_fields = ("code", "title", "program")
    ordering_map: ClassVar[dict[str, str]] = {"program": "program__order"}
