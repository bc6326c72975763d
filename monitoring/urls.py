"""Addresses of meetings, visits, difficulties, action points, proposals, results, comments."""

from django.urls import path

from monitoring import views
from monitoring.pages import AREAS

urlpatterns = [
    path("proposals/selection/", views.selection, name="selection"),
    path("proposals/selection/plan/", views.plan_selected, name="selection-plan"),
    path("proposals/selection/carry-over/", views.carry_over, name="selection-carry"),
    path("proposals/<int:pk>/decide/", views.decide, name="proposal-decide"),
    path("results/", views.results, name="results"),
    path("comments/<slug:kind>/<int:pk>/", views.add_comment, name="comment"),
    path("files/<slug:kind>/<int:pk>/", views.add_file, name="record-files"),
    path("files/<slug:kind>/<int:pk>/<int:file>/", views.record_file, name="record-file"),
    *(url for area in AREAS for url in area.urls()),
]
