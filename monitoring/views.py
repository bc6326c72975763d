"""Pages that are more than a record: choosing a year's activities, the results, comments."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.roles import DECIDE_PROPOSAL, DRAFT_PLAN, LOAD_HISTORY, PROPOSE_ACTIVITY, VIEW
from core import display
from core.access import requires
from core.exports import xlsx_bytes, xlsx_response
from core.forms import OK, attempt
from core.pages import Section, area_of, show
from core.record_forms import WhyForm
from disbursements.attachments import served
from monitoring.kinds import KINDS, kind_of, model_of
from monitoring.models import Proposal
from monitoring.proposals import ProposalState
from monitoring.services import files, indicators, proposals
from monitoring.services.comments import comment, comments_on
from programs.models import Activity, FiscalYear

DECISIONS = {
    "select": proposals.select,
    "defer": proposals.defer,
    "refuse": proposals.refuse,
}


def _year(request: HttpRequest, default: str | None = None) -> Any:
    """The fiscal year of the address; else `default`, or the newest that has something."""
    code = request.GET.get("fiscal_year") or request.POST.get("fiscal_year") or default
    if code:
        return get_object_or_404(FiscalYear, code=code)
    latest = Proposal.objects.visible_to(request.user).first()
    return latest.fiscal_year if latest else FiscalYear.objects.order_by("start").last()


@requires(VIEW)
def selection(request: HttpRequest) -> HttpResponse:
    """The selection board: what was proposed for a year, and its ceiling filling up."""
    return _board(request, _year(request))


def _board(
    request: HttpRequest, year: FiscalYear, tried: Any = None, status: int = OK
) -> HttpResponse:
    """`tried` is (key of a proposal, its form with what was wrong)."""
    room = proposals.ceiling_of(year)
    rows = Proposal.objects.visible_to(request.user).filter(fiscal_year=year)
    rows = rows.select_related("program", "commune")[:500]
    user: Any = request.user
    decides = user.can(DECIDE_PROPOSAL)
    lines = [_line(row, decides, tried) for row in rows]
    before = FiscalYear.objects.filter(start__lt=year.start).first()
    may_carry = user.can(PROPOSE_ACTIVITY) or decides
    context = {
        "year": year,
        "years": FiscalYear.objects.order_by("-code").values_list("code", flat=True),
        "lines": lines,
        "decides": decides,
        "ceiling": display.number(room.ceiling),
        "taken": display.number(room.taken),
        "left": display.number(room.left),
        "short": {
            "ceiling": display.short(room.ceiling),
            "taken": display.short(room.taken),
            "left": display.short(room.left),
        },
        "percent": room.percent,
        "has_ceiling": room.ceiling is not None,
        "waiting": sum(row.state == ProposalState.SELECTED for row in rows),
        "may_plan": user.can(DRAFT_PLAN) or user.can(LOAD_HISTORY),
        "before": before,
        "unfinished": _unfinished(user, before) if may_carry and before else [],
    }
    return render(request, "monitoring/selection.html", context, status=status)


def _line(row: Proposal, decides: bool, tried: Any) -> dict[str, Any]:
    open_ = row.state in (ProposalState.PROPOSED, ProposalState.DEFERRED)
    form = tried[1] if tried and tried[0] == row.pk else None
    return {
        "row": row,
        "estimate": display.number(row.estimate),
        "can_select": decides and open_,
        "can_decline": decides and row.state != ProposalState.PLANNED,
        "form": form,
        "form_id": f"reason-{row.pk}",
    }


def _unfinished(user: Any, year: FiscalYear) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in proposals.unfinished(user, year):
        line = found.setdefault(row["activity"].code, {"activity": row["activity"], "sum": 0})
        line["sum"] += row["left"]
    return [{**line, "left": display.number(line["sum"])} for line in found.values()]


@requires(DECIDE_PROPOSAL)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Select, defer or refuse a proposal from the selection board."""
    row = get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)
    service: Any = DECISIONS.get(request.POST.get("decision", ""))
    if service is None:
        raise Http404
    version = request.POST.get("version", "")
    fields: dict[str, Any] = {"version": int(version) if version.isdigit() else None}
    form = None
    if service is not proposals.select:
        form = WhyForm(request.POST, auto_id=f"id_{pk}_%s")
        if not form.is_valid():
            return _board(request, row.fiscal_year, (row.pk, form), 400)
        fields["reason"] = form.cleaned_data["reason"]
    _done, status = attempt(
        request, lambda: service(actor=request.user, proposal=row, **fields), form
    )
    if status != OK:
        return _board(request, row.fiscal_year, (row.pk, form) if form else None, status)
    return redirect(f"{reverse('selection')}?fiscal_year={row.fiscal_year.code}#proposal-{pk}")


@requires(DRAFT_PLAN, LOAD_HISTORY)
@require_POST
def plan_selected(request: HttpRequest) -> HttpResponse:
    """The selected proposals become activities and lines of a draft plan."""
    year = _year(request)
    made, status = attempt(
        request, lambda: proposals.plan_selected(actor=request.user, fiscal_year=year)
    )
    if status != OK:
        return _board(request, year, status=status)
    messages.success(request, _("The selected proposals are lines of a draft plan."))
    return redirect("plan-version", pk=made.pk)


