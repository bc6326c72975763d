"""Pages for reading: the dashboard and what lies behind its figures."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import delegation, token_warnings
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.lists import Listing, list_response
from core.services.access import SIGNED_IN, requires
from core.services.request_cache import once, read_once
from core.values import display
from disbursements.against_plan import Figures, against_plan
from reports import drill_down, kept, presentation
from reports.dashboard import page as dashboard
from reports.dashboard.standing import key_figures
from reports.filter_context import downloads, filter_context, subject
from reports.filters import from_query
from reports.page_query import PageQuery
from reports.pictures import picture_links
from reports.slides_pdf import slides_pdf
from reports.waiting import quick_for, waiting_for
from reports.waiting_items import ENTRIES, first_lines, lines_of

SHOWN = ("planned", "due", "disbursed", "waiting", "trainings")


@requires(VIEW)
@read_once()
def dashboard_page(request: PersonRequest) -> HttpResponse:
    """The fiscal year on one page."""
    # What no stamp tells of: tokens, and what becomes of people.
    tokens = token_warnings.count_for(request.user)
    lent = delegation.lent_to(request.user)
    shown = kept.content(request, lambda: _dashboard(request), tokens, *lent)
    context = {"year": shown.year, "content": shown.html}
    return render(request, "reports/dashboard/page.html", context, status=shown.status)


def _dashboard(request: PersonRequest) -> kept.Content:
    page = from_query(request.GET, request.user)
    context = {
        **filter_context(page, request),
        **dashboard.build(page, request.user),
        "downloads": downloads(page),
        "save_course": picture_links(page, "course"),
        "save_map": picture_links(page, "communes"),
        "present": f"{reverse('present')}?{page.to_query()}",
        "report": reverse("report-draft", args=["annual", page.year.code]),
        "todo": once(("todo", request.user.pk), lambda: first_lines(waiting_for(request.user))),
        "quick": quick_for(request.user),
    }
    html = render_to_string("reports/dashboard/content.html", context, request)
    return kept.Content(page.year, html, 400 if page.errors else 200)


@requires(VIEW)
def against_plan_page(request: PersonRequest) -> HttpResponseBase:
    """The plan lines, disbursements, waiting rows or classes behind one figure."""
    page = from_query(request.GET, request.user)
    show = request.GET.get("show", "disbursed")
    show = show if show in SHOWN else "disbursed"
    total = against_plan(page, request.user).total
    context = {
        **filter_context(page, request),
        "figures": key_figures(page, total),
        "tabs": tabs(page, show, total),
        "title": subject(page),
        "back": f"{reverse('dashboard')}?{page.widened().to_query()}",
    }
    status = 400 if page.errors else 200
    return list_response(
        request, _listing(show, page), "reports/against_plan.html", context, status
    )


def _listing(show: str, page: PageQuery) -> Listing:
    if show == "trainings":
        return drill_down.trainings(page)
    if show in ("planned", "due"):
        return drill_down.plan_lines(page, to_date=show == "due")
    return drill_down.disbursements(page, waiting=show == "waiting")


@requires(VIEW)
@read_once()
def presentation_page(request: PersonRequest) -> HttpResponse:
    """The year for a projector: one message to a page."""
    page = from_query(request.GET, request.user)
    chosen = request.GET.get("slide", "")
    context = {"year": page.year, "page_help": "", **presentation.build(page, request.user, chosen)}
    return render(request, "reports/present.html", context)


@requires(VIEW)
@read_once()
def presentation_pdf(request: PersonRequest) -> HttpResponse:
    """The same slides as a file, one to a page."""
    page = from_query(request.GET, request.user)
    shown = presentation.slides_of(page, request.user)
    note = _("Illustrative figures.") if page.year.illustrative else ""
    content = slides_pdf(shown, presentation.subject_of(page), note)
    response = HttpResponse(content, content_type="application/pdf")
    name = _("presentation-%(year)s.pdf") % {"year": page.year.code}
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def tabs(page: PageQuery, show: str, total: Figures) -> list[dict[str, object]]:
    """The lists behind a figure, each with its sum in đồng; classes stand on their own."""
    if show == "trainings":
        return []
    sums = [
        (_("Plan lines"), "planned", total.planned),
        (_("Planned to date"), "due", total.planned_to_date),
        (_("Disbursements"), "disbursed", total.disbursed),
        (_("Waiting for approval"), "waiting", total.pending),
    ]
    if total.planned_to_date == total.planned and show != "due":
        del sums[1]
    return [
        {
            "label": label,
            "sum": display.number(amount),
            "href": page.detail(show=key),
            "current": key == show,
        }
        for label, key, amount in sums
    ]


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
