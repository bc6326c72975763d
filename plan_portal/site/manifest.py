"""What a phone asks for before it installs the portal: its name, pictures and shortcuts."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core.services.access import public

THEME_COLOR = "#0d5560"
ICONS = (  # file, size, what a phone may do with it
    ("icons/portal-192.png", "192x192", "any"),
    ("icons/portal-512.png", "512x512", "any"),
    ("icons/portal-maskable-512.png", "512x512", "maskable"),
)


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest."""
    pictures = [
        {"src": static(name), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size, purpose in ICONS
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": _("Plan Portal"),
            "short_name": _("Plan Portal"),
            "description": _("Plan against disbursement of a programme area."),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f5f7f6",
            "theme_color": THEME_COLOR,
            "lang": translation.get_language(),
            "icons": pictures,
            "shortcuts": [
                {"name": _("Enter a disbursement"), "url": reverse("disbursement-new")},
                {"name": _("Without a connection"), "url": reverse("offline")},
            ],
        },
        content_type="application/manifest+json",
    )
