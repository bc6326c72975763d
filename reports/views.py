"""Pages for reading: the dashboard and what lies behind its figures."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.roles import VIEW
from core import display
from core.access import requires
from disbursements.against_plan import against_plan
from reports import behind, presentation
from reports.dashboard import page as dashboard
from reports.dashboard.standing import key_figures
from reports.filters import PageFilter, read_filter
from reports.frame import downloads, frame, subject
from reports.waiting import waiting_for

SHOWN = ("planned", "due", "disbursed", "waiting", "trainings")


@requires(VIEW)
def dashboard_page(request: HttpRequest) -> HttpResponse:
    """The fiscal year on one page."""
    page = read_filter(request.GET, request.user)
    context = {
        **frame(page, request),
        **dashboard.build(page, request.user),
        "downloads": downloads(page),
        "present": f"{reverse('present')}?{page.query()}",
        "report": reverse("report-draft", args=["annual", page.year.code]),
        "todo": waiting_for(request.user),
    }
    status = 400 if page.errors else 200
    return render(request, "reports/dashboard/page.html", context, status=status)


@requires(VIEW)
def against_plan_page(request: HttpRequest) -> HttpResponse:
    """The plan lines, disbursements, waiting rows or classes behind one figure."""
    page = read_filter(request.GET, request.user)
    show = request.GET.get("show", "disbursed")
    show = show if show in SHOWN else "disbursed"
    total = against_plan(page.question(), request.user).total
    number = request.GET.get("page")
    shown, rows, total_shown = _behind(show, page, request.user, number)
    context = {
        **frame(page, request),
        "figures": key_figures(page, total) if show != "trainings" else [],
        "tabs": tabs(page, show, total),
        "show": show,
        "page": shown,
        "rows": rows,
        "count": display.number(shown.paginator.count),
        "total_shown": total_shown,
        "title": subject(page),
        "back": f"{reverse('dashboard')}?{page.widened().query()}",
    }
    return render(request, "reports/against_plan.html", context, status=400 if page.errors else 200)


def _behind(show: str, page: PageFilter, user: Any, number: Any) -> tuple[Page, list[dict], Any]:
    """A page of the rows of one kind, formatted, and the sum of all of them (of classes: sums)."""
    if show == "trainings":
        return behind.trainings(page, user, number)
    if show in ("planned", "due"):
        shown, rows, total = behind.plan_lines(page, user, number, to_date=show == "due")
    else:
        shown, rows, total = behind.disbursements(page, user, number, waiting=show == "waiting")
    return shown, rows, display.number(total)


@requires(VIEW)
def presentation_page(request: HttpRequest) -> HttpResponse:
    """The year for a projector: one message to a page."""
    page = read_filter(request.GET, request.user)
    chosen = request.GET.get("slide", "")
    context = {"year": page.year, **presentation.build(page, request.user, chosen)}
    return render(request, "reports/present.html", context)


def tabs(page: PageFilter, show: str, total) -> list[dict]:
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
