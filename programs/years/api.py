"""`/api/v1/months/` and `/api/v1/go-live/`: what may still be posted, and since when by two."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import CLOSE_PERIOD, LOAD_HISTORY, MANAGE_SETTINGS
from core.api.base import refuse_parameters
from core.api.examples import with_examples
from core.api.moments import with_moments
from core.api.serializers import (
    CodeField,
    DayField,
    PersonField,
    ReasonSerializer,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    VersionSerializer,
    YesNoField,
)
from core.api.viewsets import IDEMPOTENCY_KEY, Conditional, Resource, act, idempotently
from programs.models import GoLive, Period
from programs.years import closing, go_live
from programs.years.lists import MonthFilters, in_scope


class MonthSerializer(ResourceSerializer):
    month = serializers.CharField(source="key", read_only=True, help_text="2022-09.")
    fiscal_year = CodeField(read_only=True)
    area = CodeField(read_only=True, help_text="Code of the programme area.")
    area_valid_from = serializers.DateField(
        source="area.valid_from", read_only=True, help_text="With the code it identifies the unit."
    )
    waiting = serializers.IntegerField(
        read_only=True, help_text="Rows in your scope that wait for approval."
    )
    unsent = serializers.IntegerField(
        read_only=True, help_text="Drafts and returned rows in your scope."
    )

    beside = ("waiting", "unsent")

    class Meta:
        model = Period
        fields = [
            *("id", "month", "fiscal_year", "area", "area_valid_from", "start", "end", "quarter"),
            *("state", "waiting", "unsent", "version"),
        ]
        read_only_fields = fields


@with_examples({"leave_waiting": True})
class CloseSerializer(VersionSerializer):
    leave_waiting = YesNoField(
        default=False, help_text="Close it although rows still wait for approval; else 409."
    )


class Months(Resource):
    """Months of a programme area: a closed one takes no posting and no reversal dated in it."""

    queryset = Period.objects.all()
    serializer_class = MonthSerializer
    filterset_class = MonthFilters
    ordering_fields = ("month", "area", "state")
    ordering_map: ClassVar[dict[str, str]] = {"month": "start", "area": "area__sort_key"}

    def get_queryset(self) -> QuerySet[Period]:
        return with_moments(in_scope(person(self.request)))

    @act("close", permission=CLOSE_PERIOD, body=CloseSerializer)
    def close(self, row: Period, *, version: int | None = None, leave_waiting: bool) -> Period:
        """Close a month, for who closes months of its whole area."""
        actor = person(self.request)
        return closing.close_period(
            actor=actor, period=row, version=version, leave_waiting=leave_waiting
        )

    @act("reopen", permission=CLOSE_PERIOD, body=ReasonSerializer)
    def reopen(self, row: Period, *, version: int | None = None, reason: str) -> Period:
        """Open a closed month again, with a reason, while its year is open."""
        actor = person(self.request)
        return closing.reopen_period(actor=actor, period=row, reason=reason, version=version)


class GoLiveSerializer(ResourceSerializer):
    proposed_by = PersonField(read_only=True, allow_null=True)
    agreed_by = PersonField(read_only=True, allow_null=True)

    class Meta:
        model = GoLive
        fields = ["day", "proposed_day", "proposed_by", "reason", "agreed_by", "version"]
        read_only_fields = fields


@with_examples({"day": "2023-07-01"})
class DaySerializer(StrictSerializer):
    day = DayField(help_text="At most a year ahead.")


@with_examples({"day": "2023-01-01", "reason": "Sổ sách trước ngày này đã đủ"})
class MoveSerializer(VersionSerializer):
    day = DayField(help_text="An earlier one holds at once, a later one waits for somebody else.")
    reason = TextField(max_length=500)


class GoLiveView(Conditional, APIView):
    """The go-live day: rows dated before it may be loaded as history by one person."""

    permission = (LOAD_HISTORY, MANAGE_SETTINGS)
    body: ClassVar[type[StrictSerializer]] = VersionSerializer
    call: ClassVar[Callable[..., GoLive]]

    def write(self, request: Request) -> Response:
        """What the view's service makes of the body."""
        refuse_parameters(request)
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)

        def effect() -> Response:
            row = type(self).call(actor=person(request), **body.validated_data)
            return Response(GoLiveSerializer(row).data, status.HTTP_200_OK)

        return idempotently(request, effect)


_described = partial(extend_schema, responses=GoLiveSerializer, parameters=[IDEMPOTENCY_KEY])


class GoLiveDay(GoLiveView):
    """The go-live day: rows dated before it may be loaded as history by one person."""

    body = DaySerializer
    call = staticmethod(go_live.fix)

    @extend_schema(responses=GoLiveSerializer)
    def get(self, request: Request) -> Response:
        """The go-live day; 404 while nobody has fixed it and nothing but history is there."""
        refuse_parameters(request)
        row = go_live.current()
        if row is None:
            raise NotFound
        return Response(GoLiveSerializer(row).data)

    @_described(request=DaySerializer)
    def post(self, request: Request) -> Response:
        """Fix the day at set-up; fixed once, it is moved."""
        return self.write(request)


class GoLiveMove(GoLiveView):
    body = MoveSerializer
    call = staticmethod(go_live.move)

    @_described(request=MoveSerializer)
    def post(self, request: Request) -> Response:
        """Move the go-live day, with a reason."""
        return self.write(request)


class GoLiveAgree(GoLiveView):
    call = staticmethod(go_live.agree)

    @_described(request=VersionSerializer)
    def post(self, request: Request) -> Response:
        """Agree to the later go-live day that somebody else proposes."""
        return self.write(request)


class GoLiveDrop(GoLiveView):
    call = staticmethod(go_live.drop)

    @_described(request=VersionSerializer)
    def post(self, request: Request) -> Response:
        """Drop the go-live day that is proposed."""
        return self.write(request)
