"""`/api/v1/hand-over/`: what somebody has in hand, and who goes on with it."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import person
from accounts.roles import MANAGE_PEOPLE
from core.api.base import refuse_parameters
from core.api.examples import with_examples
from core.api.serializers import PersonField, StrictSerializer, TextField
from core.api.viewsets import IDEMPOTENCY_KEY, Conditional, idempotently
from core.values.said import refused
from monitoring.handover import services as handover


@with_examples({"person": "dieuphoi", "receiver": "dieuphoi_gbv", "reason": "Chuyển công tác"})
class HandOverSerializer(StrictSerializer):
    person = PersonField(queryset=User.objects.all(), help_text="Who leaves: user name.")
    receiver = PersonField(
        queryset=User.objects.filter(is_active=True), help_text="Who goes on with it: user name."
    )
    reason = TextField(max_length=500)


class OpenSerializer(serializers.Serializer[object]):
    """What is a person's to go on with, by id."""

    person = serializers.CharField(help_text="User name.")
    count = serializers.IntegerField()
    disbursements = serializers.ListField(child=serializers.IntegerField())
    plan_versions = serializers.ListField(child=serializers.IntegerField())
    action_points = serializers.ListField(child=serializers.IntegerField())


class HandOver(Conditional, APIView):
    """Drafts, waiting rows, open plans and action points of somebody who leaves."""

    permission = MANAGE_PEOPLE

    @extend_schema(
        parameters=[OpenApiParameter("person", str, required=True, description="User name.")],
        responses=OpenSerializer,
    )
    def get(self, request: Request) -> Response:
        """What a person has in hand."""
        refuse_parameters(request, ("person",))
        name = request.query_params.get("person", "")
        who = User.objects.filter(username=name).first()
        if who is None:
            told = _("There is no '%(code)s'.") % {"code": name[:40]}
            raise refused("person", "does_not_exist", told)
        return Response(_open(who, handover.open_of(who)))

    @extend_schema(
        request=HandOverSerializer, responses=OpenSerializer, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request) -> Response:
        """Hand all of it over in one step, or nothing."""
        refuse_parameters(request)
        body = HandOverSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data

        def effect() -> Response:
            done = handover.hand_over(actor=person(request), **given)
            return Response(_open(given["person"], done))

        return idempotently(request, effect)


def _open(who: User, found: handover.Open) -> dict[str, object]:
    """What is (or was) in somebody's hand."""
    return {
        "person": who.username,
        "count": found.count,
        "disbursements": [row.pk for row in found.rows],
        "plan_versions": [row.pk for row in found.plans],
        "action_points": [row.pk for row in found.points],
    }
