"""`GET /api/v1/my-data/`: what the portal holds of oneself, as a file."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import VIEW
from core.api.viewsets import Conditional
from plan_portal.privacy.own_data import own_data


class MyData(Conditional, APIView):
    """What the portal holds of whoever asks: account, assignments, tokens, sign-in, comments,
    workbooks, and the ids of the records that name them."""

    permission = VIEW

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        name = f"my-data-{person(request).pk}.json"
        answer = Response(own_data(person(request)))
        answer["Cache-Control"] = "no-store"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
