"""The page of what waits for whoever is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.services.access import SIGNED_IN, requires
from reports.waiting import waiting_for


@requires(SIGNED_IN)
def waiting_page(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/waiting.html", {"items": waiting_for(request.user)})
