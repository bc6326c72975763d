"""The page of what waits for whoever is signed in."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import PersonRequest
from core.services.access import SIGNED_IN, requires
from core.services.request_cache import read_once
from reports.waiting import quick_for, waiting_for
from reports.waiting_items import ENTRIES, lines_of


@requires(SIGNED_IN)
@read_once()
def waiting_page(request: PersonRequest) -> HttpResponse:
    """Each kind with its oldest records, each with its button."""
    items = waiting_for(request.user)
    context = {
        "items": items,
        "groups": [{"item": item, "lines": lines_of(item, ENTRIES)} for item in items],
        "quick": quick_for(request.user),
    }
    return render(request, "reports/waiting.html", context)
