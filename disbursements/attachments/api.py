"""`/api/v1/disbursement-files/`: scans and photos of vouchers."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase

from accounts.requests import person
from accounts.roles import ENTER_DISBURSEMENT
from core.api.files import FileBody, FormKeyField, KeptFileSerializer, file_action
from core.api.viewsets import Creatable, Removable, Resource
from core.lists import filters
from core.services.attachments import ENDINGS, download_response
from core.services.errors import StaleVersion
from disbursements.attachments import services as attachments
from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment


class DisbursementFileSerializer(KeptFileSerializer):
    disbursement: Any = FormKeyField(queryset=Disbursement.objects.all(), help_text="Its id.")

    class Meta(KeptFileSerializer.Meta):
        model = Attachment
        fields = ["id", "disbursement", *KeptFileSerializer.Meta.fields]


class FileFilters(filters.Filters):
    disbursement = filters.Whole("disbursement")
    sha256 = filters.Codes("sha256")


class DisbursementFiles(Creatable, Removable, Resource):
    """Files of the disbursements you see: PDF, photos, xlsx, up to 10 MB each."""

    queryset = Attachment.objects.select_related("added_by")
    serializer_class = DisbursementFileSerializer
    filterset_class = FileFilters
    ordering_fields = ("added_at", "disbursement")
    parser_classes = (FileBody,)
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "create": ENTER_DISBURSEMENT,
        "destroy": ENTER_DISBURSEMENT,
    }

    def get_queryset(self) -> QuerySet[Attachment]:
        seen = Disbursement.objects.visible_to(person(self.request))
        return super().get_queryset().filter(disbursement__in=seen.order_by().values("pk"))

    def perform_create(self, fields: dict[str, Any]) -> Attachment:
        return attachments.add(
            actor=person(self.request), disbursement=fields["disbursement"], upload=fields["file"]
        )

    def perform_destroy(self, row: Attachment, version: int | None) -> None:
        if version not in (None, 1):  # a file does not change
            raise StaleVersion
        attachments.remove(actor=person(self.request), attachment=row)

    @file_action("content", *ENDINGS)
    def content(self, row: Attachment) -> HttpResponseBase:
        """The file itself."""
        return download_response(row)
