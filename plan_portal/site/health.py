"""For whatever watches the portal: whether it lives (`/healthz`) and can do its work (`/readyz`).

Words, not reasons: anybody may ask. The reasons are in `manage.py check`, `migrate --plan` and
`verify`.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.services.access import public
from disbursements import guards
from plan_portal.backup import facts, keeping
from tasks import lease

OK = "ok"
MEGABYTE = 1024 * 1024
RETRY_SECONDS = "30"
TASKS_LATE = timedelta(minutes=10)


@public
@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@public
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when people can work, else 503; a late backup is said and stops nobody."""
    found = run_checks(CHECKS)
    fit = set(found.values()) == {OK}
    made = last_made()
    answer = {
        "status": "ready" if fit else "not ready",
        "checks": found | run_checks(SAID),
        "last_backup_at": made.astimezone(UTC).isoformat() if made else None,
    }
    if fit:
        return JsonResponse(answer)
    return JsonResponse(answer, status=503, headers={"Retry-After": RETRY_SECONDS})


def run_checks(checks: dict[str, Callable[[], str]]) -> dict[str, str]:
    """What each says; 'unknown' where the database does not answer."""
    found = {}
    for name, check in checks.items():
        try:
            found[name] = check()
        except Error:
            found[name] = "unknown"
    return found


def database() -> str:
    """'ok' or 'away'."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "away"
    return OK


def migrations() -> str:
    """'ok' or 'pending': the code is newer than the database."""
    return "pending" if facts.pending(connection) else OK


def guarded() -> str:
    """'ok' or 'missing': somebody could change what is posted."""
    return "missing" if guards.missing(connection) else OK


def disk() -> str:
    """'ok' or 'full': less than DISK_RESERVE_MB free for database, uploads or backups."""
    return OK if free_bytes() >= settings.DISK_RESERVE_MB * MEGABYTE else "full"


def free_bytes() -> int:
    """What is free on the fullest of their disks."""
    places = [Path(settings.MEDIA_ROOT), Path(settings.BACKUP_DIR)]
    if connection.vendor == "sqlite":
        places.append(Path(str(connection.settings_dict["NAME"])))
    return min(shutil.disk_usage(_nearest_folder(place)).free for place in places)


def last_made() -> datetime | None:
    """When the newest backup was made."""
    return keeping.last(Path(settings.BACKUP_DIR))


def last_backup() -> str:
    """'ok', 'late' (BACKUP_LATE_HOURS away, or a clock is wrong) or 'none'."""
    made = last_made()
    if made is None:
        return "none"
    late = abs(timezone.now() - made) > timedelta(hours=settings.BACKUP_LATE_HOURS)
    return "late" if late else OK


def tasks() -> str:
    """'ok' or 'late': something has waited for ten minutes, and nobody takes it up."""
    since = lease.waits_since()
    return "late" if since and timezone.now() - since > TASKS_LATE else OK


def offline() -> str:
    """'ok' or 'off': browsers keep forms without a connection where they trust the certificate."""
    return OK if settings.HTTPS and settings.HSTS_SECONDS else "off"


def _nearest_folder(place: Path) -> Path:
    """The nearest folder above that exists."""
    return next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())


# Without these nobody can work; whoever adds a part that must run adds its check here.
CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "guards": guarded,
    "disk": disk,
}
# These are said, and stop nobody.
SAID: dict[str, Callable[[], str]] = {
    "last_backup": last_backup,
    "tasks": tasks,
    "offline": offline,
}
