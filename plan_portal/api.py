"""The addresses of `/api/v1/`."""

from threading import Lock
from typing import ClassVar

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpResponse
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator
from django.utils.translation import override
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from accounts.api import Token, Tokens
from accounts.notices.api import Notices
from communes.api import Communes, Villages
from communes.boards_api import Boards
from communes.geojson import CommunesGeoJSON
from core.api.viewsets import Conditional
from core.services.access import PUBLIC
from disbursements.attachments.api import DisbursementFiles
from disbursements.costs.api import CostLinks
from disbursements.ledger.api import Disbursements
from disbursements.photos.api import VoucherPhotos
from disbursements.plans.api import PlanLines, PlanVersions
from imports.api import TemplateView, Uploads
from monitoring.discussion.api import Comments
from monitoring.discussion.files_api import RecordFiles
from monitoring.handover.api import HandOver
from monitoring.merger.api import HandingOn
from monitoring.proposals.api import Criteria, Proposals
from monitoring.results.api import Actuals, Indicators, Targets
from monitoring.reviews.api import ActionPoints, Difficulties, Visits
from monitoring.reviews.meetings_api import Meetings
from monitoring.variance.api import Explain, Variances
from plan_portal.privacy.api import MyData
from plan_portal.search.api import SearchView
from plan_portal.site.swagger_words import swagger_words
from programs.api import Activities, FiscalYears, Funds, Programs
from programs.outputs.api import Agreements, Groups, Outputs, Referrals
from programs.years.api import GoLiveAgree, GoLiveDay, GoLiveDrop, GoLiveMove, Months
from reports.api import SummaryView, TrainingSummaryView
from reports.changes.api import Changes
from reports.document_api import ReportView, StatementFiguresView, StatementView, WorkbookView
from reports.draft_api import PreparedView
from reports.handover_api import HandingOnMinute, HandoverView
from reports.issued_api import IssuedReports, ReportDrafts
from reports.month_views import MonthListView, MonthStepsView
from reports.plan_beside_money.api import PlanBesideMoney
from reports.shared.api import SharedLinks
from reports.trail_api import TrailView
from trainings.api import Topics, Trainings

router = SimpleRouter()
router.register("fiscal-years", FiscalYears, "api-fiscal-years")
router.register("months", Months, "api-months")
router.register("programs", Programs, "api-programs")
router.register("funds", Funds, "api-funds")
router.register("communes", Communes, "api-communes")
router.register("villages", Villages, "api-villages")
router.register("activities", Activities, "api-activities")
router.register("plan-versions", PlanVersions, "api-plan-versions")
router.register("plan-lines", PlanLines, "api-plan-lines")
router.register("disbursements", Disbursements, "api-disbursements")
router.register("boards", Boards, "api-boards")
router.register("agreements", Agreements, "api-agreements")
router.register("outputs", Outputs, "api-outputs")
router.register("groups", Groups, "api-groups")
router.register("referrals", Referrals, "api-referrals")
router.register("voucher-photos", VoucherPhotos, "api-voucher-photos")
router.register("disbursement-files", DisbursementFiles, "api-disbursement-files")
router.register("cost-links", CostLinks, "api-cost-links")
router.register("record-files", RecordFiles, "api-record-files")
router.register("issued-reports", IssuedReports, "api-issued-reports")
router.register("report-drafts", ReportDrafts, "api-report-drafts")
router.register("shared-links", SharedLinks, "api-shared-links")
router.register("uploads", Uploads, "api-uploads")
router.register("topics", Topics, "api-topics")
router.register("trainings", Trainings, "api-trainings")
router.register("meetings", Meetings, "api-meetings")
router.register("visits", Visits, "api-visits")
router.register("difficulties", Difficulties, "api-difficulties")
router.register("action-points", ActionPoints, "api-action-points")
router.register("proposals", Proposals, "api-proposals")
router.register("proposal-criteria", Criteria, "api-proposal-criteria")
router.register("indicators", Indicators, "api-indicators")
router.register("indicator-targets", Targets, "api-indicator-targets")
router.register("indicator-actuals", Actuals, "api-indicator-actuals")
router.register("comments", Comments, "api-comments")
router.register("notices", Notices, "api-notices")


MOST_KEPT = 8  # forms of the schema, by names of the portal


def resources() -> dict[str, object]:
    """The resources by their names in addresses."""
    return {name: view for name, view, _base in router.registry}


