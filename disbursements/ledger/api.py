"""`/api/v1/disbursements/`: the ledger (contract, DESIGN section 5)."""

from collections.abc import Callable, Sequence
from datetime import date as Date
from typing import Any, ClassVar, TypeVar, Unpack

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import person
from accounts.roles import ENTER_DISBURSEMENT, LOAD_HISTORY, VIEW
from communes.api import PlacedSerializer, UnitField
from communes.models import Commune
from core.api.bulk import Bulk, RowsReasonSerializer, act_on_many
from core.api.examples import with_examples
from core.api.moments import SINCE
from core.api.serializers import (
    CodeField,
    DayField,
    LookUp,
    MoneyField,
    PersonField,
    ReasonSerializer,
    WithReason,
    WithVersion,
    YesNoField,
    cached_in_context,
)
from core.api.viewsets import (
    IF_MATCH,
    VERSION,
    Changeable,
    Creatable,
    Removable,
    Resource,
    act,
)
from core.lists import filters
from core.services.prepared import Prepared
from core.values.said import coded
from disbursements.drafts import services as discard
from disbursements.fields import DETAILS
from disbursements.ledger import services as ledger
from disbursements.ledger.beside_plan import Beside
from disbursements.ledger.bulk import create_many
from disbursements.ledger.closed import closed_months, month_warning
from disbursements.ledger.filters import States, Years
from disbursements.ledger.remarks import Remark, look_at
from disbursements.ledger.vouchers import entered_twice, lines_of, voucher_of
from disbursements.ledger.whole import count_of
from disbursements.many import services as many
from disbursements.models import ORIGINS, Disbursement, Status
from disbursements.models.ledger import DisbursementQuerySet
from programs.models import Activity, FiscalYear, Fund, Program
from programs.years.services import unknown_activity

T = TypeVar("T")
REASON = OpenApiParameter(
    "reason",
    {"type": "string", "pattern": filters.NOT_BLANK},
    description="Why; needed where the row was returned or withdrawn.",
)
EXAMPLE = {
    "date": "2022-09-15",
    "amount": 12_500_000,
    "activity": "GBV-01",
    "commune": "03577",
    "fund": "UNSPECIFIED",
    **{detail.name: detail.example for detail in DETAILS},
}


LEFT = {
    "planned": 50_000_000,
    "disbursed": 12_500_000,
    "pending": 2_500_000,
    "balance": 37_500_000,
    "rate": "25.0",
}


class ActivityField(CodeField):
    """An activity by its code."""

    def _find(self, code: str) -> Activity:
        found: Activity | None = self.get_queryset().filter(code=code).first()
        if found is None:
            raise serializers.ValidationError(unknown_activity(code), "does_not_exist")
        return found


class PlanFiguresSerializer(serializers.Serializer[object]):
    """Plan against actual of the whole fiscal year, in đồng, within your scope."""

    planned = serializers.IntegerField()
    disbursed = serializers.IntegerField()
    pending = serializers.IntegerField(help_text="Waits for approval.")
    balance = serializers.IntegerField(help_text="Planned less disbursed.")
    rate = serializers.CharField(
        allow_null=True, help_text='Per cent with one decimal, such as "120.0".'
    )


class RemainingSerializer(serializers.Serializer[object]):
    """What is left of the plan in force beside a row."""

    activity_commune = PlanFiguresSerializer()
    program = PlanFiguresSerializer()
    over_plan = serializers.BooleanField(
        help_text="All that was entered for activity and commune up to this row exceeds the plan."
    )


class VoucherSerializer(serializers.Serializer[object]):
    """The voucher that a row is a line of: its number, whatever its case, spaces and dashes, on
    that day."""

    lines = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids; none reversed wholly."
    )
    sum = serializers.IntegerField(help_text="Đồng, less what was reversed.")
    elsewhere = serializers.BooleanField(help_text="It has more lines, outside your scope.")


class WarningSerializer(serializers.Serializer[object]):
    """What deserves a second look; it never locks."""

    field = serializers.CharField()
    code = serializers.CharField(
        help_text=(
            "`far_above`, `twin`, `over_plan`, `more_than_plan`, `voucher_again`; "
            "`period_closed`: it will be refused at submission."
        )
    )
    message = serializers.CharField()


_reversing: Prepared[int, tuple[int, int]] = Prepared(
    0,
    lambda keys: (
        Disbursement.objects.filter(reverses__in=keys).order_by("pk").values_list("pk", "reverses")
    ),
)


