"""The page of a link, for whoever has its address; and the administrator's page of all links."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rest_framework.throttling import BaseThrottle

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_SETTINGS
from accounts.throttling import hit, seconds_left
from core.lists import Column, Empty, Listing, filters, list_response
from core.lists.exports import csv_cell, csv_response, csv_text
from core.lists.workbooks import Book, workbook_response
from core.pages.forms import BAD_REQUEST, OK, DayField, run_service
from core.services.access import public, requires
from core.values import display
from programs.models import FiscalYear
from reports.models import SharedLink, SharedWhat
from reports.shared import services
from reports.shared.figures import CUT_LABELS, SharedFigures, page_table, tables_of_link

GONE, NOT_FOUND, TOO_MANY = 410, 404, 429
MADE, MADE_FOR = "made-link", 60  # the cookie of a new link, and how many seconds it lives
STATES = {"open": _("open"), "over": _("its last day is over"), "ended": _("ended")}


@public
@require_safe
@never_cache
def shared(request: HttpRequest, key: str, form: str = "") -> HttpResponseBase:
    """One summary for whoever has its address, as a page, CSV or xlsx; counted, never indexed."""
    page = _answer(request, key, form)
    page["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    page["Referrer-Policy"] = "no-referrer"
    return page


def _answer(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    who = BaseThrottle().get_ident(request)  # type: ignore[arg-type]  # it reads META alone
    limit = settings.API_RATES["shared"]
    if hit("shared", who, limit) > limit:
        page = _refused(request, TOO_MANY, _now("Too many requests. Try again in a minute."))
        page["Retry-After"] = str(seconds_left())
        return page
    link = services.link_of_key(key)
    if link is None:
        return _refused(request, NOT_FOUND, _now("There is no such page. Is the address whole?"))
    if link.state != "open":
        text = _now("This page is shown no longer. Ask whoever gave you its address for a new one.")
        return _refused(request, GONE, text)
    found = tables_of_link(link)
    if request.method == "GET":
        services.count(link)
    return {"csv": _csv, "xlsx": _xlsx}.get(form, _page)(request, link, found)


def _refused(request: HttpRequest, status: int, text: str) -> HttpResponse:
    return render(request, "reports/shared_refused.html", {"said": text}, status=status)


def _page(request: HttpRequest, link: SharedLink, found: SharedFigures) -> HttpResponse:
    address = request.path.rstrip("/")
    title = _now("Fiscal year %(year)s") % {"year": found.year.code}
    context = {
        "title": f"{found.number} · {title}" if found.number else title,
        "lead": _now("Figures up to %(day)s.") % {"day": display.day(found.as_of)},
        "until": _now("This page is shown up to %(day)s.") % {"day": display.day(link.until)},
        "illustrative": found.year.illustrative,
        "has_people": link.what != SharedWhat.MONEY,
        "tables": [page_table(each, found.year) for each in found.tables],
        "csv": f"{address}.csv",
        "xlsx": f"{address}.xlsx",
    }
    return render(request, "reports/shared.html", context)


def _csv(_request: HttpRequest, _link: SharedLink, found: SharedFigures) -> HttpResponse:
    """One table, or all of a report one below the other, each row with the name of its table."""
    if len(found.tables) == 1:
        (one,) = found.tables
        return csv_response(csv_text(one.columns, one.rows), f"{one.name}.csv")
    names = list(dict.fromkeys(name for each in found.tables for name in each.columns))
    rows = [{"table": each.name, **row} for each in found.tables for row in each.rows]
    return csv_response(csv_text(["table", *names], rows), "report.csv")


def _xlsx(_request: HttpRequest, _link: SharedLink, found: SharedFigures) -> HttpResponseBase:
    book = Book()
    for each in found.tables:
        sheet = book.sheet(each.name[:31], [36 if "name" in n else 16 for n in each.columns])
        sheet.head(each.columns)
        for row in each.rows:
            sheet.row(_number(name, row[name]) for name in each.columns)
    return workbook_response(book, "figures.xlsx")


def _number(name: str, value: object) -> object:
    """A rate, a text in JSON, is a number here; a code stays a text with its zeros."""
    if value and "rate" in name:
        return Decimal(str(value))
    return csv_cell(value) if isinstance(value, str) else value


class LinkForm(forms.Form):
    name = forms.CharField(
        label=_("For whom"), max_length=100, help_text=_("For example: donor's dashboard.")
    )
    what = forms.ChoiceField(label=_("What it shows"), choices=SharedWhat.choices)
    fiscal_year: object = forms.ModelChoiceField(
        FiscalYear.objects.all(), label=_("Fiscal year"), required=False, empty_label=_("–")
    )
    by = forms.ChoiceField(label=_("By"), choices=[("", "–"), *CUT_LABELS.items()], required=False)
    report: object = forms.ModelChoiceField(
        None,
        label=_("Report"),
        required=False,
        empty_label=_("–"),
        help_text=_("An annual or quarterly one that was issued for outside."),
    )
    until = DayField(label=_("Last day"), help_text=_("At most a year ahead."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["report"].queryset = services.shareable(user)  # type: ignore[attr-defined]


class LinkFilters(filters.Filters):
    search = filters.Search("name", hint=_("For whom"))
    what = filters.Choices("what", SharedWhat.values)


def what_of(row: SharedLink) -> str:
    """'Plan against disbursement 2023, by programme'."""
    if row.report is not None:
        return f"{row.get_what_display()} {row.report.reference}"
    year = row.fiscal_year.code if row.fiscal_year else ""
    return f"{row.get_what_display()} {year}, {CUT_LABELS[row.by]}"


listing = Listing(
    name="shared-links",
    title=_("Shared links"),
    columns=(
        Column.text("name", _("for whom"), note=what_of, note_label=_("what it shows")),
        Column("made", _("made"), lambda row: localdate(row.made_at), "made_at"),
        Column("made_by", _("made by"), lambda row: row.made_by.display_name, hidden=True),
        Column.own("until", _("last day")),
        Column("times", _("times opened"), lambda row: row.times_opened, "times_opened"),
        Column(
            "used", _("last opened"), lambda row: row.last_opened or _now("never"), "last_opened"
        ),
        Column(
            "state",
            _("state"),
            lambda row: str(STATES[row.state]),
            tone=lambda row: "good" if row.state == "open" else "bad",
        ),
        Column("do", _("do"), lambda row: "", template="reports/shared_end.html", buttons=True),
    ),
    rows=lambda user: SharedLink.objects.visible_to(user).select_related(
        "made_by", "fiscal_year", "report"
    ),
    filters=LinkFilters,
    order="-made",
    empty=Empty(title=_("No links yet")),
)


@requires(MANAGE_SETTINGS)
@never_cache
@require_http_methods(["GET", "POST"])
def shared_links(request: PersonRequest) -> HttpResponseBase:
    """All links, and a form for a new one, whose address is shown this once."""
    form = LinkForm(request.POST or None, user=request.user, auto_id="id_new_%s")
    status = BAD_REQUEST if form.is_bound else OK
    if form.is_bound and form.is_valid():
        made, status = run_service(
            request, lambda: services.make(actor=request.user, **form.cleaned_data), form
        )
        if made is not None:
            return _redirect_with_address(request, made[1])
    made_now = request.get_signed_cookie(MADE, "", max_age=MADE_FOR)
    lead = _now("One summary or report, for a reader without an account.")
    context = {"form": form, "made": made_now, "lead": lead}
    page = list_response(request, listing, "reports/shared_links.html", context, status)
    if made_now:
        page.delete_cookie(MADE, path=reverse("shared-links"))
    return page


def _redirect_with_address(request: PersonRequest, key: str) -> HttpResponse:
    """Lead to the page, which shows the address once: the portal keeps only the key's digest."""
    page = redirect("shared-links")
    page.set_signed_cookie(
        MADE,
        request.build_absolute_uri(reverse("shared", args=[key])),
        max_age=MADE_FOR,
        path=reverse("shared-links"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return page


@requires(MANAGE_SETTINGS)
@require_POST
def shared_end(request: PersonRequest, pk: int) -> HttpResponse:
    """End a link at once."""
    link = get_object_or_404(SharedLink.objects.visible_to(request.user), pk=pk)
    done, _status = run_service(request, lambda: services.end(actor=request.user, link=link))
    if done is not None:
        messages.success(request, _now("The link “%(name)s” is ended.") % {"name": link.name})
    return redirect("shared-links")