@requires(PROPOSE_ACTIVITY, DECIDE_PROPOSAL)
@require_POST
def carry_over(request: HttpRequest) -> HttpResponse:
    """Unfinished activities of the year before are proposed again."""
    year = _year(request)
    before = get_object_or_404(FiscalYear, code=request.POST.get("before", ""))
    wanted = Activity.objects.visible_to(request.user).filter(
        code__in=request.POST.getlist("activity")
    )
    made, status = attempt(
        request,
        lambda: proposals.carry_over(
            actor=request.user, from_year=before, to_year=year, activities=wanted
        ),
    )
    if status != OK:
        return _board(request, year, status=status)
    messages.success(request, _("Proposed again: %(count)d.") % {"count": len(made)})
    return redirect(f"{reverse('selection')}?fiscal_year={year.code}")


@requires(VIEW)
def results(request: HttpRequest) -> HttpResponse:
    """The results framework of a year: target against actual, and its sheet."""
    latest = FiscalYear.objects.filter(target__isnull=False).order_by("-start").first()
    year = _year(request, latest.code if latest else None)
    found = indicators.results(request.user, year)
    if request.GET.get("format") == "xlsx":
        return _results_sheet(found, year)
    rows = [
        (
            row.indicator.code,
            row.indicator.name,
            row.commune.name if row.commune else _("all"),
            row.indicator.unit,
            _number(row.indicator.baseline),
            _number(row.target),
            _number(row.actual),
            display.percent(row.rate),
        )
        for row in found
    ]
    years = FiscalYear.objects.order_by("-code").values_list("code", flat=True)
    context = {"year": year, "years": years, "rows": rows, "head": _result_heads()}
    return render(request, "monitoring/results.html", context)


def _result_heads() -> list[str]:
    return [
        _("Code"),
        _("Indicator"),
        _("Commune"),
        _("Unit"),
        _("Baseline"),
        _("Target"),
        _("Actual"),
        _("Rate"),
    ]


def _number(value: Decimal | None) -> str:
    return display.NOTHING if value is None else display.percent(value).removesuffix("%")


def _results_sheet(found: list[Any], year: FiscalYear) -> HttpResponse:
    keys = ["code", "name", "commune", "unit", "baseline", "target", "actual", "rate"]
    lines = [
        {
            "code": row.indicator.code,
            "name": row.indicator.name,
            "commune": row.commune.name if row.commune else "",
            "unit": row.indicator.unit,
            "baseline": row.indicator.baseline,
            "target": row.target,
            "actual": row.actual,
            "rate": row.rate,
        }
        for row in found
    ]
    body = xlsx_bytes(keys, lines, title=_("Results"), titles=_result_heads())
    return xlsx_response(body, f"results-{year.code}.xlsx")


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("@username mentions somebody who can see this record."),
    )


def comment_section(request: HttpRequest, row: Any) -> Iterable[Section]:
    """The comments of a record's page, with a field for one more."""
    kind = kind_of(row)
    if kind is None:
        return
    lines = tuple(
        f"{each.author.display_name}, {localtime(each.written_at):%d/%m/%Y %H:%M}: {each.text}"
        for each in comments_on(row)
    )
    form = getattr(request, "comment_form", None) or CommentForm(auto_id="id_comment_%s")
    yield Section(
        _("Comments"),
        texts=lines,
        form=form,
        action=reverse("comment", args=[kind, row.pk]),
        button=_("Add the comment"),
    )


def _record(request: HttpRequest, kind: str, pk: int) -> Any:
    """The record of an address, in the person's scope; else 404."""
    if kind not in KINDS:
        raise Http404
    model = model_of(kind)
    return get_object_or_404(model.objects.visible_to(request.user), pk=pk)


@requires(VIEW)
@require_POST
def add_comment(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Comment on a record; what was typed comes back when it is refused."""
    row = _record(request, kind, pk)
    form = CommentForm(request.POST, auto_id="id_comment_%s")
    if form.is_valid():
        text = form.cleaned_data["text"]
        _done, status = attempt(
            request, lambda: comment(actor=request.user, about=row, text=text), form
        )
        if status == OK:
            return redirect(kind, pk=pk)
    request.comment_form = form  # type: ignore[attr-defined]
    return show(area_of(type(row)), request, row, status=400)


class FileForm(forms.Form):
    files = forms.FileField(  # type: ignore[assignment]  # the field, not the form's files
        label=gettext_lazy("Add a file"),
        help_text=gettext_lazy("PDF, photo of a place or xlsx, 10 MB. Never a photo of a child."),
    )


def file_section(request: HttpRequest, row: Any) -> Iterable[Section]:
    """The files of a record's page, with a field for one more."""
    kind = kind_of(row)
    user: Any = request.user
    if kind is None:
        return
    links = tuple(
        (each.name, reverse("record-file", args=[kind, row.pk, each.pk]))
        for each in files.files_of(row)
    )
    may = any(map(user.can, files.MAY_ATTACH))
    if links or may:
        form = getattr(request, "file_form", None) or FileForm(auto_id="id_file_%s")
        yield Section(
            _("Files"),
            links=links,
            form=form if may else None,
            action=reverse("record-files", args=[kind, row.pk]),
            button=_("Attach the file"),
        )


@requires(*files.MAY_ATTACH)
@require_POST
def add_file(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Attach a file to a record."""
    row = _record(request, kind, pk)
    form = FileForm(request.POST, request.FILES, auto_id="id_file_%s")
    if form.is_valid():
        upload = form.cleaned_data["files"]
        _done, status = attempt(
            request, lambda: files.attach(actor=request.user, about=row, upload=upload), form
        )
        if status == OK:
            return redirect(kind, pk=pk)
    request.file_form = form  # type: ignore[attr-defined]
    return show(area_of(type(row)), request, row, status=400)


@requires(VIEW)
def record_file(request: HttpRequest, kind: str, pk: int, file: int) -> Any:
    """A file of a record, as a download."""
    row = _record(request, kind, pk)
    return served(get_object_or_404(files.files_of(row), pk=file))
