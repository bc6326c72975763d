"""Addresses of communes, villages and boards."""

from communes.pages import boards
from communes.place_pages import commune_area, village_area

urlpatterns = [*commune_area.urls(), *village_area.urls(), *boards.urls()]
