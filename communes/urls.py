"""Addresses of boards. Communes and villages, which can be changed: programs.settings_pages."""

from communes.pages import boards

urlpatterns = [*boards.urls()]
