"""Addresses of training classes and their topics."""

from django.urls import path

from core.pages.urls import record_urls
from trainings.pages import trainings
from trainings.summary_views import summary
from trainings.topics import topics

urlpatterns = [
    path("trainings/summary/", summary, name="trainings-summary"),
    *record_urls(trainings, topics),
]
