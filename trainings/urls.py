"""Addresses of training classes and their topics."""

from trainings.pages import trainings
from trainings.topics import topics

urlpatterns = [*trainings.urls(), *topics.urls()]
