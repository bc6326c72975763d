"""The page of one variance: its figures, what was said, and saying it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.roles import EXPLAIN_VARIANCE, VIEW
from core import display
from core.access import requires
from core.forms import BAD_REQUEST, attempt
from core.history import trail_of
from disbursements.models import PlanVersion
from monitoring import variance
from programs.models import FiscalYear


class ExplainForm(forms.Form):
    text = forms.CharField(
        label=_("Explanation"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    decision = forms.CharField(
        label=_("Decision"),
        max_length=200,
        required=False,
        help_text=_("Number and date of a decision or conclusion, where there is one."),
    )
    plan_version: Any = forms.ModelChoiceField(
        label=_("Plan that took it up"),
        queryset=PlanVersion.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: FiscalYear, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = PlanVersion.objects.visible_to(user).approved().filter(fiscal_year=year)
        self.fields["plan_version"].queryset = plans.select_related(  # type: ignore[attr-defined]
            "fiscal_year"
        )


def shown(item: variance.Variance) -> dict[str, Any]:
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
    request: HttpRequest, code: str, quarter: int, program: str, kind: str, pk: int
) -> HttpResponse:
    """One variance: its figures, what was said, and saying it."""
    year = get_object_or_404(FiscalYear, code=code)
    item = next(
        (
            found
            for found in (variance.variances(request.user, year, quarter) if quarter < 5 else [])
            if found.subject == (kind, pk) and found.program.code == program
        ),
        None,
    )
    if item is None:
        raise Http404
    note = item.note
    initial = (
        {
            "text": note.text,
            "decision": note.decision,
            "plan_version": note.plan_version_id,
            "version": note.version,
        }
        if note
        else {}
    )
    form = ExplainForm(request.POST or None, initial=initial, year=year, user=request.user)
    status = 200
    if request.method == "POST":
        saved, status = None, BAD_REQUEST
        if form.is_valid():
            saved, status = attempt(
                request,
                lambda: variance.explain(
                    actor=request.user,
                    fiscal_year=year,
                    quarter=quarter,
                    program=item.program,
                    commune=item.commune,
                    activity=item.activity,
                    **form.cleaned_data,
                ),
                form,
            )
        if saved is not None:
            messages.success(request, _now("Explained."))
            address = reverse("variances")
            return redirect(f"{address}?fiscal_year={code}&quarter={quarter}")
    row = shown(item)
    context = {
        "row": row,
        "title": f"{item.program.code} · {row['name']}",
        "crumb_href": f"{reverse('variances')}?fiscal_year={code}",
        "form": form,
        "quarter": display.quarter(quarter, year.start),
        "year": year,
        "may": request.user.can(EXPLAIN_VARIANCE),  # type: ignore[union-attr]
        "trail": trail_of(note) if note else [],
    }
    return render(request, "monitoring/variance.html", context, status=status)
