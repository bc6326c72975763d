"""The list of documents issued, and what can be prepared for a year."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import ISSUE_REPORT, VIEW
from core.lists import Column, Empty, Listing, filters, list_response
from core.services.access import requires
from core.values.dates import ROMAN
from core.values.sql_text import Alphabetical
from programs.columns import YEAR
from programs.models import FiscalYear
from programs.years.page_year import known_year
from reports.documents.meetings import meetings_of
from reports.models import IssuedReport, ReportKind


def kind_name(kind: str, quarter: int | None) -> str:
    """'Annual report', 'Quarterly report II'."""
    label = str(ReportKind(kind).label)
    return f"{label} {ROMAN[quarter - 1]}" if quarter else label


class ReportFilters(filters.Filters):
    search = filters.Search("title", "symbol", hint=_("Words of the title"))
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear, label=_("Fiscal year"))
    kind = filters.Choices("kind", ReportKind.values, label=_("Document"))


def in_scope(user: User) -> QuerySet[IssuedReport]:
    rows = IssuedReport.objects.visible_to(user).select_related("fiscal_year", "board", "issued_by")
    return rows.defer("texts", "figures", "document")


listing = Listing(
    name="reports",
    title=_("Reports"),
    columns=(
        Column("number", _("number"), lambda row: row.reference, ("symbol", "number"), short=True),
        Column.own("date", _("date")),
        Column(
            "kind",
            _("document"),
            lambda row: kind_name(row.kind, row.quarter),
            ("kind", "quarter"),
            note=lambda row: row.title,
            note_label=_("title"),
        ),
        Column.own("outside", _("for outside")),
        YEAR,
        Column("board", _("board"), lambda row: row.board.name, (Alphabetical("board__name"),)),
        Column("issued_by", _("issued by"), lambda row: row.issued_by.display_name, hidden=True),
        Column.own("issued_at", _("issued at"), hidden=True),
    ),
    rows=in_scope,
    filters=ReportFilters,
    href=lambda row: reverse("issued-report", args=[row.pk]),
    order="-date",
    empty=Empty(
        title=_("No document has been issued yet"),
        text=_("The board's staff prepares and issues reports here."),
    ),
    live=False,  # what can be prepared stands above and follows the year
    per_page=30,
)


@requires(VIEW)
def issued_reports(request: PersonRequest) -> HttpResponseBase:
    """What was issued, and what can be prepared for a year."""
    year = known_year(request.GET, request.user)
    context = {
        "year": year,
        "lead": _now(
            "Documents issued keep their text, figures and files; what changed since is shown "
            "beside them."
        ),
        "prepare": to_prepare(request.user, year) if year else [],
    }
    return list_response(request, listing, "reports/issued_list.html", context)


def to_prepare(user: User, year: FiscalYear) -> list[dict[str, str]]:
    """Links to what this user may prepare for the year."""
    if not user.can(ISSUE_REPORT):
        return []
    links = [{"name": kind_name("annual", None), "href": _draft_href("annual", year)}]
    for number in range(1, 5):
        href = _draft_href("quarterly", year, quarter=number)
        links.append({"name": kind_name("quarterly", number), "href": href})
    for meeting in meetings_of(year, user):  # all of the year: no other page leads to their minutes
        for kind in ("minutes", "conclusions"):
            name = f"{kind_name(kind, None)}: {meeting.title}"
            links.append({"name": name, "href": _draft_href(kind, year, meeting=meeting.pk)})
    return links


def _draft_href(kind: str, year: FiscalYear, **query: int) -> str:
    href = reverse("report-draft", args=[kind, year.code])
    return f"{href}?{urlencode(query)}" if query else href
