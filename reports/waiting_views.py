"""The page of what waits for whoever is signed in."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import PersonRequest
from core.services.access import SIGNED_IN, requires
from reports.waiting import waiting_for


@requires(SIGNED_IN)
def waiting_page(request: PersonRequest) -> HttpResponse:
    return render(request, "reports/waiting.html", {"items": waiting_for(request.user)})
