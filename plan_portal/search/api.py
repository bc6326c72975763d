"""`/api/v1/search/`: records, people, places and pages by their words."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import VIEW
from core.api.base import refuse_repeated
from core.api.examples import with_examples
from core.api.viewsets import Conditional
from core.values.said import coded
from plan_portal.search.kinds import kinds
from plan_portal.search.services import LONGEST, PAGES, SHORTEST, search, words_of


class FoundSerializer(serializers.Serializer[object]):
    text = serializers.CharField(help_text="How it is called.")
    note = serializers.CharField(help_text="A word on it.")
    page = serializers.CharField(source="href", help_text="The address of its page.")


@with_examples(
    answer={
        "kind": "disbursements",
        "count": 12,
        "more": False,
        "rows": [
            {
                "text": "PC07 · Trường Tiểu học Nậm Xe",
                "note": "15/09/2022 · 3.000.000 đồng",
                "page": "/disbursements/7/",
            }
        ],
    }
)
class FoundOfKindSerializer(serializers.Serializer[object]):
    """What was found of one kind: how many, and the newest five."""

    kind = serializers.CharField(help_text="The kind of what was found.")
    count = serializers.IntegerField(help_text="How many there are; 1000 of more.")
    more = serializers.BooleanField(help_text="There are more than are counted.")
    rows = FoundSerializer(many=True, help_text="The newest of them.")


class AllFoundSerializer(serializers.Serializer[object]):
    """What was found, by kind."""


class AllFound(OpenApiSerializerExtension):
    """A plain list, which the schema gives a name: a client has one type for it."""

    target_class = AllFoundSerializer

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, object]:
        of_kind = auto_schema.resolve_serializer(FoundOfKindSerializer, direction)
        return {"type": "array", "items": of_kind.ref}


class SearchView(Conditional, APIView):
    """Records, people, places and pages in whose text every word stands, in your assignments."""

    permission = VIEW

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": SHORTEST, "maxLength": LONGEST},
                required=True,
                description="Words, without accents if you like.",
            ),
            OpenApiParameter("kind", {"type": "string"}, description="One kind alone."),
        ],
        responses=AllFoundSerializer,
    )
    def get(self, request: Request) -> Response:
        refuse_repeated(request, but=())
        text, only = (request.query_params.get(name, "") for name in ("q", "kind"))
        errors: dict[str, list[str]] = {
            name: [_("Unknown parameter.")]
            for name in request.query_params
            if name not in ("q", "kind", "format", "lang")
        }
        if not words_of(text) or len(text) > LONGEST:
            said = _("Give a word of at least %(least)d and at most %(most)d characters.")
            errors["q"] = [coded("out_of_range", said % {"least": SHORTEST, "most": LONGEST})]
        if only and only not in {PAGES, *(kind.code for kind in kinds())}:
            errors["kind"] = [
                coded("does_not_exist", _("There is no '%(code)s'.") % {"code": only[:40]})
            ]
        if errors:
            raise ValidationError(errors)
        groups = search(person(request), text, only=only)
        return Response(FoundOfKindSerializer(groups, many=True).data)
