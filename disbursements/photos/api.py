"""`/api/v1/voucher-photos/`: vouchers that are a photo alone so far."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase

from accounts.requests import person
from accounts.roles import ENTER_DISBURSEMENT
from core.api.files import FileBody, KeptFileSerializer, file_action
from core.api.viewsets import Creatable, Removable, Resource, act
from core.lists import filters
from core.services.attachments import download_response
from core.services.errors import StaleVersion
from disbursements.ledger.api import DisbursementSerializer
from disbursements.models import Disbursement
from disbursements.models.photos import VoucherPhoto
from disbursements.photos import services as photos


class VoucherPhotoSerializer(KeptFileSerializer):
    class Meta(KeptFileSerializer.Meta):
        model = VoucherPhoto
        fields = ["id", *KeptFileSerializer.Meta.fields]


class VoucherPhotoFilters(filters.Filters):
    sha256 = filters.Codes("sha256")


class VoucherPhotos(Creatable, Removable, Resource):
    """Your own photos and scans of vouchers that wait for day, activity, commune and amount."""

    queryset = VoucherPhoto.objects.select_related("added_by")
    serializer_class = VoucherPhotoSerializer
    filterset_class = VoucherPhotoFilters
    ordering_fields = ("added_at",)
    parser_classes = (FileBody,)
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "create": ENTER_DISBURSEMENT,
        "destroy": ENTER_DISBURSEMENT,
    }

    def perform_create(self, fields: dict[str, Any]) -> VoucherPhoto:
        return photos.add(actor=person(self.request), upload=fields["file"])

    def perform_destroy(self, row: VoucherPhoto, version: int | None) -> None:
        if version not in (None, 1):  # a file does not change
            raise StaleVersion
        photos.remove(actor=person(self.request), photo=row)

    @act(
        "complete",
        permission=ENTER_DISBURSEMENT,
        body=DisbursementSerializer,
        code=201,
        answer=DisbursementSerializer,
        at="api-disbursements-detail",
    )
    def complete(self, row: VoucherPhoto, *, version: int | None, **fields: object) -> Disbursement:
        """What was typed beside it makes it a draft of the ledger, which is the answer; the photo
        is a file of that and waits no more."""
        return photos.complete(actor=person(self.request), photo=row, **fields)

    @file_action("content", *photos.SHOWN)
    def content(self, row: VoucherPhoto) -> HttpResponseBase:
        """The file itself."""
        return download_response(row)
