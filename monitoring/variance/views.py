"""The page of one variance: its figures, what was said, and saying it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import EXPLAIN_VARIANCE, VIEW
from core.pages.forms import submit_form
from core.pages.history import trail_of
from core.services.access import requires
from core.values import display
from disbursements.models import PlanVersion
from monitoring.models.variance import Cause
from monitoring.variance import services as variance
from programs.models import FiscalYear


class ExplainForm(forms.Form):
    cause = forms.ChoiceField(label=_("Cause"), choices=[("", _("Choose")), *Cause.choices])
    text = forms.CharField(
        label=_("Explanation"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    decision = forms.CharField(
        label=_("Decision that allowed it"),
        max_length=200,
        required=False,
        help_text=_("Number and date of a decision or conclusion, where there is one."),
    )
    plan_version: object = forms.ModelChoiceField(
        label=_("Plan that took it up"),
        queryset=PlanVersion.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: FiscalYear, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = PlanVersion.objects.visible_to(user).approved().filter(fiscal_year=year)
        self.fields["plan_version"].queryset = plans.select_related(  # type: ignore[attr-defined]
            "fiscal_year"
        )


def table_row(item: variance.Variance) -> dict[str, object]:
    """A variance as a table prints it."""
    kind, pk = item.subject
    return {
        "item": item,
        "name": str(item.commune or item.activity),
        "planned": display.number(item.planned),
        "disbursed": display.number(item.disbursed),
        "rate": display.percent(item.rate),
        "tone": "over" if item.is_over else "under",
        "href": reverse(
            "variance", args=[item.year.code, item.quarter, item.program.code, kind, pk]
        ),
    }


@requires(EXPLAIN_VARIANCE, VIEW)
def explain(
    request: PersonRequest, code: str, quarter: int, program: str, kind: str, pk: int
) -> HttpResponse:
    """One variance: its figures, what was said, and saying it."""
    year = get_object_or_404(FiscalYear, code=code)
    if quarter not in variance.QUARTERS:
        raise Http404
    asked = (program, (kind, pk))
    item = _the_one(variance.variances(request.user, year, quarter), asked)
    if item is None:
        return _within_the_limits(request, year, quarter, asked)
    form = ExplainForm(
        request.POST or None, initial=_initial(item.note), year=year, user=request.user
    )
    status = 200
    if request.method == "POST":
        saved, status = _save(request, item, form)
        if saved is not None:
            messages.success(request, _now("Explained."))
            address = reverse("variances")
            return redirect(f"{address}?fiscal_year={code}&quarter={quarter}")
    may = request.user.can(EXPLAIN_VARIANCE)  # type: ignore[union-attr]
    context = {**_context(request, item), "form": form, "may": may}
    return render(request, "monitoring/variance.html", context, status=status)


def _within_the_limits(
    request: PersonRequest, year: FiscalYear, quarter: int, asked: tuple[str, tuple[str, int]]
) -> HttpResponse:
    """What was said before the plan or the money changed: to be read, not to be said anew."""
    item = _the_one(variance.as_explained(request.user, year, quarter), asked)
    if item is None or request.method == "POST":
        raise Http404
    within = _now("This lies within the limits today. The figures are those it was explained with.")
    context = {**_context(request, item), "within": within, "may": False}
    return render(request, "monitoring/variance.html", context)


def _the_one(
    items: list[variance.Variance], asked: tuple[str, tuple[str, int]]
) -> variance.Variance | None:
    return next((item for item in items if (item.program.code, item.subject) == asked), None)


def _initial(note: variance.VarianceNote | None) -> dict[str, object]:
    """What the form begins with."""
    if note is None:
        return {}
    return {
        "cause": note.cause,
        "text": note.text,
        "decision": note.decision,
        "plan_version": note.plan_version_id,
        "version": note.version,
    }


def _save(request: PersonRequest, item: variance.Variance, form: ExplainForm) -> tuple[object, int]:
    """The explanation as stored, or None with the status of a refusal."""
    names = ("quarter", "program", "commune", "activity")
    about = {name: getattr(item, name) for name in names}
    return submit_form(request, form, variance.explain, fiscal_year=item.year, **about)


def _context(request: PersonRequest, item: variance.Variance) -> dict[str, object]:
    """The page but for its form."""
    row, note = table_row(item), item.note
    return {
        "row": row,
        "title": f"{item.program.code} · {row['name']}",
        "crumb_href": f"{reverse('variances')}?fiscal_year={item.year.code}",
        "quarter": display.quarter(item.quarter, item.year.start),
        "year": item.year,
        "beside": variance.beside_href(item),
        "plan_href": _plan_href(note, request.user),
        "trail": trail_of(note) if note else [],
    }


def _plan_href(note: variance.VarianceNote | None, user: User) -> str:
    """The plan that took it up; '' without one, or where the reader has no line of it."""
    if note is None or note.plan_version_id is None:
        return ""
    plans = PlanVersion.objects.visible_to(user).filter(pk=note.plan_version_id)
    return reverse("plan-version", args=[note.plan_version_id]) if plans.exists() else ""
