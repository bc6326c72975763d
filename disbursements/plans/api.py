"""`/api/v1/plan-versions/` and `/api/v1/plan-lines/`."""

from datetime import date
from typing import Any, ClassVar, Unpack, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.requests import person
from accounts.roles import APPROVE_PLAN, DRAFT_PLAN, LOAD_HISTORY, VIEW
from communes.api import PlacedSerializer, UnitField, unit_on
from communes.lookups import unknown_unit
from communes.models import Commune
from core.api.base import error_detail
from core.api.bulk import MOST, Bulk, RowErrors, rows_refused
from core.api.examples import with_examples
from core.api.serializers import (
    CodeField,
    CodesOfMany,
    DayField,
    KeyField,
    OneOfField,
    ReasonSerializer,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    VersionSerializer,
    WholeNumberField,
    WithReason,
    WithVersion,
    YesNoField,
    cached_in_context,
)
from core.api.viewsets import Changeable, Creatable, Removable, Resource, act
from core.lists import filters
from core.values.dates import QUARTERS
from core.values.said import coded
from core.values.text import names_in
from disbursements.drafts import services as discard
from disbursements.ledger import services as ledger
from disbursements.models import MAX_AMOUNT, ORIGINS, PlanLine, PlanState, PlanVersion
from disbursements.models.plans import PlanLineQuerySet, PlanVersionQuerySet
from disbursements.plans import drafts as open_drafts
from disbursements.plans import editing as plan_edit
from disbursements.plans import many as many_lines
from disbursements.plans import services as plans
from disbursements.plans.against import AgainstSerializer, against_of
from disbursements.plans.authority import authority_over_plan
from disbursements.plans.origins import PREFETCH, proposals_of
from disbursements.plans.review import Review
from programs.models import Activity, FiscalYear, Fund, Program


@with_examples({"fiscal_year": "2023", "programs": ["GBV"], "reason": "Bổ sung lớp của CLB"})
class PlanVersionSerializer(ResourceSerializer):
    fiscal_year = CodeField(queryset=FiscalYear.objects.all())
    title = serializers.CharField(read_only=True, help_text="Original, revision n, or its state.")
    programs = CodesOfMany(
        queryset=Program.objects.all(),
        many=True,
        required=False,
        help_text="For which it speaks: approval replaces their lines, and no others.",
    )
    based_on = KeyField(queryset=PlanVersion.objects.all(), required=False, allow_null=True)
    origin = serializers.ChoiceField(
        ORIGINS, read_only=True, help_text="`history`: loaded from before the portal."
    )
    planned = serializers.IntegerField(read_only=True, help_text="Đồng, within your scope.")
    joined_into = KeyField(read_only=True, allow_null=True)
    against = serializers.SerializerMethodField(
        help_text="Beside the version before, within your scope."
    )
    warnings = serializers.SerializerMethodField(
        help_text="What is doubtful, in your language; they never lock."
    )

    beside = ("against", "warnings")

    class Meta:
        model = PlanVersion
        fields = names_in(
            "id fiscal_year number title state programs based_on reason decision_no "
            "decision_date return_reason origin planned joined_into against version warnings"
        )
        read_only_fields = ["number", "state", "return_reason"]

    @extend_schema_field(AgainstSerializer())
    def get_against(self, plan: PlanVersion) -> dict[str, object]:
        return against_of(self._review(plan))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, plan: PlanVersion) -> list[str]:
        return [*plans.doubts(plan), *self._review(plan).warnings]

    def _review(self, plan: PlanVersion) -> Review:
        """One for both fields; a list has them only where they are asked for."""
        user = self.context["request"].user
        found: Review = cached_in_context(
            self, ("review", plan.pk, plan.version), lambda: Review(plan, user)
        )
        return found


class Submitting(WithVersion, total=False):
    confirm_vanishing: bool


class Approving(Submitting, total=False):
    decision_no: str
    decision_date: date | None
    together: list[PlanVersion]