class SchemaView(Conditional, SpectacularAPIView):
    """The schema tells nothing about anybody's figures: anybody may read it.

    To make it takes seconds, and it is in one language: each process makes it once for each form
    and name of the portal, as bytes. Who has it already is answered 304.
    """

    permission = PUBLIC
    made: ClassVar[dict[tuple[str, str], tuple[str | bytes, str]]] = {}
    making = Lock()

    def _get_schema_response(self, request: Request) -> HttpResponse:
        form: BaseRenderer = request.accepted_renderer  # type: ignore[attr-defined]
        known_by = (form.media_type, request.build_absolute_uri("/"))
        with self.making:
            if known_by not in self.made:
                if len(self.made) >= MOST_KEPT:
                    self.made.clear()
                with override("en"):  # whoever asks: names of a program's own
                    answer = super()._get_schema_response(request)
                body = form.render(answer.data, form.media_type, {})
                self.made[known_by] = (body, answer["Content-Disposition"])
            body, name = self.made[known_by]
        return HttpResponse(
            body, content_type=form.media_type, headers={"Content-Disposition": name}
        )


@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE]}), "dispatch")
class DocsView(SpectacularSwaggerView):
    """A page to try the API, with the browser's session or a token. Its styles are inline."""

    permission = PUBLIC
    url_name = "api-schema"
    template_name = "docs.html"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        response: Response = super().get(request, *args, **kwargs)
        response.data |= {
            "words": swagger_words(),
            "base": f"{request.scheme}://{request.get_host()}",
        }
        return response


@extend_schema(exclude=True)
class NothingHere(APIView):
    """What is no address of the API is 404 as JSON, whatever the method."""

    is_nothing = True  # for core.web.middleware, which knows no address by name
    permission = PUBLIC
    permission_classes = ()
    metadata_class = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound


urlpatterns = [
    path("summary/", SummaryView.as_view(), name="api-summary"),
    path("trainings/summary/", TrainingSummaryView.as_view(), name="api-trainings-summary"),
    path("plan-beside-money/", PlanBesideMoney.as_view(), name="api-plan-beside-money"),
    path("search/", SearchView.as_view(), name="api-search"),
    path("go-live/", GoLiveDay.as_view(), name="api-go-live"),
    path("go-live/move/", GoLiveMove.as_view(), name="api-go-live-move"),
    path("go-live/agree/", GoLiveAgree.as_view(), name="api-go-live-agree"),
    path("go-live/drop/", GoLiveDrop.as_view(), name="api-go-live-drop"),
    path("communes.geojson", CommunesGeoJSON.as_view(), name="api-communes-geojson"),
    path("hand-over/", HandOver.as_view(), name="api-hand-over"),
    path("tokens/", Tokens.as_view(), name="api-tokens"),
    path("tokens/<str:digest>/", Token.as_view(), name="api-token"),
    path("trail/", TrailView.as_view(), name="api-trail"),
    path("uploads/templates/<str:kind>.xlsx", TemplateView.as_view(), name="api-template"),
    path("variances/explain/", Explain.as_view(), name="api-variances-explain"),
    path("changes/", Changes.as_view(resources=resources()), name="api-changes"),
    path("variances/", Variances.as_view(), name="api-variances"),
    path("months/<int:pk>/steps/", MonthStepsView.as_view(), name="api-month-steps"),
    path("months/<int:pk>/list.<str:extension>", MonthListView.as_view(), name="api-month-list"),
    path(
        "reports/workbook.<str:extension>",
        WorkbookView.as_view(),
        {"kind": "workbook"},
        name="api-workbook",
    ),
    path(
        "reports/statement.json",
        StatementFiguresView.as_view(),
        {"kind": "statement", "extension": "json"},
        name="api-statement-figures",
    ),
    path(
        "reports/statement.<str:extension>",
        StatementView.as_view(),
        {"kind": "statement"},
        name="api-statement",
    ),
    path("reports/<str:kind>.<str:extension>", ReportView.as_view(), name="api-report"),
    path("reports/<str:kind>/draft/", PreparedView.as_view(), name="api-report-draft"),
    re_path(
        r"^outputs/(?P<id>[0-9]{1,18})/handover\.(?P<extension>[^/]+)$",
        HandoverView.as_view(),
        name="api-handover",
    ),
    re_path(
        r"^communes/(?P<id>[0-9]{1,18})/handing-on/$", HandingOn.as_view(), name="api-handing-on"
    ),
    re_path(
        r"^communes/(?P<id>[0-9]{1,18})/handing-on\.(?P<extension>[^/]+)$",
        HandingOnMinute.as_view(),
        name="api-handing-on-minute",
    ),
    path("my-data/", MyData.as_view(), name="api-my-data"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    path("", include(router.urls)),
    # With the slash at the end: without it Django offers the address that has one.
    re_path(r"^[\s\S]*/$", NothingHere.as_view(), name="api-nothing"),
]
