"""`Idempotency-Key`: the same request twice has one effect and one answer.

The key is stored in the transaction of its effect, so either both are there or neither. When two
requests arrive at once, the database makes the second wait for the first: on PostgreSQL at the
unique key, on SQLite at the one write lock.

A key is kept for settings.IDEMPOTENCY_DAYS; then it is as if it had never been used. Each keyed
write clears a few that are over; `manage.py clear_idempotency_keys` clears all of them.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import IdempotencyKey
from accounts.requests import person
from core.services.errors import Conflict
from core.values.said import coded

HEADER = "Idempotency-Key"
KEY = re.compile("[!-~]{1,200}")
REPLAYED = "Idempotent-Replayed"
FEW = 20  # how many a write clears in passing


def idempotently(request: Request, effect: Callable[[], Response]) -> Response:
    """The answer of `effect`, run in one transaction; with a key, the first answer it had.

    Refusals are not remembered: what was refused has had no effect and may be tried again.
    """
    key = request.headers.get(HEADER)
    if key is None:
        with transaction.atomic():
            return effect()
    key = key.strip()
    if not KEY.fullmatch(key):
        raise ValidationError(
            {HEADER: [coded("invalid_key", _("A key has 1 to 200 visible ASCII characters."))]}
        )
    user = person(request)
    row = IdempotencyKey(
        user=user,
        method=request.method or "",
        path=request.path,
        key=key,
        body_hash=digest(request.data),
    )
    with transaction.atomic():
        earlier = claim(row)
        if earlier is not None:
            return _replay(earlier, row.body_hash)
        response = effect()
        row.status = response.status_code
        row.answer = json.loads(json.dumps(response.data, default=str))
        row.location = response.headers.get("Location", "")
        row.save(update_fields=["status", "answer", "location"])
        clear(FEW)
    return response


def clear(limit: int) -> int:
    """Delete up to `limit` of the oldest keys, where they are over; how many there were.

    The oldest come first by their id, so nothing else is read. What another request is clearing
    is left to it.
    """
    with transaction.atomic():
        oldest = IdempotencyKey.objects.select_for_update(skip_locked=True).order_by("pk")[:limit]
        kept_since = _kept_since()
        over = [pk for pk, made in oldest.values_list("pk", "created_at") if made < kept_since]
        if over:
            IdempotencyKey.objects.filter(pk__in=over).delete()
    return len(over)


def _kept_since() -> datetime:
    return timezone.now() - timedelta(days=settings.IDEMPOTENCY_DAYS)


def digest(data: dict[str, object] | list[object]) -> str:
    """The hash of a body, whatever the order of its fields and its white space."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, default=_as_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(value: object) -> str:
    """What a body has besides JSON; a file is its name and its content."""
    return f"{value.name} {content(value)}" if isinstance(value, File) else str(value)


def content(file: File[bytes]) -> str:
    """The hash of what is in a file."""
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def claim(row: IdempotencyKey) -> IdempotencyKey | None:
    """Take the key for this request; or the row of whoever took it before. Needs a transaction.

    Raises `Conflict` ("running") while the first request is still at it.
    """
    same = IdempotencyKey.objects.filter(
        user=row.user, method=row.method, path=row.path, key=row.key
    )
    same.filter(created_at__lt=_kept_since()).delete()
    found = same.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return same.get()
    except OperationalError as error:
        if not _waited_for_a_lock(error):
            raise
        raise Conflict(
            _("The first request with this key is still running. Ask again later."), "running"
        ) from error
    return None


def _waited_for_a_lock(error: OperationalError) -> bool:
    """Whether the first request is still at it, and not the database away."""
    code = getattr(error.__cause__, "pgcode", None)
    return code == "55P03" or "locked" in str(error)


def _replay(earlier: IdempotencyKey, body_hash: str) -> Response:
    if earlier.body_hash != body_hash:
        raise Conflict(_("This key was used with another body."), "idempotency_key")
    headers = {REPLAYED: "true"}
    if earlier.location:
        headers["Location"] = earlier.location
    return Response(earlier.answer, earlier.status, headers=headers)
