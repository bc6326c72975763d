"""The addresses of `/api/v1/`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.roles import VIEW
from communes.api import Communes, Villages
from disbursements.api import Disbursements
from disbursements.plan_api import PlanLines, PlanVersions
from programs.api import Activities, FiscalYears, Funds, Programs
from reports.api import SummaryView, TrainingSummaryView
from reports.document_api import ReportView, WorkbookView

router = SimpleRouter()
router.register("fiscal-years", FiscalYears, "api-fiscal-years")
router.register("programs", Programs, "api-programs")
router.register("funds", Funds, "api-funds")
router.register("communes", Communes, "api-communes")
router.register("villages", Villages, "api-villages")
router.register("activities", Activities, "api-activities")
router.register("plan-versions", PlanVersions, "api-plan-versions")
router.register("plan-lines", PlanLines, "api-plan-lines")
router.register("disbursements", Disbursements, "api-disbursements")


class SchemaView(SpectacularAPIView):
    permission = VIEW
    permission_classes = SpectacularAPIView.permission_classes


urlpatterns = [
    path("summary/", SummaryView.as_view(), name="api-summary"),
    path("trainings/summary/", TrainingSummaryView.as_view(), name="api-trainings-summary"),
    path(
        "reports/workbook.<str:extension>",
        WorkbookView.as_view(),
        {"kind": "workbook"},
        name="api-workbook",
    ),
    path(
        "reports/<str:kind>.<str:extension>",
        ReportView.as_view(),
        name="api-report",
    ),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema"),
        name="api-docs",
    ),
    path("", include(router.urls)),
]
