"""`/api/v1/shared-links/`: links for readers without an account, listed, made and ended."""

from typing import ClassVar

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import HEADER
from accounts.requests import person
from accounts.roles import MANAGE_SETTINGS
from core.api.examples import with_examples
from core.api.serializers import (
    CodeField,
    DayField,
    KeyField,
    OneOfField,
    PersonField,
    ResourceSerializer,
    TextField,
)
from core.api.viewsets import Resource, act
from core.values.said import coded
from programs.models import FiscalYear
from reports.models import IssuedReport, SharedLink, SharedWhat
from reports.shared import services
from reports.shared.views import LinkFilters

OPEN_OR_NOT = ["open", "over", "ended"]


@with_examples(
    {"name": "Nhà tài trợ", "what": "money", "fiscal_year": "2023", "by": "program"}
    | {"until": "2027-03-31"}
)
class SharedLinkSerializer(ResourceSerializer):
    name = TextField(max_length=100, help_text="For whom.")
    what = OneOfField(choices=SharedWhat.choices)
    fiscal_year = CodeField(
        queryset=FiscalYear.objects.all(), required=False, allow_null=True, help_text="Code."
    )
    by = OneOfField(
        choices=sorted({cut for cuts in services.CUTS.values() for cut in cuts if cut}),
        required=False,
        allow_blank=True,
        help_text="Of a summary; head counts: topic, commune or quarter.",
    )
    report = KeyField(
        queryset=IssuedReport.objects.all(),
        required=False,
        allow_null=True,
        help_text="Id of an annual or quarterly report that was issued for outside.",
    )
    until = DayField(help_text="The last day on which it is shown; at most a year ahead.")
    state = serializers.ChoiceField(OPEN_OR_NOT, read_only=True)
    made_by = PersonField(read_only=True)

    class Meta:
        model = SharedLink
        fields = [
            *("id", "name", "what", "fiscal_year", "by", "report", "until", "state", "made_by"),
            *("made_at", "ended_at", "times_opened", "last_opened", "version"),
        ]
        read_only_fields = ["made_at", "ended_at", "times_opened", "last_opened"]


class NewLinkSerializer(SharedLinkSerializer):
    address = serializers.CharField(help_text="Shown once; `.csv`, `.xlsx` for the last `/`.")

    class Meta(SharedLinkSerializer.Meta):
        fields = [*SharedLinkSerializer.Meta.fields, "address"]


class SharedLinks(Resource):
    """Links for readers without an account; each shows one summary or one report."""

    queryset = SharedLink.objects.select_related("made_by", "fiscal_year")
    serializer_class = SharedLinkSerializer
    filterset_class = LinkFilters
    permission = MANAGE_SETTINGS
    ordering_fields = ("made_at", "until", "name", "times_opened")
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {}

    @extend_schema(responses={201: NewLinkSerializer})
    def create(self, request: Request) -> Response:
        """Make a link. No `Idempotency-Key`: its answer would keep the address."""
        if HEADER in request.headers:
            told = coded("idempotency_key", _("Not here: the answer has what is shown only once."))
            raise serializers.ValidationError({HEADER: [told]})
        with transaction.atomic():
            link, key = services.make(actor=person(request), **self.read_body())
            answer = self.answer(link, status.HTTP_201_CREATED)
        answer.data["address"] = request.build_absolute_uri(reverse("shared", args=[key]))
        return answer

    @act("end", permission=MANAGE_SETTINGS)
    def end(self, row: SharedLink, *, version: int | None = None) -> SharedLink:
        """End a link: nobody opens it any more."""
        return services.end(actor=person(self.request), link=row)
