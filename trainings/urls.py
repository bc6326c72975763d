"""Addresses of training classes and their topics."""

from django.urls import path

from trainings.pages import trainings
from trainings.summary_views import summary
from trainings.topics import topics

urlpatterns = [
    path("trainings/summary/", summary, name="trainings-summary"),
    *trainings.urls(),
    *topics.urls(),
]
