"""The page of what was found."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.services.access import requires
from core.values.text import clean
from plan_portal.search.services import LONGEST, search, words_of


@requires(VIEW)
def search_page(request: PersonRequest) -> HttpResponse:
    """By kind, with how many there are of each."""
    text = clean(request.GET.get("q", ""))[:LONGEST]
    groups = search(request.user, text)
    context = {
        "groups": groups,
        "find_words": text,
        "too_short": bool(text.strip()) and not words_of(text),
    }
    return render(request, "search.html", context)
