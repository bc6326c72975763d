"""What Prometheus asks every few seconds: `/metrics`."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from accounts.sign_in import failed
from core.services.access import public
from core.web.metrics import registry
from plan_portal.site import health

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Measurements of all server processes, and how the portal is at this moment."""
    if not _may(request):
        raise PermissionDenied
    known = registry()
    text = generate_latest(known) + generate_latest(_Now())
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may(request: HttpRequest) -> bool:
    """Who has METRICS_TOKEN; where none is set, a program on this machine. What a web server hands
    on comes from this machine too, and is told by what that adds."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:  # a socket of this machine's web server
        return False


class _Now:
    """What is asked at the moment itself, as the library has it."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        state = GaugeMetricFamily("portal_ok", "1: in order (/readyz).", labels=["check"])
        for name, said in (
            health.run_checks(health.CHECKS) | health.run_checks(health.SAID)
        ).items():
            state.add_metric([name], said == health.OK)
        yield state
        yield GaugeMetricFamily("portal_disk_free_bytes", "On the fullest.", health.free_bytes())
        if made := health.last_made():
            about = "When the newest backup was made."
            yield GaugeMetricFamily("portal_last_backup_seconds", about, made.timestamp())
        try:
            count = failed.count_since(timezone.now() - timedelta(hours=1))
        except Error:
            return
        yield GaugeMetricFamily("portal_failed_sign_ins", "In the last hour.", count)
