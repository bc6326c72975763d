"""Addresses of training classes."""

from django.urls import path

from trainings.pages import trainings
from trainings.summary_views import summary

urlpatterns = [
    path("trainings/summary/", summary, name="trainings-summary"),
    *trainings.urls(),
]
