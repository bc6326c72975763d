from django.urls import include, path

from reports import trail_views, training_summary, views, waiting_views

urlpatterns = [
    path("", include("reports.issue_urls")),
    path("", include("reports.shared.urls")),
    path("", include("reports.activity_pages")),
    path("", views.dashboard_page, name="dashboard"),
    path("plan-against-actual/", views.against_plan_page, name="against-plan"),
    path("waiting/", waiting_views.waiting_page, name="waiting"),
    path("trainings/summary/", training_summary.summary, name="trainings-summary"),
    path("trail/", trail_views.trail_page, name="trail"),
    path("present/", views.presentation_page, name="present"),
    path("present/slides.pdf", views.presentation_pdf, name="present-pdf"),
]
