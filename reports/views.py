"""Pages for reading: the dashboard and what lies behind its figures."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.roles import VIEW
from core import display
from core.access import requires
from core.lists import answer
from disbursements.against_plan import against_plan
from reports import behind, dashboard, presentation
from reports.filters import PageFilter, choices, read_filter
from reports.waiting import waiting_for

SHOWN = ("planned", "disbursed", "waiting")


@requires(VIEW)
def dashboard_page(request: HttpRequest) -> HttpResponse:
    """The fiscal year on one page."""
    page = read_filter(request.GET, request.user)
    context = {
        **frame(page, request),
        **dashboard.build(page, request.user),
        "downloads": downloads(page),
        "todo": waiting_for(request.user),
    }
    return render(request, "reports/dashboard.html", context, status=400 if page.errors else 200)


@requires(VIEW)
def against_plan_page(request: HttpRequest) -> HttpResponseBase:
    """The plan lines, disbursements and waiting rows behind one figure."""
    page = read_filter(request.GET, request.user)
    show = request.GET.get("show", "disbursed")
    show = show if show in SHOWN else "disbursed"
    total = against_plan(page.question(), request.user).total
    if show == "planned":
        listing = behind.plan_lines(page)
    else:
        listing = behind.disbursements(page, waiting=show == "waiting")
    context = {
        **frame(page, request),
        "figures": dashboard.key_figures(page, total),
        "tabs": tabs(page, show, total),
        "title": subject(page),
        "back": f"{reverse('dashboard')}?{page.widened().query()}",
    }
    status = 400 if page.errors else 200
    return answer(request, listing, "reports/against_plan.html", context, status)


@requires(VIEW)
def presentation_page(request: HttpRequest) -> HttpResponse:
    """The year for a projector: one message to a page."""
    page = read_filter(request.GET, request.user)
    chosen = request.GET.get("slide", "")
    context = {"year": page.year, **presentation.build(page, request.user, chosen)}
    return render(request, "reports/present.html", context)


def frame(page: PageFilter, request: HttpRequest) -> dict:
    """What both pages say about the filter."""
    return {
        "filter": page,
        "year": page.year,
        "year_days": f"{display.day(page.year.start)} – {display.day(page.year.end)}",
        "chosen": {
            "program": [program.code for program in page.programs],
            "commune": [commune.code for commune in page.communes],
            "as_of": display.day(page.as_of) if page.as_of else "",
            "example": display.day(page.year.quarter_end(2)),
            "compare": page.compare.code if page.compare else "",
        },
        "choices": choices(page.year, request.user, new_units=page.new_units),
        "filter_errors": page.errors,
    }


def tabs(page: PageFilter, show: str, total) -> list[dict]:
    """The three lists behind a figure, each with its sum in đồng."""
    sums = (
        (_("Plan lines"), "planned", total.planned),
        (_("Disbursements"), "disbursed", total.disbursed),
        (_("Waiting for approval"), "waiting", total.pending),
    )
    return [
        {
            "label": label,
            "sum": display.number(amount),
            "href": page.detail(show=key),
            "current": key == show,
        }
        for label, key, amount in sums
    ]


def subject(page: PageFilter) -> str:
    """What the figures are about: programmes, communes, activity, quarter or month, year."""
    parts = [str(program) for program in page.programs]
    parts += [str(commune) for commune in page.communes]
    if page.activity:
        parts.append(str(page.activity))
    if page.quarter:
        parts.append(display.quarter(page.quarter, page.year.start))
    if page.month:
        parts.append(_("Month %(month)s") % {"month": f"{page.month:%m/%Y}"})
    return " · ".join(parts) or _("Fiscal year %(year)s") % {"year": page.year.code}


def downloads(page: PageFilter) -> list[dict[str, str]]:
    """Tables of the page as workbooks, from the same summary the API gives."""
    cuts = (
        (_("By programme"), "program"),
        (_("By commune"), "commune"),
        (_("Programme × commune"), "program,commune"),
        (_("By quarter"), "quarter"),
        (_("By month"), "month"),
        (_("By activity"), "program,activity,commune"),
    )
    return [
        {"label": label, "href": f"/api/v1/summary/?{page.summary_query(by, format='xlsx')}"}
        for label, by in cuts
    ]