@with_examples({"confirm_vanishing": True})
class SubmitSerializer(VersionSerializer):
    confirm_vanishing = YesNoField(
        required=False, help_text="False: ask (400) where lines with money vanish."
    )


@with_examples({"decision_no": "123/QĐ-UBND", "decision_date": "2023-06-30"})
class ApproveSerializer(VersionSerializer):
    decision_no = TextField(required=False, allow_blank=True, max_length=60)
    decision_date = DayField(required=False, allow_null=True)
    together = serializers.ListField(
        child=KeyField(queryset=PlanVersion.objects.all()),
        required=False,
        help_text="Other plans of the year that wait: approved with it as one version.",
    )
    confirm_vanishing = YesNoField(
        required=False, help_text="True: all lines with money that vanish may go (else 400)."
    )


@with_examples({"draft": 1})
class JoinSerializer(VersionSerializer):
    draft = KeyField(
        queryset=PlanVersion.objects.all(), help_text="The open draft that is taken into this one."
    )


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": MAX_AMOUNT})
class QuarterField(WholeNumberField):
    """The amount (đồng) of one quarter of a plan line."""

    def __init__(self, quarter: int) -> None:
        super().__init__(required=False, min_value=0, max_value=MAX_AMOUNT)
        self.quarter = quarter

    def get_attribute(self, row: PlanLine) -> int:
        return sum(a.amount for a in row.amounts.all() if a.quarter == self.quarter)


class StatedLineSerializer(StrictSerializer):
    """A line as a body states it: its amounts are all of its amounts."""

    activity = CodeField(queryset=Activity.objects.select_related("program"))
    commune = UnitField(help_text="Code of the unit as it stood when the fiscal year began.")
    fund = CodeField(
        queryset=Fund.objects.all(), required=False, help_text="Default: that of the line there."
    )
    title = TextField(required=False, max_length=500, help_text="Default: the activity's.")
    unit = TextField(required=False, allow_blank=True, max_length=200)
    note = TextField(required=False, allow_blank=True, max_length=500)
    q1 = QuarterField(1)
    q2 = QuarterField(2)
    q3 = QuarterField(3)
    q4 = QuarterField(4)


@with_examples(
    {"rows": [{"activity": "GBV-01", "commune": "03577", "q1": 1, "q2": 1}], "scope": "whole"}
)
class StatedLinesSerializer(VersionSerializer):
    rows = serializers.ListField(child=StatedLineSerializer(), min_length=1, max_length=MOST)
    scope = OneOfField(
        many_lines.SCOPES,
        required=False,
        help_text="`whole`: other lines of their programmes go; `changes`: none does.",
    )
    confirm_vanishing = YesNoField(required=False, help_text="True: those lines may go.")
    another_fund = YesNoField(
        required=False, help_text="True: lines may stand beside ones of another fund."
    )


def _stated(rows: list[dict[str, Any]], plan: PlanVersion) -> list[plans.Line]:
    """The lines that a body states. Refuses (400) those in units that there are not."""
    lines, errors = [], {}
    for index, fields in enumerate(rows):
        code = fields.pop("commune")
        unit = unit_on(code, plan.fiscal_year.start) if code.isprintable() else None
        if unit is None:
            errors[index] = {"commune": [coded("does_not_exist", unknown_unit(code))]}
            continue
        lines.append(_line({**fields, "commune": unit}, {}))
    if errors:
        raise rows_refused(errors)
    return lines


class PlanVersionFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear)
    state = filters.Choices("state", PlanState.values)
    number = filters.Whole("number")
    origin = filters.Choices("origin", ORIGINS)
    decision_date_from = filters.Day("decision_date", "gte")
    decision_date_to = filters.Day("decision_date", "lte")
    decision_no = filters.Codes("decision_no")
    based_on = filters.Whole("based_on")
    planned_min = filters.Whole("planned", "gte")
    planned_max = filters.Whole("planned", "lte")
    search = filters.Search(
        *("fiscal_year__code", "reason", "decision_no", "return_reason"),
        hint=gettext_lazy("Reason or decision number"),
    )


