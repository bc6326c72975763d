"""Many variances explained with one text."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import EXPLAIN_VARIANCE
from core.lists.filtering import filter_rows
from core.lists.state import read_state
from core.pages.forms import run_service
from core.services.access import posts
from core.services.request_cache import read_once
from core.values import display
from monitoring.variance import services as variance
from monitoring.variance.lists import EXPLAIN, listing
from monitoring.variance.services import Variance
from monitoring.variance.views import ExplainForm


@posts(EXPLAIN_VARIANCE)
def explain_many(request: PersonRequest) -> HttpResponse:
    """One text for the ticked variances, or for all that the address finds."""
    back = f"{reverse('variances')}?{request.GET.urlencode(safe=',')}"
    with read_once():  # each explanation looks its variance up
        items, given = _ticked(request)
        if not items:
            messages.error(request, _("Choose at least one that is not explained yet."))
            return redirect(back)
        is_told = "confirmed" in request.POST
        form = ExplainForm(request.POST if is_told else None, year=items[0].year, user=request.user)
        status = 200
        if is_told and form.is_valid():
            said = {name: text for name, text in form.cleaned_data.items() if name != "version"}
            count, status = run_service(
                request, lambda: variance.explain_all(actor=request.user, items=items, **said), form
            )
            if count is not None:
                messages.success(request, _("Explained: %(count)s.") % {"count": count})
                return redirect(back)
        elif is_told:
            status = 400
    context = {
        "form": form,
        "items": items,
        "rows": [EXPLAIN.value(item) for item in items],
        "count": display.number(len(items)),
        "given": display.number(given) if given else "",
        "back": back,
    }
    return render(request, "monitoring/explain_many.html", context, status=status)


def _ticked(request: PersonRequest) -> tuple[list[Variance], int]:
    """The variances that were chosen and are not explained yet; how many others are."""
    found = filter_rows(request, listing, read_state(request, listing)).rows
    chosen = set(request.POST.getlist("row"))
    if "all" not in request.POST:
        found = [item for item in found if EXPLAIN.value(item) in chosen]
    return [item for item in found if item.note is None], sum(
        item.note is not None for item in found
    )
