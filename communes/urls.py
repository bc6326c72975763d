"""Addresses of boards. Communes and villages, which can be changed: programs.settings_pages."""

from communes.pages import boards
from core.pages.urls import record_urls

urlpatterns = record_urls(boards)
