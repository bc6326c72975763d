"""Addresses of links for readers without an account."""

from django.urls import path

from reports.shared import views

urlpatterns = [
    path("shared-links/", views.shared_links, name="shared-links"),
    path("shared-links/<int:pk>/end/", views.shared_end, name="shared-link-end"),
    path("shared/<slug:key>/", views.shared, name="shared"),
    path("shared/<slug:key>.csv", views.shared, {"form": "csv"}, name="shared-csv"),
    path("shared/<slug:key>.xlsx", views.shared, {"form": "xlsx"}, name="shared-xlsx"),
]
