"""`/api/v1/trail/`: who changed what, when, from what to what, why."""

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import person
from accounts.roles import VIEW_TRAIL
from core.api.base import Pages, refuse_parameters
from core.api.filter_backends import Backend, refuse_wrong
from core.api.viewsets import Conditional
from core.lists.filters import may_repeat
from reports import trail
from reports.trail_views import TrailFilters

KIND = OpenApiParameter(
    "kind", str, many=True, description="Kind of record: `disbursements.disbursement`; may repeat."
)


class FieldChangeSerializer(serializers.Serializer[object]):
    label: Any = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class TrailLineSerializer(serializers.Serializer[Model]):
    """One change of one record, as the trail's page says it."""

    kind = serializers.CharField(help_text="Which kind of record: disbursements.disbursement.")
    record = serializers.IntegerField(help_text="Its id.")
    what = serializers.CharField(help_text="What it is called.")
    change = serializers.ChoiceField(choices=["created", "changed", "deleted"])
    at = serializers.DateTimeField()
    who = serializers.CharField(allow_blank=True, help_text="User name; empty: the portal itself.")
    why = serializers.CharField(allow_blank=True)
    changes = FieldChangeSerializer(many=True)


class TrailView(Conditional, GenericAPIView[Model]):
    """The trail over all records of your scope, newest first; it cannot be changed."""

    permission = VIEW_TRAIL
    pagination_class = Pages
    filterset_class: ClassVar[Any] = TrailFilters
    filter_backends = (Backend,)
    serializer_class = TrailLineSerializer

    @extend_schema(responses=TrailLineSerializer(many=True), parameters=[KIND])
    def get(self, request: Request) -> Response:
        known = TrailFilters.base_filters
        several = {name for name, each in known.items() if may_repeat(each)}
        refuse_parameters(request, {*known, "page", "page_size"}, several)
        asked = TrailFilters(request.query_params, request=request)
        refuse_wrong(asked)
        keys = self.paginate_queryset(trail.search(person(request), asked.asked)) or []
        return self.get_paginated_response([_line(each) for each in trail.trail_lines(keys)])


def _line(line: dict[str, Any]) -> dict[str, object]:
    entry, (at, _id, kind) = line["entry"], line["key"]
    return {
        "kind": kind,
        "record": entry.pk,
        "what": entry.what,
        "change": entry.kind,
        "at": at,
        "who": entry.username,
        "why": entry.why,
        "changes": [each.__dict__ for each in entry.changes],
    }
