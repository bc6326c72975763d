"""What is not kept for ever: `manage.py clear_expired`, every night (docs/running.md).

The ledger, its trail, and whatever was committed are kept; so are the workbooks they came from.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from accounts import idempotency
from accounts.models import Letter
from accounts.notices import services as notices
from accounts.sign_in import failed
from imports.models import Upload, UploadState
from reports.changes.feed import forget_before

BATCH = 1000
NEVER_USED = (UploadState.CHECKED, UploadState.REFUSED)


def clear_expired() -> dict[str, int]:
    """Delete what is over; how much of each kind. Sessions are not counted."""
    found = {name: clear() for name, clear in KINDS.items()}
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return found


def _idempotency_keys() -> int:
    count = 0
    while found := idempotency.clear(BATCH):
        count += found
    return count


def _failed_sign_ins() -> int:
    return failed.forget_before(_days_ago(settings.FAILED_SIGN_IN_DAYS))


def _unused_workbooks() -> int:
    """Workbooks that were checked or refused, and never committed; 0 days keeps them."""
    if not settings.UNUSED_WORKBOOK_DAYS:
        return 0
    over = _days_ago(settings.UNUSED_WORKBOOK_DAYS)
    rows = list(Upload.objects.filter(state__in=NEVER_USED, created_at__lt=over))
    for row in rows:
        row.delete()
        row.file.delete(save=False)
    return len(rows)


def _old_notices() -> int:
    """Notices, read or not; 0 days keeps them."""
    if not settings.NOTICE_DAYS:
        return 0
    count, over = 0, _days_ago(settings.NOTICE_DAYS)
    while found := notices.clear_before(over, BATCH):
        count += found
    return count


def _letters() -> int:
    """Letters that have ended: nothing is kept of those that went, and failed ones are old news."""
    over = Letter.objects.filter(ended_at__lt=_days_ago(settings.LETTER_DAYS))
    return over.delete()[0]


def _changes() -> int:
    """A program that follows them comes again before this, or reads the lists anew."""
    return forget_before(_days_ago(settings.CHANGES_DAYS))


def _days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


KINDS: dict[str, Callable[[], int]] = {
    "idempotency_keys": _idempotency_keys,
    "failed_sign_ins": _failed_sign_ins,
    "unused_workbooks": _unused_workbooks,
    "notices": _old_notices,
    "letters": _letters,
    "changes": _changes,
}
