"""The addresses of `/api/v1/`."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.roles import VIEW
from reports.api import SummaryView, TrainingSummaryView


class SchemaView(SpectacularAPIView):
    permission = VIEW
    permission_classes = SpectacularAPIView.permission_classes


urlpatterns = [
    path("summary/", SummaryView.as_view(), name="api-summary"),
    path("trainings/summary/", TrainingSummaryView.as_view(), name="api-trainings-summary"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema"),
        name="api-docs",
    ),
]
