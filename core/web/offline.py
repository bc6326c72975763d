"""What makes the portal installable, and what it can do without a connection."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.views.decorators.cache import never_cache

from core.services.access import public
from core.web import guide

FILES = (  # what the page without a connection needs; the rest is in the browser's own cache
    "css/portal.css",
    "js/portal.js",
    "js/days.js",
    "js/kept.js",
    "js/outbox.js",
    "js/files.js",
    "js/drafts.js",
    "js/forms.js",
    "js/offline.js",
    "icons/portal.svg",
)
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def keeping() -> dict[str, object]:
    """What the frame of every page says, also without a connection: the portal's version, how long
    forms are kept in a browser: hours a sign-in lasts, days the portal knows a form again."""
    return {
        "portal_version": settings.VERSION,
        "sign_in_hours": settings.SESSION_COOKIE_AGE // 3600,
        "key_days": settings.IDEMPOTENCY_DAYS,
    }


@public
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its version is the content of what it keeps."""
    shells = {code: f"/offline/?shell={code}" for code in LANGUAGES}
    context = {
        "files": [static(name) for name in FILES],
        "shells": shells,
        "default": settings.LANGUAGE_CODE,
        "version": version(),
    }
    return render(request, "sw.js", context, content_type="text/javascript")


def version() -> str:
    """Changes whenever something that is kept offline does."""
    digest = hashlib.sha256()
    for name in FILES:
        with open(finders.find(name), "rb") as file:  # type: ignore[arg-type]  # it is there
            digest.update(file.read())
    for page in (*map(shell, LANGUAGES), kept_guide()):
        digest.update(page.encode())
    return digest.hexdigest()[:12]


def shell(language: str) -> str:
    """The page that is shown without a connection. It is kept in the browser for whoever comes, so
    it is made without a request: it knows no user, and nothing of one."""
    with translation.override(language):
        return render_to_string("offline.html", {"LANGUAGE_CODE": language, **keeping()})


def kept_guide() -> str:
    """All of the guide as one page. The service worker keeps it once somebody has opened the guide:
    it is too long for everybody's first visit."""
    with translation.override("vi"):
        guides = [guide.read(name) for name in guide.names()]
        context = {"LANGUAGE_CODE": "vi", "guides": guides, **keeping()}
        return render_to_string("guide_kept.html", context)


@public
@never_cache
def offline(request: HttpRequest) -> HttpResponse:
    """What can be done without a connection, and what this browser keeps; with `?shell=vi`, the
    copy that the service worker keeps; with `?guide=all`, its copy of the guide."""
    if "guide" in request.GET:
        return HttpResponse(kept_guide())
    language = request.GET.get("shell")
    if language in LANGUAGES:
        return HttpResponse(shell(language))
    return render(request, "offline.html")
