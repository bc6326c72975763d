"""Addresses of the variances."""

from django.urls import path

from monitoring.variance import lists as variance_list
from monitoring.variance import many as variance_many
from monitoring.variance import views as variance_views

urlpatterns = [
    path("variances/", variance_list.variances, name="variances"),
    path("variances/explain/", variance_many.explain_many, name="variances-explain"),
    path(
        "variances/<str:code>/<int:quarter>/<str:program>/<str:kind>/<int:pk>/",
        variance_views.explain,
        name="variance",
    ),
]
