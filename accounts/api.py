"""`/api/v1/tokens/`: one's own tokens, listed and revoked. None is made over the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken
from accounts.requests import person
from accounts.roles import VIEW
from accounts.services import revoke_token
from accounts.tokens import visible_tokens
from core.api.base import Pages, refuse_parameters
from core.api.serializers import PersonField
from core.api.viewsets import Conditional


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token, but for its text, which nobody has but its owner."""

    user = PersonField(read_only=True)

    class Meta:
        model = ApiToken
        fields = ["digest", "name", "user", "read_only", "created", "last_used", "expiry"]
        read_only_fields = fields
        extra_kwargs = {"digest": {"help_text": "What it is named by here."}}


class Tokens(Conditional, GenericAPIView[ApiToken]):
    """Your own tokens, the newest first; an administrator's list has everybody's."""

    permission = VIEW
    pagination_class = Pages
    serializer_class = TokenSerializer
    filter_backends = ()

    @extend_schema(responses=TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        refuse_parameters(request, ("page", "page_size"))
        rows = visible_tokens(person(request)).select_related("user").order_by("-created", "digest")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(TokenSerializer(page, many=True).data)


class Token(Conditional, APIView):
    """One token."""

    permission = VIEW

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "digest",
                {"type": "string", "pattern": "^[0-9a-f]{128}$"},
                OpenApiParameter.PATH,
                description="Of the token, as the list has it.",
            )
        ],
        responses={204: None},
    )
    def delete(self, request: Request, digest: str) -> Response:
        """Revoke a token: it ends at once, also the one this request is made with."""
        refuse_parameters(request)
        token = get_object_or_404(visible_tokens(person(request)), digest=digest)
        revoke_token(actor=person(request), token=token)
        return Response(status=status.HTTP_204_NO_CONTENT)
