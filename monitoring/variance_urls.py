"""Addresses of the variances."""

from django.urls import path

from monitoring import variance_views

urlpatterns = [
    path("variances/", variance_views.variances, name="variances"),
    path(
        "variances/<str:code>/<int:quarter>/<str:program>/<str:kind>/<int:pk>/",
        variance_views.explain,
        name="variance",
    ),
]