def reversals_of(keys: list[int]) -> dict[int, list[int]]:
    """The ids of the rows that reverse each of these."""
    found: dict[int, list[int]] = {}
    for pk, of in _reversing(*keys):
        found.setdefault(of, []).append(pk)
    return found


@with_examples(
    EXAMPLE,
    {
        "id": 17,
        "number": 5,
        **EXAMPLE,
        "program": "GBV",
        "commune_valid_from": "1900-01-01",
        "status": "posted",
        "reason": "",
        "fiscal_year": "2023",
        "reverses": None,
        "reversed_amount": 0,
        "reversals": [],
        "origin": "portal",
        "posted_at": "2022-09-20T09:30:00+07:00",
        "posted_by": "quanly",
        "version": 3,
        "created_at": "2022-09-15T08:00:00+07:00",
        "updated_at": "2022-09-20T09:30:00+07:00",
        "voucher": {"lines": [17, 18], "sum": 15_000_000, "elsewhere": False},
        "remaining": {"activity_commune": LEFT, "program": LEFT, "over_plan": False},
        "warnings": [],
    },
)
class DisbursementSerializer(PlacedSerializer):
    date = DayField()
    amount = MoneyField(help_text="Đồng.")
    activity = ActivityField(queryset=Activity.objects.select_related("program"))
    program = CodeField(
        queryset=Program.objects.all(),
        required=False,
        help_text="Follows from the activity; if sent, it must match.",
    )
    commune = UnitField(help_text="Code of the unit as it stood on `date`.")
    fund = CodeField(
        queryset=Fund.objects.all(), required=False, help_text="Default: not specified."
    )
    fiscal_year = CodeField(read_only=True)
    posted_by = PersonField(read_only=True, help_text="User name.")
    origin = serializers.ChoiceField(
        ORIGINS, read_only=True, help_text="`history`: loaded from before the portal."
    )
    reversals = serializers.SerializerMethodField(help_text="Ids of the rows that reverse it.")
    same_voucher = YesNoField(
        write_only=True,
        required=False,
        help_text="It is another line of a voucher that has one just like it, but for the amount.",
    )
    voucher = serializers.SerializerMethodField()
    remaining = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    beside = ("voucher", "remaining", "warnings")
    _found: tuple[Any, int | None, dict[object, Any]] = (None, None, {})
    of_page: ClassVar[dict[str, tuple[LookUp, object]]] = {"reversals": (reversals_of, [])}

    class Meta:
        model = Disbursement
        fields = [
            "id",
            "number",
            "date",
            "amount",
            "activity",
            "program",
            "commune",
            "fund",
            *(detail.name for detail in DETAILS),
            "status",
            "reason",
            "fiscal_year",
            "reverses",
            "reversed_amount",
            "reversals",
            "origin",
            "posted_at",
            "posted_by",
            "version",
            "same_voucher",
            "voucher",
            "remaining",
            "warnings",
        ]
        read_only_fields = [
            *("number", "status", "reason", "reverses", "reversed_amount", "posted_at")
        ]

    def get_reversals(self, row: Disbursement) -> list[int]:
        return sorted(reversal.pk for reversal in row.reversals.all())

    @extend_schema_field(VoucherSerializer(allow_null=True))
    def get_voucher(self, row: Disbursement) -> dict[str, object] | None:
        return self._of_all(lines_of).get(voucher_of(row))

    @extend_schema_field(RemainingSerializer(allow_null=True))
    def get_remaining(self, row: Disbursement) -> dict[str, object] | None:
        beside, _remarks = self._of_all(_looked_at)[row.pk]
        return None if beside is None else beside.as_json()

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, row: Disbursement) -> list[dict[str, object]]:
        _beside, remarks = self._of_all(_looked_at)[row.pk]
        found: list[dict[str, object]] = [
            {"field": remark.field, "code": remark.code, "message": remark.sentence}
            for remark in remarks
        ]
        return found + month_warning(row, cached_in_context(self, "closed months", closed_months))

    def _of_all(self, find: Callable[[User, list[Disbursement]], T]) -> T:
        """What is found for all the rows of the answer at once."""
        many: Any = self.parent
        whole: Any = self.instance if many is None else many.instance
        of_one = getattr(whole, "version", None)  # the same row may move on
        if self._found[0] is not whole or self._found[1] != of_one:
            self._found = whole, of_one, {}
        found = self._found[2]
        if find not in found:
            rows = [whole] if many is None else list(whole)
            found[find] = find(self.context["request"].user, rows)
        of_all: T = found[find]
        return of_all

    def validate(self, attrs: dict[str, Any]) -> dict[str, object]:
        attrs = super().validate(attrs)
        program = attrs.pop("program", None)
        activity = attrs.get("activity") or getattr(self.instance, "activity", None)
        if program is not None and activity is not None and program.pk != activity.program_id:
            raise serializers.ValidationError(
                {
                    "program": [
                        coded(
                            "other_program",
                            _("Activity %(activity)s belongs to %(program)s.")
                            % {"activity": activity.code, "program": activity.program.code},
                        )
                    ]
                }
            )
        return attrs


