"""`/api/v1/record-files/`: photos and papers of meetings, visits, works and the rest."""

from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.requests import person
from core.api.files import FileBody, KeptFileSerializer, file_action
from core.api.viewsets import Creatable, Resource
from core.lists import filters
from core.services.attachments import ENDINGS, download_response
from core.values.said import coded
from monitoring.discussion import files
from monitoring.discussion.api import KindField
from monitoring.discussion.kinds import KINDS, model_of
from monitoring.models import RecordFile


class RecordFileSerializer(KeptFileSerializer):
    kind = KindField(help_text="What kind of record it is of.")
    record: Any = serializers.IntegerField(
        source="object_id", min_value=1, max_value=2**63 - 1, help_text="The id of that record."
    )

    class Meta(KeptFileSerializer.Meta):
        model = RecordFile
        fields = ["id", "kind", "record", *KeptFileSerializer.Meta.fields]


class RecordFileFilters(filters.Filters):
    kind = filters.Choices(
        "content_type", list(KINDS), method="of_kind", help_text="Kind of record."
    )
    record = filters.Whole("object_id")
    sha256 = filters.Codes("sha256")

    def of_kind(
        self, rows: QuerySet[RecordFile], _name: str, kinds: list[str]
    ) -> QuerySet[RecordFile]:
        models = [model_of(kind) for kind in kinds]
        found = ContentType.objects.get_for_models(*models).values()
        return rows.filter(content_type__in=found) if kinds else rows


class RecordFiles(Creatable, Resource):
    """Files of the records you see: PDF, photos, xlsx, up to 10 MB each. Never a photo of a
    child."""

    queryset = RecordFile.objects.select_related("added_by")
    serializer_class = RecordFileSerializer
    filterset_class = RecordFileFilters
    ordering_fields = ("added_at",)
    parser_classes = (FileBody,)
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {"create": files.MAY_ATTACH}

    def get_queryset(self) -> QuerySet[RecordFile]:
        """Those of records in the person's scope."""
        found = Q(pk__in=())
        for kind in KINDS:
            model = model_of(kind)
            seen = model.objects.visible_to(person(self.request)).order_by().values("pk")
            of_kind = ContentType.objects.get_for_model(model)
            found |= Q(content_type=of_kind, object_id__in=seen)
        return super().get_queryset().filter(found)

    def perform_create(self, fields: dict[str, Any]) -> RecordFile:
        actor = person(self.request)
        seen = model_of(fields["kind"]).objects.visible_to(actor)
        about = seen.filter(pk=fields["object_id"]).first()
        if about is None:
            told = _("There is no such record in your assignment.")
            raise serializers.ValidationError({"record": [coded("does_not_exist", told)]})
        return files.attach(actor=actor, about=about, upload=fields["file"])

    @file_action("content", *ENDINGS)
    def content(self, row: RecordFile) -> HttpResponseBase:
        """The file itself."""
        return download_response(row)
