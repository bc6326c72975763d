"""Pages: writing the text of a report, issuing it, what changed since."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import ISSUE_REPORT, VIEW
from core.pages.forms import OK, run_service
from core.services.access import requires
from core.services.errors import Conflict
from core.values import display
from core.values.text import clean
from reports import issuing
from reports.causes import Cause, by_cause
from reports.diff import Change
from reports.documents.kinds import called
from reports.documents.make import DONOR, Composed, DocumentRequest, compose, read_request
from reports.documents.pdf import WORD, typeface
from reports.documents.texts import begun, blocks_of, draft_of, moved
from reports.issue_forms import IssueForm, TextsForm
from reports.issue_list import kind_name
from reports.issued_api import kept_file
from reports.lacking import lacking
from reports.models import IssuedReport, ReportKind

SHOWN_CHANGES = 200


def _document_request(
    request: PersonRequest, kind: str, year: str, **more: object
) -> DocumentRequest:
    """What an address asks for; what does not exist is a 404."""
    if kind not in ReportKind.values:
        raise Http404
    asked = {name: request.GET.get(name) for name in ("quarter", "meeting")}
    try:
        return read_request({**asked, **more, "kind": kind, "format": "docx", "fiscal_year": year})
    except ValidationError as error:
        raise Http404 from error


@requires(ISSUE_REPORT)
def report_draft(request: PersonRequest, kind: str, year: str) -> HttpResponse:
    """The text blocks of a report, and the report as it would be issued now."""
    asked = _document_request(request, kind, year)
    typed = _typed(request, kind)
    composed = _compose_or_404(asked, request.user, texts=typed, begun=True)
    draft = draft_of(kind, asked.year, asked.quarter)
    suggested, changed = composed.suggested, moved(draft, composed.suggested)
    version = draft.version if draft.pk else 0
    form = TextsForm(
        request.POST or None,
        kind=kind,
        suggested=() if draft.pk else suggested,
        moved=changed,
        initial={**begun(draft, suggested), "version": version},
    )
    status = OK
    if typed is not None:
        pass  # nothing is saved by looking
    elif request.method == "POST" and form.is_valid():
        saved, status = run_service(
            request,
            lambda: issuing.write_texts(
                actor=request.user,
                asked=asked,
                texts=form.texts(),
                version=form.cleaned_data["version"],
            ),
            form,
        )
        if saved:
            messages.success(request, _("The text is saved."))
            return redirect(request.get_full_path())
    elif request.method == "POST":
        status = 400
    context = {
        **_document_links(asked),
        "form": form if blocks_of(kind) else None,
        "is_suggested": bool(suggested) and not draft.pk,
        "moved": len(changed),
        "document": composed.document,
    }
    return render(request, "reports/issued_draft.html", context, status=status)


def _typed(request: PersonRequest, kind: str) -> dict[str, str] | None:
    """The texts as they are typed, where only a preview of them is asked for."""
    if "preview" not in request.POST:
        return None
    sent = {name: clean(request.POST.get(name, "")).strip() for name in blocks_of(kind)}
    return {name: text for name, text in sent.items() if text}


def _compose_or_404(asked: DocumentRequest, user: User, **preview: Any) -> Composed:
    """The document; a meeting that is not there (or not seen) is a 404."""
    try:
        return compose(asked, user, **preview)
    except ValidationError as error:
        raise Http404 from error


def _document_links(asked: DocumentRequest) -> dict[str, object]:
    """What the pages about one document name and link to."""
    query = {"quarter": asked.quarter, "meeting": asked.meeting}
    tail = urlencode({name: value for name, value in query.items() if value})
    files = urlencode({"fiscal_year": asked.year.code}) + (f"&{tail}" if tail else "")
    base = reverse("report-draft", args=[asked.kind, asked.year.code])
    return {
        "title": f"{kind_name(asked.kind, asked.quarter)} {asked.year.code}",
        "draft_href": f"{base}?{tail}" if tail else base,
        "issue_href": f"{base}issue/?{tail}" if tail else f"{base}issue/",
        "files": [
            {"name": name, "href": f"{reverse('api-report', args=[asked.kind, name])}?{files}"}
            for name in ("docx", "pdf")
        ],
        "typeface": _typeface(),
    }


def _typeface() -> str:
    """What the PDF is set in, beside the Word file."""
    words = {
        name: format_html('<span lang="en">{}</span>', called)
        for name, called in (("word", WORD), ("own", typeface()))
    }
    if typeface() == WORD:
        return format_html(_("Word file and PDF are set in {word}."), **words)
    said = _("The Word file is set in {word}; this machine has none, so the PDF is set in {own}.")
    return format_html(said, **words)


@requires(ISSUE_REPORT)
def report_issue(request: PersonRequest, kind: str, year: str) -> HttpResponse:
    """Who issues and signs; then the document has its number and does not change."""
    outside = bool(request.POST.get("outside"))
    asked = _document_request(request, kind, year, outside=outside)
    lacks = lacking(asked, _compose_or_404(asked, request.user), request.user)
    form = IssueForm(request.POST or None, actor=request.user)
    status = OK
    if request.method == "POST":
        status = 400
        if form.is_valid():
            values = {name: form.cleaned_data[name] for name in ("board", "date", "post", "signer")}
            report, status = run_service(
                request,
                lambda: issuing.issue(
                    actor=request.user, asked=asked, signing=issuing.Signing(**values)
                ),
                form,
            )
            if report:
                messages.success(request, _("Issued as %(number)s.") % {"number": report.reference})
                return redirect("issued-report", report.pk)
    context = {**_document_links(asked), "form": form, "lacks": lacks}
    return render(request, "reports/issued_issue.html", context, status=status)


def _report(request: PersonRequest, pk: int) -> IssuedReport:
    reports = IssuedReport.objects.visible_to(request.user).select_related(
        "fiscal_year", "board", "meeting", "replaces", "issued_by"
    )
    report: IssuedReport = get_object_or_404(reports, pk=pk)
    return report


@requires(VIEW)
def issued_report(request: PersonRequest, pk: int) -> HttpResponse:
    """A document as issued, its files, the addresses of its figures, what changed since."""
    report = _report(request, pk)
    causes, moved_by_them, others = by_cause(report, request.user)
    tables = report.figures["tables"]
    context = {
        "report": report,
        "kind": kind_name(report.kind, report.quarter),
        "date": display.day(report.date),
        "issued_at": display.moment(report.issued_at),
        "document": report.document,
        "newer": report.replaced_by.order_by("-id").first(),  # type: ignore[attr-defined]
        "queries": [table["query"] for table in tables.values() if table and "query" in table],
        "has_editions": report.kind in DONOR,
        "causes": [_cause(each) for each in causes],
        "moved": _lines(report.kind, moved_by_them),
        "count": len(others),
        "changes": _lines(report.kind, others),
    }
    return render(request, "reports/issued_detail.html", context)


def _cause(cause: Cause) -> dict[str, str]:
    """An entry in words: what it is, how much, where, when it was posted."""
    entry = cause.entry
    name = str(entry)
    if entry.reverses:
        name = _("Reversal of %(entry)s") % {"entry": entry.reverses}
    figures = ngettext("it moves %(count)s figure", "it moves %(count)s figures", cause.figures)
    return {
        "name": name,
        "href": reverse("disbursement", args=[entry.pk]),
        "amount": _("%(amount)s đồng") % {"amount": display.number(entry.amount)},
        "where": f"{entry.program.code} · {entry.commune.name} · {display.day(entry.date)}",
        "posted": display.moment(entry.posted_at),
        "figures": figures % {"count": display.number(cause.figures)},
        "reason": entry.reason,
    }


def _lines(kind: str, changes: list[Change]) -> list[dict[str, str]]:
    """Changes as lines of a table: nothing in them is a name of the program's own."""
    return [
        {
            "table": called(kind, change.table),
            "field": called(kind, change.table, change.field),
            "row": change.row,
            "then": _as_text(change.then),
            "now": _as_text(change.now),
            "difference": _as_text(change.difference),
        }
        for change in changes[:SHOWN_CHANGES]
    ]


def _as_text(value: object) -> str:
    """Numbers grouped, text as it is, '–' for nothing."""
    if isinstance(value, int):
        return display.number(value)
    return display.NOTHING if value in (None, "") else str(value)


@requires(VIEW)
def issued_file(request: PersonRequest, pk: int, extension: str) -> HttpResponse:
    """The kept file, byte for byte as it was issued."""
    report = _report(request, pk)
    if extension not in ("docx", "pdf"):
        raise Http404
    try:
        return kept_file(report, extension)
    except Conflict as error:
        messages.error(request, str(error.message))
        return redirect("issued-report", report.pk)
