"""Addresses of the boards."""

from communes.pages import boards

urlpatterns = boards.urls()
