"""`GET /api/v1/my-data/`: what the portal holds of oneself, as a file."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import VIEW
from core.api.viewsets import Conditional
from plan_portal.privacy.own_data import own_data


def _rows(words: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.DictField(), help_text=words)


def _numbers(words: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.IntegerField(), help_text=words)


class OwnDataSerializer(serializers.Serializer[dict[str, object]]):
    """What the portal holds of one person."""

    made_at = serializers.DateTimeField()
    account = serializers.DictField(help_text="Name, address, office, role, days.")
    assignments = serializers.ListField(
        child=serializers.CharField(), help_text="Programme and commune, in words."
    )
    delegations = _rows("Given and received.")
    api_tokens = _rows("Their names and days; of the token itself nothing is kept.")
    sign_in = serializers.DictField(help_text="Second factors, sessions, what failed.")
    trail_of_the_account = _rows("When, who, why, what changed.")
    letters = _rows("Sent by the portal: kind, state, days.")
    notices = _rows("Told by the portal: text, days.")
    comments = _rows("Written: about what, when, text.")
    workbooks = _rows("Sent: name, state, day.")
    records = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Ids of the records that name the person, by table and field.",
    )
    changes_in_the_trail = _numbers("How many changes the person made, by table.")
    kept_days = _numbers("For how many days what is not a record is kept.")


class MyData(Conditional, APIView):
    """What the portal holds of whoever asks: account, assignments, tokens, sign-in, comments,
    workbooks, and the ids of the records that name them."""

    permission = VIEW

    @extend_schema(responses=OwnDataSerializer)
    def get(self, request: Request) -> Response:
        name = f"my-data-{person(request).pk}.json"
        answer = Response(own_data(person(request)))
        answer["Cache-Control"] = "no-store"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
