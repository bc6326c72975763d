from django.urls import path

from reports import views

urlpatterns = [
    path("", views.dashboard_page, name="dashboard"),
    path("plan-against-actual/", views.against_plan_page, name="against-plan"),
]
