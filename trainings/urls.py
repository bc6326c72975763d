"""Addresses of training classes and their topics."""

from core.pages.urls import record_urls
from trainings.pages import trainings
from trainings.topics import topics

urlpatterns = record_urls(trainings, topics)
