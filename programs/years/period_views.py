"""The list of months, and closing and reopening a year. A month has its page in `disbursements`."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import CLOSE_PERIOD, VIEW
from accounts.scope import grants_of
from core.lists import list_response
from core.pages.forms import ReasonForm, run_service
from core.pages.history import trail_of
from core.services.access import posts, requires
from core.services.request_cache import read_once
from programs.models import FiscalYear, YearState
from programs.years import closing
from programs.years.lists import listing
from programs.years.page_year import known_year


@requires(VIEW)
@read_once()
def periods(request: PersonRequest) -> HttpResponseBase:
    """The months of a year with their states, and the year's own."""
    year = known_year(request.GET, request.user)
    context = {
        "lead": _("A closed month takes no posting and no reversal dated in it."),
        "year": year,
        "may_close_year": request.user.can(CLOSE_PERIOD)  # type: ignore[union-attr]
        and (None, None) in grants_of(request.user),
        "form": ReasonForm(initial={"version": year.version if year else None}),
        "trail": trail_of(year) if year else [],
    }
    return list_response(request, listing, "programs/periods.html", context)


@posts(CLOSE_PERIOD)
def change_year(request: PersonRequest, code: str) -> HttpResponse:
    """Close an open year, or reopen a closed one with a reason."""
    year = get_object_or_404(FiscalYear, code=code)
    if year.state == YearState.OPEN:
        call = partial(closing.close_year)
    else:
        call = partial(closing.reopen_year, reason=request.POST.get("reason", ""))
    result, _status = run_service(request, partial(call, actor=request.user, fiscal_year=year))
    if result is not None:
        messages.success(request, _("Saved."))
    response = redirect("periods")
    response["Location"] += f"?fiscal_year={code}"
    return response
