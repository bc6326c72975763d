"""A voucher begun as a photo alone: kept, completed with what was typed beside it, or removed."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.models import PICTURES
from core.services.access import check
from core.services.attachments import kind_of, save_attachment, sha256_of
from core.services.errors import Conflict
from core.services.transition import save_with_history
from core.values.said import refused
from disbursements.ledger import services as ledger
from disbursements.models import Attachment, Disbursement
from disbursements.models.photos import VoucherPhoto

MOST = 200  # that wait for one person
SHOWN = (*PICTURES, "image/heic", "application/pdf")  # a sheet is no voucher


@transaction.atomic
def add(*, actor: User, upload: "UploadedFile[bytes]") -> VoucherPhoto:
    """Keep a photo (or scan) of a voucher whose rest follows; sent again it is the same one.

    Raises `ValidationError` on `files`: what `save_attachment` says, no picture, a voucher has it
    already.
    """
    check(actor, ENTER_DISBURSEMENT)
    User.objects.select_for_update().get(pk=actor.pk)
    if upload.size and kind_of(upload) not in SHOWN:
        said = _("“%(name)s” is no photo and no PDF.") % {"name": str(upload.name)[:200]}
        raise refused("files", "wrong_type", said)
    if Attachment.objects.filter(added_by=actor, sha256=sha256_of(upload)).exists():
        said = _("“%(name)s” is a file of a voucher already.") % {"name": str(upload.name)[:200]}
        raise refused("files", "already_entered", said)
    return save_attachment(
        VoucherPhoto(added_by=actor),
        upload,
        among=VoucherPhoto.objects.visible_to(actor),
        too_many=_("At most %(n)d photos wait: complete some first."),
        most=MOST,
    )


def waiting(*, actor: User, pk: int, lock: bool = False) -> VoucherPhoto:
    """A photo of theirs that waits. Raises `Conflict` for one that is gone."""
    own = VoucherPhoto.objects.visible_to(actor)
    found = (own.select_for_update() if lock else own).filter(pk=pk).first()
    if found is None:
        raise Conflict(_("This photo is a voucher already, or was removed."), "photo_gone")
    return found


@transaction.atomic
def complete(*, actor: User, photo: VoucherPhoto, **fields: Any) -> Disbursement:
    """Draft a disbursement of what was typed beside its photo (`fields` as of `ledger.create`); the
    photo becomes its file, which stays where it lies. Raises `Conflict` for one that is gone."""
    check(actor, ENTER_DISBURSEMENT)
    photo = waiting(actor=actor, pk=photo.pk, lock=True)
    row = ledger.create(actor=actor, **fields)
    about = {name: getattr(photo, name) for name in ("name", "kind", "size", "sha256", "added_by")}
    file = Attachment(disbursement=row, file=photo.file.name, **about)
    save_with_history(file, actor, _("entered from a photo"))
    _delete(photo, actor, _("entered as a voucher"))
    return row


@transaction.atomic
def remove(*, actor: User, photo: VoucherPhoto) -> None:
    """Take away a photo that is no voucher."""
    check(actor, ENTER_DISBURSEMENT)
    _delete(photo, actor, _("removed"))


def _delete(photo: VoucherPhoto, actor: User, why: str) -> None:
    photo._history_user = actor  # type: ignore[attr-defined]
    photo._change_reason = why  # type: ignore[attr-defined]
    photo.delete()
