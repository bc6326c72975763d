"""Addresses of months and years."""

from django.urls import path

from core.pages.urls import record_urls
from programs.outputs import care
from programs.outputs.pages import ADMINS
from programs.settings import pages as settings_pages
from programs.setup import views as setup_views
from programs.years import go_live_views, period_views
from programs.years import views as year_views

urlpatterns = [
    path("periods/", period_views.periods, name="periods"),
    path("fiscal-years/<str:code>/state/", period_views.change_year, name="year-state"),
    path("fiscal-years/", year_views.year_list, name="year-settings"),
    path("fiscal-years/next/", year_views.year_next, name="year-next"),
    path("fiscal-years/<str:code>/", year_views.year_edit, name="year-settings-edit"),
    path("go-live/", go_live_views.page, name="go-live"),
    path("go-live/<slug:what>/", go_live_views.decide, name="go-live-decide"),
    path("setup/", setup_views.overview, name="setup"),
    path("setup/communes/<int:pk>/leave/", setup_views.leave, name="setup-leave"),
    path("setup/<slug:name>/<int:pk>/remove/", setup_views.remove, name="setup-remove"),
    path("setup/<slug:name>/", setup_views.step, name="setup-step"),
    path("outputs/checks-due/", care.checks_due, name="checks-due"),
    *record_urls(*ADMINS, *settings_pages.ADMINS),
]
