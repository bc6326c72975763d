"""The page of all pages: what the menu leaves out is found here, each with a line of help."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import PersonRequest
from core.services.access import SIGNED_IN, requires
from plan_portal.site.navigation import all_pages


@requires(SIGNED_IN)
def all_pages_page(request: PersonRequest) -> HttpResponse:
    groups = all_pages(request.user.role, request.path)
    return render(request, "pages.html", {"groups": groups})
