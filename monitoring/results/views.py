"""The pages of the results framework: target against actual beside plan against actual."""

from dataclasses import replace
from decimal import Decimal

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.lists import list_response, persistence, state
from core.lists.filtering import filter_rows
from core.pages.forms import BAD_REQUEST, OK
from core.services.access import requires
from core.values import display
from disbursements.against_plan import Figures
from monitoring.results import lists as results_list
from monitoring.results import services as indicators
from monitoring.results.against_money import Block
from monitoring.results.services import Result
from programs.years.page_year import known_year

FILES = ("xlsx", "csv")


@requires(VIEW)
def results(request: PersonRequest) -> HttpResponseBase:
    """The results framework of a year, by programme and commune. Its filters are the list's."""
    year = known_year(request.GET, request.user)
    listing = results_list.listing(year)
    if request.GET.get(state.FORMAT) in FILES:
        return list_response(request, listing)
    if away := persistence.redirect_to_state(request, listing):
        return away
    wanted = state.read_state(request, listing)
    found = filter_rows(request, replace(listing, narrowed=results_list.filtered_blocks), wanted)
    if not found.wrong:
        persistence.save_filters(request, listing)
    user: User = request.user
    context = {
        "year": year,
        "fields": found.fields,
        "wrong": found.wrong,
        "blocks": [_block(block) for block in found.rows],
        "may_set": any(map(user.can, indicators.MAY_SET)),
        "files": {name: wanted.href(format=name, cols=state.EVERY) for name in FILES},
        "as_list": f"{reverse('results-list')}?fiscal_year={year.code}" if year else "",
    }
    status = BAD_REQUEST if found.wrong else OK
    return render(request, "monitoring/results.html", context, status=status)


@requires(VIEW)
def results_as_list(request: PersonRequest) -> HttpResponseBase:
    """The same line by line, to sort, search and choose columns of."""
    year = known_year(request.GET, request.user)
    context = {
        "year": year,
        "crumb": _("Results framework"),
        "crumb_href": reverse("results"),
        "lead": _("The money is that of the programme in the commune, once for each of its rows."),
    }
    return list_response(request, results_list.listing(year), "lists/illustrative.html", context)


def _block(block: Block) -> dict[str, object]:
    return {
        "program": block.program,
        "money": _money(block.money),
        "places": [
            {
                "name": place.commune.name,
                "money": _money(place.money),
                "lines": [_line(result) for result in place.results],
            }
            for place in block.places
        ],
    }


def _money(figures: Figures) -> dict[str, str]:
    return {
        "planned": display.short(figures.planned),
        "disbursed": display.short(figures.disbursed),
        "rate": display.percent(figures.rate),
    }


def _line(row: Result) -> dict[str, str]:
    at = reverse("indicator-actual", args=[row.actual_id]) if row.actual_id else ""
    return {
        "code": row.indicator.code,
        "name": row.indicator.name,
        "href": reverse("indicator", args=[row.indicator.pk]),
        "unit": row.indicator.unit,
        "baseline": "" if row.indicator.baseline is None else figure(row.indicator.baseline),
        "target": figure(row.target),
        "actual": figure(row.actual),
        "rate": display.percent(row.rate),
        "evidence": row.evidence,
        "evidence_href": at,
    }


def figure(value: Decimal | None) -> str:
    """A figure of an indicator as the screen writes it, without decimals that say nothing."""
    if value is not None and value == value.to_integral_value():
        return display.number(int(value))
    return display.percent(value).removesuffix("%")
