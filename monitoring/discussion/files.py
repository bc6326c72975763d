"""Files of records: attached by who may write such records, fetched by who sees them."""

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import RECORD_DIFFICULTY, RECORD_MEETING, RECORD_OUTPUT, RECORD_TRAINING
from core.pages.entry import Keeper
from core.services.access import check
from core.services.attachments import save_attachment
from monitoring.discussion.kinds import kind_of
from monitoring.discussion.services import sees
from monitoring.models import RecordFile

MAY_ATTACH = (RECORD_MEETING, RECORD_OUTPUT, RECORD_DIFFICULTY, RECORD_TRAINING)


@transaction.atomic
def attach(*, actor: User, about: Model, upload: "UploadedFile[bytes]") -> RecordFile:
    """Keep a file with a record; the same content again is the same file.

    Raises `Http404` out of scope, `ValidationError` on `files`, as `save_attachment` says.
    """
    check(actor, *MAY_ATTACH)
    if not sees(actor, about):
        raise Http404
    return save_attachment(
        RecordFile(about=about, added_by=actor),
        upload,
        among=files_of(about),
        too_many=_("A record has at most %(n)d files."),
    )


def keeper(user: User, model: type[Model]) -> Keeper | None:
    """What keeps the files that come with a new record of a kind; None where the person may attach
    none."""
    return attach if kind_of(model) and any(map(user.can, MAY_ATTACH)) else None


def files_of(record: Model) -> "QuerySet[RecordFile]":
    """The files of a record, in the order they came."""
    kind = ContentType.objects.get_for_model(type(record))
    return RecordFile.objects.filter(content_type=kind, object_id=record.pk)
