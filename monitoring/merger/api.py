"""`/api/v1/communes/{id}/handing-on/`: what is open in a unit that ended, and its ticks."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import MANAGE_PEOPLE
from communes.models import Commune
from core.api.examples import with_examples
from core.api.serializers import OneOfField, StrictSerializer, TextField
from core.api.viewsets import IDEMPOTENCY_KEY, Conditional, idempotently
from monitoring.merger import services as merger
from monitoring.models.handed_on import HandedOnKind

MOST_ID = 999_999_999_999_999_999
ID = OpenApiParameter(
    "id",
    {"type": "integer", "minimum": 1, "maximum": MOST_ID},
    OpenApiParameter.PATH,
    description="Of the unit that ended.",
)


class OpenRecordSerializer(serializers.Serializer[object]):
    """A record that is open in the unit."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField()
    handed_on_by = serializers.CharField(allow_null=True, help_text="User name; null: not yet.")
    handed_on_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(help_text="Who goes on with it.")
    cannot = serializers.CharField(help_text="Why it stays; empty where it can be handed on.")


class OpenGroupSerializer(serializers.Serializer[object]):
    """One kind of record."""

    kind = serializers.ChoiceField(HandedOnKind.choices)
    total = serializers.IntegerField(help_text="How many there are; at most 200 are named.")
    records = OpenRecordSerializer(many=True)


class HandingOnSerializer(serializers.Serializer[object]):
    """What a unit hands on to the unit it became."""

    unit = serializers.CharField(help_text="Its code.")
    unit_valid_from = serializers.DateField()
    successor = serializers.CharField(help_text="Its code.")
    successor_valid_from = serializers.DateField()
    groups = OpenGroupSerializer(many=True)


@with_examples({"kind": "difficulties", "note": "Ban Dự án xã mới"})
class HandOnSerializer(StrictSerializer):
    """Which records of a kind are handed on; without `records` all that can be, at most 200."""

    kind = OneOfField(choices=HandedOnKind.choices)
    records: Any = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID),
        required=False,
        min_length=1,
        max_length=merger.MOST,
    )
    note = TextField(required=False, allow_blank=True, max_length=300)


class HandingOn(Conditional, APIView):
    """The checklist of a unit that ended: open difficulties, outputs, agreements, assignments,
    plans, rows that wait; each handed on to its successor with a tick. Records keep their unit.
    A unit that has not ended has none: 404."""

    permission = MANAGE_PEOPLE
    queryset = Commune.objects.all()

    @extend_schema(parameters=[ID], responses=HandingOnSerializer)
    def get(self, request: Request, id: str) -> Response:
        return Response(_answer(request, self._unit(request, id)))

    @extend_schema(
        parameters=[ID, IDEMPOTENCY_KEY], request=HandOnSerializer, responses=HandingOnSerializer
    )
    def post(self, request: Request, id: str) -> Response:
        """Hand records of one kind on. One that cannot be is refused with the reason, and then
        nothing is handed on."""
        unit = self._unit(request, id)

        def effect() -> Response:
            body = HandOnSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            merger.hand_on(actor=person(request), unit=unit, **body.validated_data)
            return Response(_answer(request, unit))

        return idempotently(request, effect)

    def _unit(self, request: Request, pk: str) -> Commune:
        rows = Commune.objects.visible_to(person(request)).select_related("successor")
        return get_object_or_404(rows.exclude(valid_to=None).exclude(successor=None), pk=int(pk))


def _answer(request: Request, unit: Commune) -> dict[str, Any]:
    return {
        "unit": unit.code,
        "unit_valid_from": unit.valid_from.isoformat(),
        "successor": unit.successor.code,
        "successor_valid_from": unit.successor.valid_from.isoformat(),
        "groups": [_group(group) for group in merger.checklist(unit, person(request))],
    }


def _group(group: merger.Group) -> dict[str, object]:
    return {
        "kind": group.kind.name.value,
        "total": group.total,
        "records": [_record(line) for line in group.lines],
    }


def _record(line: merger.Line) -> dict[str, Any]:
    tick = line.tick
    return {
        "id": line.record.pk,
        "title": line.title,
        "state": line.state,
        "handed_on_by": tick.done_by.username if tick else None,
        "handed_on_at": tick.done_at.isoformat() if tick else None,
        "note": tick.note if tick else "",
        "cannot": line.cannot,
    }
