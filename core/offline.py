"""What makes the portal installable, and what it can do without a connection."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.access import public

FILES = ("css/portal.css", "js/portal.js", "icons/portal.svg")


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest."""
    icon = {"src": static("icons/portal.svg"), "sizes": "any", "type": "image/svg+xml"}
    return JsonResponse(
        {
            "name": _("Plan Portal"),
            "short_name": _("Plan Portal"),
            "start_url": "/",
            "display": "standalone",
            "background_color": "#f5f7f6",
            "theme_color": "#0d5560",
            "lang": "vi",
            "icons": [icon, {**icon, "purpose": "maskable"}],
        },
        content_type="application/manifest+json",
    )


@public
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its version is the content of what it keeps."""
    kept = [static(name) for name in FILES] + ["/offline/"]
    context = {"kept": kept, "version": version()}
    return render(request, "sw.js", context, content_type="text/javascript")


def version() -> str:
    """Changes whenever one of the files kept offline does."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((Path(settings.BASE_DIR) / "static" / name).read_bytes())
    return digest.hexdigest()[:12]


@public
def offline(request: HttpRequest) -> HttpResponse:
    """What can be done without a connection, and what this browser keeps."""
    return render(request, "offline.html")