class PlanVersions(Creatable, Changeable, Removable, Resource):
    """Versions of a fiscal year's plan; the current one is the approved one of highest number."""

    queryset = PlanVersion.objects.select_related("fiscal_year", "based_on").prefetch_related(
        "programs"
    )
    serializer_class = PlanVersionSerializer
    filterset_class = PlanVersionFilters
    ordering_fields = ("fiscal_year", "number", "state", "planned")
    ordering_map: ClassVar[dict[str, str]] = {"fiscal_year": "fiscal_year__start"}
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "create": DRAFT_PLAN,
        "partial_update": DRAFT_PLAN,
        "destroy": (DRAFT_PLAN, LOAD_HISTORY),
    }

    def get_queryset(self) -> PlanVersionQuerySet:
        rows = cast(PlanVersionQuerySet, super().get_queryset())
        return rows.with_planned(person(self.request))

    def perform_create(self, fields: dict[str, Any]) -> PlanVersion:
        said: dict[str, Any] = {
            k: fields.pop(k) for k in ("decision_no", "decision_date") if k in fields
        }
        plan = plans.create_draft(actor=person(self.request), **fields)
        return self.perform_update(plan, plan.version, said) if said else plan

    def perform_update(self, row: PlanVersion, version: int, fields: dict[str, Any]) -> PlanVersion:
        fixed = [name for name in ("fiscal_year", "based_on") if name in fields]
        for name in fixed:
            if fields.pop(name) != getattr(row, name):
                raise serializers.ValidationError(
                    {name: [coded("fixed", _("It cannot be changed."))]}
                )
        if "programs" in fields and {*fields.pop("programs")} != {*row.programs.all()}:
            raise serializers.ValidationError(
                {"programs": [coded("fixed", _("It cannot be changed."))]}
            )
        return plan_edit.describe(actor=person(self.request), plan=row, version=version, **fields)

    def perform_destroy(self, row: PlanVersion, version: int | None) -> None:
        version = row.version if version is None else version
        discard.plan(actor=person(self.request), plan=row, version=version)

    @act("submit", permission=DRAFT_PLAN, body=SubmitSerializer)
    def submit(self, row: PlanVersion, **fields: Unpack[Submitting]) -> PlanVersion:
        """Draft or returned → waiting for approval. A revision needs a reason."""
        return plans.submit(actor=person(self.request), plan=row, **fields)

    @act("refresh", permission=DRAFT_PLAN)
    def refresh(self, row: PlanVersion, **fields: Unpack[WithVersion]) -> PlanVersion:
        """Put the draft on top of the version in force, where that has changed since it began."""
        return plan_edit.bring_up_to_date(actor=person(self.request), plan=row, **fields)

    # Who may approve is a matter of the plan, too: the right may be delegated.

    @act("approve", permission=VIEW, right=authority_over_plan, body=ApproveSerializer)
    def approve(self, row: PlanVersion, **fields: Unpack[Approving]) -> PlanVersion:
        """Waiting → approved, by somebody else than who submitted; gives the number."""
        fields["decision_no"] = fields.get("decision_no", "")
        fields.setdefault("confirm_vanishing", False)
        return plans.approve(actor=person(self.request), plan=row, **fields)

    @act("return", permission=VIEW, right=authority_over_plan, body=ReasonSerializer)
    def return_(self, row: PlanVersion, **fields: Unpack[WithReason]) -> PlanVersion:
        """Waiting → returned, with a reason."""
        return plans.return_(actor=person(self.request), plan=row, **fields)

    @act("withdraw", permission=DRAFT_PLAN)
    def withdraw(self, row: PlanVersion, **fields: Unpack[WithVersion]) -> PlanVersion:
        """Waiting → draft again, by who submitted it, or who takes over from who left."""
        return open_drafts.withdraw(actor=person(self.request), plan=row, **fields)

    @act("join", permission=DRAFT_PLAN, body=JoinSerializer)
    def join(self, row: PlanVersion, draft: PlanVersion, version: int | None = None) -> PlanVersion:
        """Take another open draft of the year into this one, which speaks for both from then on."""
        actor = person(self.request)
        return open_drafts.join(actor=actor, plan=row, draft=draft, version=version)

    @act("set-aside", permission=(DRAFT_PLAN, APPROVE_PLAN), body=ReasonSerializer)
    def set_aside(self, row: PlanVersion, **fields: Unpack[WithReason]) -> PlanVersion:
        """Draft or returned → set aside, with a reason; another's after 30 days untouched."""
        return open_drafts.set_aside(actor=person(self.request), plan=row, **fields)

    @act("lines", permission=DRAFT_PLAN, body=StatedLinesSerializer)
    def lines(self, row: PlanVersion, **fields: Any) -> PlanVersion:
        """State many lines of the draft at once: the whole plan of their programmes within your
        scope, or changes. A line that is there is replaced."""
        lines = _stated(fields.pop("rows"), row)
        try:
            return many_lines.state_lines(
                actor=person(self.request), plan=row, lines=lines, **fields
            )
        except RowErrors as found:
            raise rows_refused({n: error_detail(e) for n, e in found.errors.items()}) from found


