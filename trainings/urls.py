"""Addresses of training classes."""

from trainings.pages import trainings

urlpatterns = trainings.urls()
