"""The months page: which are closed, what closing would catch, closing and reopening."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PersonRequest
from accounts.roles import CLOSE_PERIOD, VIEW
from accounts.scope import grants_of
from core.lists import answer
from core.pages.forms import BAD_REQUEST, ReasonForm, attempt, seen_version
from core.pages.history import trail_of
from core.services.access import requires
from core.services.request_cache import read_once
from core.values import display
from programs.models import FiscalYear, Period, YearState
from programs.years import closing
from programs.years.lists import listing
from programs.years.page_year import known_year

CAUGHT_SHOWN = 200


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
    return answer(request, listing, "programs/periods.html", context)


@requires(VIEW)
def period(request: PersonRequest, pk: int) -> HttpResponse:
    """A month: what closing it would catch, its trail, and the buttons."""
    return _period(request, _month(pk))


def _month(pk: int) -> Period:
    return get_object_or_404(Period.objects.select_related("fiscal_year", "area"), pk=pk)


def _period(
    request: PersonRequest, month: Period, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    caught = closing.caught(month)
    seen = caught.visible_to(request.user)
    rows = seen.select_related("activity", "commune")[:CAUGHT_SHOWN]
    count = caught.count()
    context: dict[str, Any] = {
        "month": month,
        "crumb_href": f"{reverse('periods')}?fiscal_year={month.fiscal_year.code}",
        "closed": month.is_closed,
        "may": closing.may_close(request.user, month),
        "caught": [
            {"row": row, "date": display.day(row.date), "amount": display.number(row.amount)}
            for row in rows
        ],
        "count": count,
        "notes": _not_listed(seen.count(), count),
        "waiting": caught.filter(status=closing.WAITING).count(),
        "form": form or ReasonForm(initial={"version": month.version}),
        "trail": trail_of(month),
    }
    return render(request, "programs/period.html", context, status=status)


def _not_listed(seen: int, count: int) -> list[str]:
    """Which rows that closing catches are not in the page's table, and why."""
    first = _("The table has the first %(shown)s of %(count)s rows.")
    notes = [display.left_out(CAUGHT_SHOWN, seen, first)]
    if count > seen:
        notes.append(_("Rows outside your assignment are counted, too, but not listed."))
    return [note for note in notes if note]


@require_POST
@requires(CLOSE_PERIOD)
def close(request: PersonRequest, pk: int) -> HttpResponse:
    month = _month(pk)
    result, status = attempt(
        request,
        lambda: closing.close_period(
            actor=request.user,
            period=month,
            version=seen_version(request),
            leave_waiting="leave_waiting" in request.POST,
        ),
    )
    if result is None:
        return _period(request, _month(pk), status=status)
    messages.success(request, _("%(month)s is closed.") % {"month": month})
    return redirect("period", pk=pk)


@require_POST
@requires(CLOSE_PERIOD)
def reopen(request: PersonRequest, pk: int) -> HttpResponse:
    month, form = _month(pk), ReasonForm(request.POST)
    result, status = None, BAD_REQUEST
    if form.is_valid():
        values = form.cleaned_data
        result, status = attempt(
            request,
            lambda: closing.reopen_period(
                actor=request.user,
                period=month,
                reason=values["reason"],
                version=values["version"],
            ),
            form,
        )
    if result is None:
        return _period(request, _month(pk), form, status)
    messages.success(request, _("%(month)s is open again.") % {"month": month})
    return redirect("period", pk=pk)


@require_POST
@requires(CLOSE_PERIOD)
def change_year(request: PersonRequest, code: str) -> HttpResponse:
    """Close an open year, or reopen a closed one with a reason."""
    year = get_object_or_404(FiscalYear, code=code)
    if year.state == YearState.OPEN:
        call: Any = lambda: closing.close_year(actor=request.user, fiscal_year=year)  # noqa: E731
    else:
        reason = request.POST.get("reason", "")
        call = lambda: closing.reopen_year(  # noqa: E731
            actor=request.user, fiscal_year=year, reason=reason
        )
    result, _status = attempt(request, call)
    if result is not None:
        messages.success(request, _("Saved."))
    response = redirect("periods")
    response["Location"] += f"?fiscal_year={code}"
    return response
