"""Addresses of boards and outlines. Communes and villages: programs.settings.pages."""

from django.urls import path, re_path

from communes.outlines import views
from communes.pages import boards
from core.pages.urls import record_urls

urlpatterns = [
    *record_urls(boards),
    path("communes/outlines/", views.outlines, name="outlines"),
    path("communes/outlines/<int:pk>/", views.outline_file, name="outline-file"),
    re_path(
        "^communes/outlines/(?P<pk>[0-9]{1,18})/(?P<what>use|take-back)/$",
        views.decide,
        name="outline-decide",
    ),
]
