"""Addresses of boards and outlines. Communes and villages: programs.settings.pages."""

from django.urls import path

from communes.outlines import views
from communes.pages import boards
from core.pages.urls import record_urls

urlpatterns = [
    *record_urls(boards),
    path("communes/outlines/", views.outlines, name="outlines"),
    path("communes/outlines/<int:pk>/", views.outline_file, name="outline-file"),
    path("communes/outlines/<int:pk>/use/", views.use, name="outline-use"),
    path("communes/outlines/<int:pk>/take-back/", views.take_back, name="outline-take-back"),
]
