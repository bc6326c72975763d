"""Addresses of the variances."""

from django.urls import path

from monitoring import variance_list, variance_views

urlpatterns = [
    path("variances/", variance_list.variances, name="variances"),
    path(
        "variances/<str:code>/<int:quarter>/<str:program>/<str:kind>/<int:pk>/",
        variance_views.explain,
        name="variance",
    ),
]