def _looked_at(
    user: User, rows: Sequence[Disbursement]
) -> dict[int, tuple[Beside | None, list[Remark]]]:
    """By row what stands beside it, and its remarks."""
    return dict(zip([row.pk for row in rows], zip(*look_at(user, rows), strict=True), strict=True))


class Reversing(WithReason, total=False):
    amount: int
    date: Date


@with_examples({"reason": "Nhập nhầm số tiền", "amount": 12_500_000, "date": "2023-06-30"})
class ReverseSerializer(ReasonSerializer):
    """Why, how much (default: the whole rest) and as of which day (default: the original's)."""

    amount = MoneyField(required=False)
    date = DayField(required=False)


OWN_COLUMNS = tuple(
    field.attname for field in Disbursement._meta.concrete_fields if not field.name.endswith("_key")
)


class DisbursementFilters(filters.Filters):
    fiscal_year = Years("fiscal_year__code", FiscalYear)
    program = filters.Codes("program__code", Program)
    commune = filters.Codes("commune__code", Commune)
    activity = filters.Codes("activity__code", Activity)
    fund = filters.Codes("fund__code", Fund)
    quarter = filters.Choices("quarter", ("1", "2", "3", "4"))
    month = filters.Month("date", label=gettext_lazy("Month"))
    status = States("status", Status.values)
    origin = filters.Choices("origin", ORIGINS)
    date_from = filters.Day("date", "gte")
    date_to = filters.Day("date", "lte")
    voucher_date_from = filters.Day("voucher_date", "gte")
    voucher_date_to = filters.Day("voucher_date", "lte")
    amount_min = filters.Whole("amount", "gte")
    amount_max = filters.Whole("amount", "lte")
    number = filters.Whole("number")
    voucher_no = filters.Codes("voucher_no")
    reverses = filters.Whole("reverses")
    reversal = filters.YesNo(
        "reverses",
        method="is_reversal",
        label=gettext_lazy("reversal"),
        help_text="Reversals alone, or none.",
    )
    twice = filters.YesNo(
        "pk",
        method="is_twice",
        label=gettext_lazy("voucher line entered twice"),
        help_text="Rows that are the same line of the same voucher as another, or none of them.",
    )
    search = filters.Search(
        "search_key",
        looked_up=("activity",),
        hint=gettext_lazy("Activity, voucher, payee or description"),
    )

    def is_reversal(
        self, rows: DisbursementQuerySet, _name: str, value: bool
    ) -> DisbursementQuerySet:
        return rows.filter(reverses__isnull=not value)

    def is_twice(self, rows: DisbursementQuerySet, _name: str, value: bool) -> DisbursementQuerySet:
        twice = entered_twice()
        return rows.filter(pk__in=twice) if value else rows.exclude(pk__in=twice)


