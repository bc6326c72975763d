"""Files of records: attached by who may write such records, fetched by who sees them."""

import hashlib
from pathlib import PurePath
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.roles import RECORD_DIFFICULTY, RECORD_MEETING, RECORD_OUTPUT, RECORD_TRAINING
from core.services.access import check
from core.services.transition import save_with_history
from core.values.text import squash
from disbursements.attachments.services import MAX_FILES, checked_file
from monitoring.discussion.services import sees
from monitoring.models import RecordFile

MAY_ATTACH = (RECORD_MEETING, RECORD_OUTPUT, RECORD_DIFFICULTY, RECORD_TRAINING)


@transaction.atomic
def attach(*, actor: Any, about: Any, upload: Any) -> RecordFile:
    """Keep a file with a record; the same content again is the same file.

    Raises `Http404` out of scope, `ValidationError` on `files`: empty, over 10 MB, wrong type.
    """
    check(actor, *MAY_ATTACH)
    if not sees(actor, about):
        raise Http404
    name = squash(PurePath(upload.name).name)[:200] or "file"
    kind = checked_file(upload, name)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    there = files_of(about)
    earlier = there.filter(sha256=digest.hexdigest()).first()
    if earlier is not None:
        return earlier
    if there.count() >= MAX_FILES:
        raise ValidationError({"files": _("A record has at most %(n)d files.") % {"n": MAX_FILES}})
    upload.seek(0)
    row = RecordFile(
        about=about,
        file=upload,
        name=name,
        kind=kind,
        size=upload.size,
        sha256=digest.hexdigest(),
        added_by=actor,
    )
    save_with_history(row, actor, _("attached"))
    return row


def files_of(record: Any) -> Any:
    """The files of a record, in the order they came."""
    kind = ContentType.objects.get_for_model(type(record))
    return RecordFile.objects.filter(content_type=kind, object_id=record.pk)
