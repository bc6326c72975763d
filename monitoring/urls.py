"""Addresses of meetings, visits, difficulties, action points, proposals, results, comments."""

from django.urls import path

from core.pages.urls import record_urls
from monitoring.discussion import views
from monitoring.handover import views as handover_views
from monitoring.merger import views as merger_views
from monitoring.proposals import views as proposals_views
from monitoring.proposals.pages import criterion_admin, proposal_admin
from monitoring.results import pages as results_pages
from monitoring.results import target_views
from monitoring.results import views as results_views
from monitoring.reviews import stated_views
from monitoring.reviews.pages import ADMINS

urlpatterns = [
    path("proposals/selection/", proposals_views.selection, name="selection"),
    path("proposals/selection/plan/", proposals_views.plan_selected, name="selection-plan"),
    path("proposals/selection/carry-over/", proposals_views.carry_over, name="selection-carry"),
    path("proposals/<int:pk>/score/", proposals_views.score, name="proposal-score"),
    path("proposals/<int:pk>/decide/", proposals_views.decide, name="proposal-decide"),
    path("results/", results_views.results, name="results"),
    path("results/list/", results_views.results_as_list, name="results-list"),
    path(
        "indicators/<int:pk>/targets/<slug:code>/",
        target_views.targets,
        name="indicator-targets-of",
    ),
    path("people/<int:pk>/hand-over/", handover_views.hand_over, name="person-hand-over"),
    path("communes/<int:pk>/handing-on/", merger_views.handing_on, name="handing-on"),
    path("communes/<int:pk>/handing-on/<slug:kind>/", merger_views.hand_on, name="hand-on"),
    path("mentions/", views.mentions, name="mentions"),
    path("meetings/<int:pk>/attendance/", stated_views.add_attendance, name="meeting-attendance"),
    path("meetings/<int:pk>/figure/", stated_views.add_figure, name="stated-figure"),
    path("meetings/<int:pk>/outcome/", stated_views.add_outcome, name="stated-outcome"),
    path("meetings/<int:pk>/withdraw/", stated_views.withdraw, name="stated-withdraw"),
    path("comments/<slug:kind>/<int:pk>/", views.add_comment, name="comment"),
    path("files/<slug:kind>/<int:pk>/", views.add_file, name="record-files"),
    path("files/<slug:kind>/<int:pk>/<int:file>/", views.record_file, name="record-file"),
    *record_urls(*ADMINS, proposal_admin, criterion_admin, *results_pages.ADMINS),
]
