from django.urls import path

from reports import donor_views, issue_list
from reports import issue_views as views

urlpatterns = [
    path("reports/", issue_list.issued_reports, name="issued-reports"),
    path("reports/issued/<int:pk>/", views.issued_report, name="issued-report"),
    path(
        "reports/issued/<int:pk>/file.<str:extension>",
        views.issued_file,
        name="issued-report-file",
    ),
    path("reports/for-donor/", donor_views.for_donor, name="report-for-donor"),
    path(
        "reports/issued/<int:pk>/edition/",
        donor_views.issued_edition,
        name="issued-report-edition",
    ),
    path("reports/<str:kind>/<str:year>/", views.report_draft, name="report-draft"),
    path("reports/<str:kind>/<str:year>/issue/", views.report_issue, name="report-issue"),
]
