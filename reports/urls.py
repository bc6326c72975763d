from django.urls import include, path, re_path

from reports import (
    donor_views,
    issue_list,
    issue_views,
    month_views,
    pictures,
    trail_views,
    training_summary,
    views,
)
from reports.plan_beside_money.page import beside_money_page

urlpatterns = [
    path("reports/", issue_list.issued_reports, name="issued-reports"),
    path("reports/issued/<int:pk>/", issue_views.issued_report, name="issued-report"),
    path(
        "reports/issued/<int:pk>/file.<str:extension>",
        issue_views.issued_file,
        name="issued-report-file",
    ),
    path("reports/for-donor/", donor_views.for_donor, name="report-for-donor"),
    path(
        "reports/issued/<int:pk>/edition/",
        donor_views.issued_edition,
        name="issued-report-edition",
    ),
    path("reports/<str:kind>/<str:year>/", issue_views.report_draft, name="report-draft"),
    path("reports/<str:kind>/<str:year>/issue/", issue_views.report_issue, name="report-issue"),
    path("", include("reports.shared.urls")),
    path("", include("reports.activity_pages")),
    path("", views.dashboard_page, name="dashboard"),
    path("plan-against-actual/", views.against_plan_page, name="against-plan"),
    path("plan-beside-money/", beside_money_page, name="beside-money"),
    path(
        "periods/<int:pk>/list.<str:extension>",
        month_views.month_list_file,
        name="month-list",
    ),
    path("waiting/", views.waiting_page, name="waiting"),
    path("trainings/summary/", training_summary.summary, name="trainings-summary"),
    path("trail/", trail_views.trail_page, name="trail"),
    re_path(
        "^pictures/(?P<name>course|programs|communes)[.](?P<extension>svg|png)$",
        pictures.picture_file,
        name="chart-picture",
    ),
    path("present/", views.presentation_page, name="present"),
    path("present/slides.pdf", views.presentation_pdf, name="present-pdf"),
]