@with_examples(
    {
        "plan_version": 1,
        "activity": "GBV-01",
        "commune": "03577",
        "fund": "UNSPECIFIED",
        "q1": 5_000_000,
        "q2": 6_000_000,
    }
)
class PlanLineSerializer(PlacedSerializer):
    """A line of a plan version; `version` counts the changes of the line."""

    plan_version = KeyField(queryset=PlanVersion.objects.select_related("fiscal_year"))
    fiscal_year = serializers.CharField(source="plan_version.fiscal_year.code", read_only=True)
    activity = CodeField(queryset=Activity.objects.select_related("program"))
    program = CodeField(read_only=True)
    commune = UnitField(help_text="Code of the unit as it stood when the fiscal year began.")
    fund = CodeField(queryset=Fund.objects.all(), required=False)
    q1 = QuarterField(1)
    q2 = QuarterField(2)
    q3 = QuarterField(3)
    q4 = QuarterField(4)
    total = serializers.SerializerMethodField(help_text="Đồng.")
    title = TextField(required=False, max_length=500, help_text="Default: the activity's.")
    proposals = serializers.SerializerMethodField(help_text="Ids of those that it came from.")
    another_fund = YesNoField(
        required=False,
        help_text="True: it stands beside a line that differs only in its fund (sent: may stand).",
    )

    fixed = ("plan_version",)

    class Meta:
        model = PlanLine
        fields = [
            "id",
            "plan_version",
            "fiscal_year",
            "activity",
            "program",
            "commune",
            "fund",
            "title",
            *PlanLine.details,
            "q1",
            "q2",
            "q3",
            "q4",
            "total",
            "proposals",
            "another_fund",
            "version",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_proposals(self, row: PlanLine) -> list[int]:
        return [each.pk for each in proposals_of(row)]

    def get_total(self, row: PlanLine) -> int:
        return sum(amount.amount for amount in row.amounts.all())


class PlanLineFilters(filters.Filters):
    plan_version = filters.Whole("plan_version")
    fiscal_year = filters.Codes("plan_version__fiscal_year__code", FiscalYear)
    state = filters.Choices("plan_version__state", PlanState.values)
    program = filters.Codes("program__code", Program, label=gettext_lazy("Programme"))
    commune = filters.Codes("commune__code", Commune)
    activity = filters.Codes("activity__code", Activity)
    fund = filters.Codes("fund__code", Fund)
    total_min = filters.Whole("total", "gte")
    total_max = filters.Whole("total", "lte")
    search = filters.Search(
        *("activity__search_key", "commune__search_key", "fund__search_key", "title", "unit"),
        hint=gettext_lazy("Activity or unit"),
    )


class PlanLines(Bulk, Creatable, Changeable, Removable, Resource):
    """Lines of plan versions within the user's scope; written while the version is a draft."""

    queryset = PlanLine.objects.select_related(
        "plan_version__fiscal_year", "activity__program", "program", "commune", "fund"
    ).prefetch_related("amounts", PREFETCH)
    serializer_class = PlanLineSerializer
    filterset_class = PlanLineFilters
    ordering_fields = ("activity", "program", "commune", "total")
    ordering_map: ClassVar[dict[str, str]] = {
        "activity": "activity__code",
        "program": "program__order",
        "commune": "commune__sort_key",
    }
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "create": DRAFT_PLAN,
        "partial_update": DRAFT_PLAN,
        "destroy": DRAFT_PLAN,
        "bulk": DRAFT_PLAN,
    }

    def get_queryset(self) -> PlanLineQuerySet:
        rows = cast(PlanLineQuerySet, super().get_queryset())
        return rows.with_total().with_another_fund()

    def perform_create(self, fields: dict[str, Any]) -> PlanLine:
        plan, another = fields.pop("plan_version"), fields.pop("another_fund", False)
        line = _line(fields, {})
        return plan_edit.add_line(
            actor=person(self.request), plan=plan, line=line, another_fund=another
        )

    def perform_bulk(self, rows: list[dict[str, Any]]) -> list[PlanLine]:
        """New lines of one draft or of several."""
        by_plan: dict[PlanVersion, dict[int, plan_edit.Change]] = {}
        for index, fields in enumerate(rows):
            plan, another = fields.pop("plan_version"), fields.pop("another_fund", False)
            change = plan_edit.Change(_line(fields, {}), another_fund=another)
            by_plan.setdefault(plan, {})[index] = change
        made: dict[int, PlanLine] = {}
        errors: dict[int, ValidationError] = {}
        for plan, changes in by_plan.items():
            places = list(changes)
            try:
                lines = plan_edit.change_many(
                    actor=person(self.request), plan=plan, changes=list(changes.values())
                )
                made |= zip(places, lines, strict=True)
            except RowErrors as found:
                errors |= {places[n]: each for n, each in found.errors.items()}
        if errors:
            raise RowErrors(errors)
        return [made[index] for index in range(len(rows))]

    def perform_update(self, row: PlanLine, version: int, fields: dict[str, Any]) -> PlanLine:
        if fields.pop("plan_version", row.plan_version) != row.plan_version:
            raise serializers.ValidationError(
                {"plan_version": [coded("fixed", _("It cannot be changed."))]}
            )
        another = fields.pop("another_fund", False)
        amounts = {a.quarter: a.amount for a in row.amounts.all()}
        names = ("activity", "commune", "fund", "title", *PlanLine.details)
        line = _line({**{name: getattr(row, name) for name in names}, **fields}, amounts)
        return plan_edit.change_line(
            actor=person(self.request),
            row=row,
            line=line,
            version=version,
            another_fund=another,
        )

    def perform_destroy(self, row: PlanLine, version: int | None) -> None:
        plan = row.plan_version
        plan_edit.remove_line(actor=person(self.request), plan=plan, line=row, version=version)


def _line(fields: dict[str, Any], amounts: dict[int, int]) -> plans.Line:
    """The line that a body states over the amounts there are."""
    given = {q: fields.pop(f"q{q}") for q in QUARTERS if f"q{q}" in fields}
    fields.setdefault("fund", None)
    fund = fields.pop("fund") or ledger.unspecified_fund()
    return plans.Line(**fields, fund=fund, amounts={**amounts, **given})
