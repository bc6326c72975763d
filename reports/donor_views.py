"""Pages for a donor: a fund's statement, and reports in English or with another currency."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from accounts.requests import PersonRequest
from accounts.roles import ISSUE_REPORT, VIEW
from core.pages.forms import OK, DayField
from core.services.access import requires
from core.values.dates import ROMAN
from programs.models import FiscalYear, Fund
from programs.years.page_year import known_year
from reports.document_api import file_response
from reports.documents import kinds
from reports.documents.blocks import Document
from reports.documents.letterhead import of_board
from reports.documents.make import (
    DONOR,
    FORMATS,
    READ,
    RENDERERS,
    DocumentRequest,
    Made,
    compose,
    formats_of,
    make,
    read_request,
)
from reports.documents.section import Report
from reports.models import IssuedReport

NAMES = {
    "statement": _("Statement of a fund"),
    "quarterly": _("Quarterly report"),
    "annual": _("Annual report"),
}
LANGUAGES = (("vi", "Tiếng Việt"), ("en", "English"))
WRONG = 400


class LanguageSelect(forms.Select):
    """Languages, each by its own name."""

    def create_option(self, name: str, value: object, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        option["attrs"]["lang"] = str(value)
        return option


class EditionForm(forms.Form):
    """The language, and a currency beside đồng with its rate."""

    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, required=False, widget=LanguageSelect
    )
    currency = forms.CharField(
        label=_("Currency beside đồng"),
        required=False,
        max_length=20,
        help_text=_("Three letters, such as EUR. Empty: đồng alone."),
    )
    rate = forms.CharField(
        label=_("Rate: đồng for one unit"),
        required=False,
        max_length=20,
        help_text=_("For example 26.500."),
    )
    rate_source = forms.CharField(label=_("Source of the rate"), required=False, max_length=200)
    rate_day = DayField(label=_("Day of the rate"), required=False)

    def parameters(self) -> dict[str, str]:
        """What was chosen, as the words of an address."""
        values = {name: value for name, value in self.cleaned_data.items() if value}
        if day := values.get("rate_day"):
            values["rate_day"] = day.isoformat()
        return {name: str(value) for name, value in values.items()}


class DonorForm(EditionForm):
    """Which document, of which year, quarter and fund."""

    kind = forms.ChoiceField(label=_("Document"))
    fiscal_year = forms.ChoiceField(label=_("Fiscal year"))
    quarter = forms.ChoiceField(label=_("Quarter"), required=False)
    fund = forms.ChoiceField(
        label=_("Funding source"), required=False, help_text=_("Of a statement.")
    )
    field_order = ("kind", "fiscal_year", "quarter", "fund")

    def __init__(
        self, sent: Mapping[str, object] | None, *, initial: dict[str, object], issues: bool
    ) -> None:
        super().__init__(sent, initial=initial)
        choices: dict[str, list[tuple[str, object]]] = {
            "kind": [(kind, name) for kind, name in NAMES.items() if issues or kind in READ],
            "fiscal_year": [(year.code, year.code) for year in FiscalYear.objects.all()],
            "quarter": [("", _("The last one")), *((str(q), ROMAN[q - 1]) for q in range(1, 5))],
            "fund": [("", "–"), *((fund.code, fund.name) for fund in Fund.objects.all())],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def parameters(self) -> dict[str, str]:
        """A statement alone is of a fund, and the annual report of no quarter."""
        values = super().parameters()
        if values["kind"] != "statement":
            values.pop("fund", None)
        if values["kind"] == "annual":
            values.pop("quarter", None)
        return values


@requires(VIEW)
def for_donor(request: PersonRequest) -> HttpResponse:
    """Choose a document, its language and currency; see it, and take it as a file."""
    year = known_year(request.GET, request.user)
    first: dict[str, object] = {"fiscal_year": year.code if year else "", "kind": "statement"}
    sent = request.GET if "kind" in request.GET else None
    form = DonorForm(sent, initial=first, issues=request.user.can(ISSUE_REPORT))
    format_ = request.GET.get("format", "")
    asked = _read(form, format=format_ or "docx")
    if asked is None:
        return _page(request, form, status=WRONG if sent else OK)
    if asked.kind not in READ and not request.user.can(ISSUE_REPORT):
        raise PermissionDenied
    if format_:
        return file_response(make(asked, request.user))
    document = compose(asked, request.user).document
    return _page(request, form, document=document, formats=formats_of(asked.kind)[:3])


def _read(form: EditionForm, **about: str) -> DocumentRequest | None:
    """What is asked; what is wrong stands beside its field."""
    if not form.is_valid():
        return None
    try:
        return read_request({**form.parameters(), **about})
    except ValidationError as error:
        for name, said in error.message_dict.items():
            form.add_error(name if name in form.fields else None, said)
        return None


@requires(VIEW)
def issued_edition(request: PersonRequest, pk: int) -> HttpResponse:
    """An issued report in the other language or with a currency: its frozen figures again."""
    rows = IssuedReport.objects.visible_to(request.user).select_related(
        "board__commune", "fiscal_year"
    )
    report = get_object_or_404(rows.filter(kind__in=DONOR), pk=pk)
    sent = request.GET if "language" in request.GET else None
    form, format_ = EditionForm(sent), request.GET.get("format", "")
    asked = _read_edition(form, report) if sent else None
    if asked is None:
        return _page(request, form, report, status=WRONG if sent else OK)
    document = edition(report, asked)
    if format_ in RENDERERS:
        name = f"{report.number:02}-{asked.filename.removesuffix('.docx')}.{format_}"
        return file_response(Made(RENDERERS[format_](document), FORMATS[format_], name))
    return _page(request, form, report, document=document, formats=("docx", "pdf"))


def _read_edition(form: EditionForm, report: IssuedReport) -> DocumentRequest | None:
    about = {"kind": report.kind, "fiscal_year": report.fiscal_year.code, "format": "docx"}
    if report.quarter:
        about["quarter"] = str(report.quarter)
    return _read(form, **about)


def edition(report: IssuedReport, asked: DocumentRequest) -> Document:
    """The document from the figures as they were issued, under its own number and day."""
    rate = {"rate": asked.rate.as_dict()} if asked.rate else {}
    figures = {**report.figures, **rate, "original": report.reference}
    signer = report.document["signatures"][-1]["signer"]
    letterhead = of_board(report.board, report.number, report.date, signer=signer)
    frozen = Report(figures, report.texts, letterhead, report.outside)
    return kinds.build(frozen, report.kind, asked.language)


def _page(
    request: PersonRequest,
    form: EditionForm,
    report: IssuedReport | None = None,
    *,
    document: object = None,
    formats: tuple[str, ...] = (),
    status: int = OK,
) -> HttpResponse:
    given = [(name, value) for name, value in request.GET.items() if name != "format"]
    files = [
        {"name": name, "href": f"?{urlencode([*given, ('format', name)])}"} for name in formats
    ]
    context = {
        "form": form,
        "report": report,
        "document": document,
        "files": files,
        "language": form.data.get("language") or "vi",
    }
    return render(request, "reports/for_donor.html", context, status=status)
