"""The page of what is set per fiscal year, and of opening the next one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MinValueValidator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import PersonRequest
from accounts.roles import MANAGE_SETTINGS
from core.pages.forms import BAD_REQUEST, MoneyField, run_service
from core.pages.history import trail_of
from core.services.access import posts, requires
from core.values import display
from programs.models import FiscalYear, Program
from programs.years import settings as year_settings
from programs.years.settings import ceilings_of


class YearForm(forms.Form):
    ceiling = MoneyField(
        label=gettext_lazy("Budget ceiling (đồng)"),
        required=False,
        help_text=gettext_lazy("For choosing activities. Empty: none."),
    )
    variance_low = forms.IntegerField(
        label=gettext_lazy("Explain below (% of the plan to date)"),
        validators=[MinValueValidator(0)],
    )
    variance_high = forms.IntegerField(label=gettext_lazy("Explain above (% of the plan to date)"))
    signers = forms.CharField(
        label=gettext_lazy("Who signs the list for approval"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=gettext_lazy("A title to a line, from left to right. Empty: the usual ones."),
    )
    illustrative = forms.BooleanField(
        label=gettext_lazy("Illustrative figures"),
        required=False,
        help_text=gettext_lazy("Said on every page of the year."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, programs: Iterable[Program] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for program in programs:
            label = _("Ceiling of %(program)s (đồng)") % {"program": program.code}
            self.fields[f"ceiling_{program.code}"] = MoneyField(label=label, required=False)

    def clean_signers(self) -> list[str]:
        return str(self.cleaned_data["signers"]).splitlines()

    def settings(self) -> dict[str, Any]:
        """The fields as the service takes them."""
        data = self.cleaned_data
        ceilings = {name[8:]: data[name] for name in data if name.startswith("ceiling_")}
        rest = {name: value for name, value in data.items() if not name.startswith("ceiling_")}
        return {**rest, "ceilings": ceilings}


@requires(MANAGE_SETTINGS)
def year_list(request: PersonRequest) -> HttpResponse:
    """The fiscal years with their settings, newest first."""
    years = [
        {
            "year": year,
            "from": display.day(year.start),
            "to": display.day(year.end),
            "ceiling": display.number(year.ceiling) if year.ceiling else "–",
        }
        for year in FiscalYear.objects.order_by("-start")
    ]
    return render(request, "programs/years.html", {"years": years})


@requires(MANAGE_SETTINGS)
def year_edit(request: PersonRequest, code: str) -> HttpResponse:
    """A year's settings, and their trail."""
    year = get_object_or_404(FiscalYear, code=code)
    names = [*year_settings.FIELDS, "version"]
    initial = {name: getattr(year, name) for name in names}
    initial["signers"] = "\n".join(year.who_signs)
    initial |= {f"ceiling_{code}": amount for code, amount in ceilings_of(year).items()}
    form = YearForm(request.POST or None, initial=initial, programs=Program.objects.all())
    status = 200
    if request.method == "POST":
        status = BAD_REQUEST
        if form.is_valid():
            fields = form.settings()
            done, status = run_service(
                request,
                lambda: year_settings.change(actor=request.user, fiscal_year=year, **fields),
                form,
            )
            if done:
                messages.success(request, _("Saved."))
                return redirect("year-settings")
    context = {"year": year, "form": form, "trail": trail_of(year)}
    return render(request, "programs/year.html", context, status=status)


@posts(MANAGE_SETTINGS)
def year_next(request: PersonRequest) -> HttpResponse:
    """Open the year after the last one."""
    year, _status = run_service(request, lambda: year_settings.open_next(actor=request.user))
    if year is None:
        return redirect("year-settings")
    messages.success(request, _("Fiscal year %(year)s is open.") % {"year": year.code})
    return redirect("year-settings-edit", code=year.code)
