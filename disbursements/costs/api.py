"""`/api/v1/cost-links/`: which disbursements paid for which class or work."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.requests import person
from core.api.examples import with_examples
from core.api.serializers import KeyField, ResourceSerializer
from core.api.viewsets import Creatable, Removable, Resource
from core.lists import filters
from core.services.errors import StaleVersion
from core.values.said import coded
from disbursements.costs.services import MAY_LINK, link, unlink
from disbursements.models import CostLink, Disbursement
from programs.models import Output
from trainings.models import Training


@with_examples({"disbursement": 1, "training": 1})
class CostLinkSerializer(ResourceSerializer):
    disbursement = KeyField(queryset=Disbursement.objects.all(), help_text="Its id.")
    training = KeyField(
        queryset=Training.objects.all(), required=False, allow_null=True, help_text="Its id; or:"
    )
    output = KeyField(
        queryset=Output.objects.all(), required=False, allow_null=True, help_text="Its id."
    )

    class Meta:
        model = CostLink
        fields = ["id", "disbursement", "training", "output", "version"]

    def validate(self, attrs: dict[str, object]) -> dict[str, Any]:
        if (attrs.get("training") is None) == (attrs.get("output") is None):
            raise serializers.ValidationError(
                {"training": [coded("one_of_two", _("Name a class, or a work."))]}
            )
        return attrs


class CostLinkFilters(filters.Filters):
    disbursement = filters.Whole("disbursement")
    training = filters.Whole("training")
    output = filters.Whole("output")


class CostLinks(Creatable, Removable, Resource):
    """What a class or a work cost: links to the ledger, of what you see on both sides."""

    queryset = CostLink.objects.all()
    serializer_class = CostLinkSerializer
    filterset_class = CostLinkFilters
    ordering_fields = ("disbursement", "training", "output")
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "create": MAY_LINK,
        "destroy": MAY_LINK,
    }

    def get_queryset(self) -> QuerySet[CostLink]:
        user = person(self.request)
        rows, classes, works = (
            model.objects.visible_to(user).order_by().values("pk")
            for model in (Disbursement, Training, Output)
        )
        thing = Q(training__in=classes) | Q(output__in=works)
        return super().get_queryset().filter(thing, disbursement__in=rows)

    def perform_create(self, fields: dict[str, Any]) -> CostLink:
        thing = fields.get("training") or fields["output"]
        return link(actor=person(self.request), disbursement=fields["disbursement"], thing=thing)

    def perform_destroy(self, row: CostLink, version: int | None) -> None:
        if version not in (None, 1):  # a link does not change
            raise StaleVersion
        unlink(actor=person(self.request), link=row)
