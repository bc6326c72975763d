"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from core.services.access import public
from core.web import offline
from core.web.design import design
from core.web.preferences import set_theme
from plan_portal.privacy.views import erase_person
from plan_portal.search.views import search_page
from plan_portal.site import health
from plan_portal.site.guide import guide, guides
from plan_portal.site.manifest import manifest
from plan_portal.site.metrics import metrics
from plan_portal.site.navigation import all_pages_page
from plan_portal.site.status import status

handler500 = "core.web.failures.server_error"

urlpatterns = [
    path("i18n/setlang/", public(set_language), name="set_language"),
    path("theme/", set_theme, name="set_theme"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("offline/", offline.offline, name="offline"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics, name="prometheus"),
    path("pages/", all_pages_page, name="all-pages"),
    path("help/", guides, name="guide-list"),
    path("help/<slug:name>/", guide, name="guide-page"),
    path("search/", search_page, name="search-all"),
    path("status/", status, name="health-page"),
    path("design/", design, name="design"),  # with DEBUG on
    # The portal's own sign-in, so that lock-outs and the second factor hold there too.
    path("admin/login/", public(RedirectView.as_view(pattern_name="login", query_string=True))),
    # And its own page to change it, which offers to end tokens.
    path("admin/password_change/", public(RedirectView.as_view(pattern_name="password_change"))),
    path("admin/", admin.site.urls),
    path("api/v1/", include("plan_portal.api")),
    path("people/<int:pk>/erase/", erase_person, name="person-erase"),
    path("", include("accounts.urls")),
    path("", include("communes.urls")),
    path("", include("programs.urls")),
    path("", include("trainings.urls")),
    path("", include("disbursements.urls")),
    path("", include("monitoring.variance.urls")),
    path("", include("monitoring.urls")),
    path("", include("imports.urls")),
    path("", include("reports.urls")),
]