class Disbursements(Bulk, Creatable, Changeable, Removable, Resource):
    """The ledger within the user's scope. Posted rows never change: they are reversed; a draft that
    was never submitted can be deleted, a returned or withdrawn row with a reason."""

    queryset = Disbursement.objects.select_related(
        "activity", "program", "commune", "fund", "fiscal_year", "posted_by"
    ).prefetch_related(Prefetch("reversals", Disbursement.objects.only("pk", "reverses")))
    serializer_class = DisbursementSerializer
    filterset_class = DisbursementFilters
    destroy_parameters = ("version", "reason")
    ordering_fields = ("date", "amount", "number", "activity", "program", "commune", "status")
    ordering_map: ClassVar[dict[str, str]] = {
        "activity": "activity__code",
        "program": "program__order",
        "commune": "commune__sort_key",
    }
    listed = (
        *("activity__code", "program__code", "program__order", "commune__code"),
        *("commune__valid_from", "commune__sort_key", "fund__code", "fiscal_year__code"),
        *("posted_by__username", *OWN_COLUMNS),
    )
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "create": ENTER_DISBURSEMENT,
        "partial_update": ENTER_DISBURSEMENT,
        "bulk": ENTER_DISBURSEMENT,
        "destroy": (ENTER_DISBURSEMENT, LOAD_HISTORY),
    }

    def count_of(self, rows: DisbursementQuerySet) -> int:
        """How many rows the list has."""
        if SINCE in self.request.query_params:
            return rows.count()
        return count_of(rows, self.asked, person(self.request))

    def perform_create(self, fields: dict[str, Any]) -> Disbursement:
        return ledger.create(actor=person(self.request), **fields)

    def perform_bulk(self, rows: list[dict[str, object]]) -> list[Disbursement]:
        return create_many(actor=person(self.request), rows=rows, places=self.places)

    def perform_update(
        self, row: Disbursement, version: int, fields: dict[str, Any]
    ) -> Disbursement:
        return ledger.update(
            actor=person(self.request), disbursement=row, version=version, **fields
        )

    @extend_schema(parameters=[VERSION, IF_MATCH, REASON], responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        return super().destroy(request, pk)

    def perform_destroy(self, row: Disbursement, version: int | None) -> None:
        discard.disbursement(
            actor=person(self.request),
            disbursement=row,
            version=row.version if version is None else version,
            why=self.request.query_params.get("reason", ""),
        )

    @act("submit", permission=ENTER_DISBURSEMENT)
    def submit(self, row: Disbursement, **fields: Unpack[WithVersion]) -> Disbursement:
        """Draft or returned → waiting for approval."""
        return ledger.submit(actor=person(self.request), disbursement=row, **fields)

    @act("withdraw", permission=ENTER_DISBURSEMENT)
    def withdraw(self, row: Disbursement, **fields: Unpack[WithVersion]) -> Disbursement:
        """Waiting → draft, by who submitted it, while nobody has decided."""
        return ledger.withdraw(actor=person(self.request), disbursement=row, **fields)

    # Who may post is a matter of the row, too: the right may be delegated.

    @act("post", permission=VIEW, right=ledger.authority_over)
    def post_(self, row: Disbursement, **fields: Unpack[WithVersion]) -> Disbursement:
        """Waiting → posted, by somebody else than who submitted; gives the number."""
        return ledger.post(actor=person(self.request), disbursement=row, **fields)

    @act("return", permission=VIEW, right=ledger.authority_over, body=ReasonSerializer)
    def return_(self, row: Disbursement, **fields: Unpack[WithReason]) -> Disbursement:
        """Waiting → returned, with a reason."""
        return ledger.return_(actor=person(self.request), disbursement=row, **fields)

    @act_on_many("submit", permission=ENTER_DISBURSEMENT)
    def submit_many(self, chosen: many.Chosen) -> list[Disbursement]:
        """Drafts or returned rows → waiting for approval: up to 500, all or none. A refusal names
        each row that is wrong, beside its `detail`:
        `{"rows": [{"row": 3, "id": 17, "errors": {"detail": ["…"]}}]}`, counted from 1. It is 404
        where one is not there, else 403 where one is not yours to decide, else 409."""
        return many.do_many(actor=person(self.request), deed=many.DEEDS["submit"], chosen=chosen)

    @act_on_many("post", permission=VIEW, right=many.may_decide)
    def post_many(self, chosen: many.Chosen) -> list[Disbursement]:
        """Waiting → posted, by somebody who had no hand in any of them: up to 500, all or none; a
        refusal names each row that is wrong, as that of `submit`."""
        return many.do_many(actor=person(self.request), deed=many.DEEDS["post"], chosen=chosen)

    @act_on_many("return", permission=VIEW, right=many.may_decide, body=RowsReasonSerializer)
    def return_many(self, chosen: many.Chosen, reason: str) -> list[Disbursement]:
        """Waiting → returned, with one reason: up to 500, all or none; a refusal names each row
        that is wrong, as that of `submit`."""
        deed = many.DEEDS["return"]
        return many.do_many(actor=person(self.request), deed=deed, chosen=chosen, reason=reason)

    @act(
        "reverse",
        permission=VIEW,
        right=ledger.authority_over,
        body=ReverseSerializer,
        code=201,
        answer=DisbursementSerializer,
    )
    def reverse(self, row: Disbursement, **fields: Unpack[Reversing]) -> Disbursement:
        """Reverse a posted row, wholly or in part; answers with the reversal."""
        return ledger.reverse(actor=person(self.request), disbursement=row, **fields)
