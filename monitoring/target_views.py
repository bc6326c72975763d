"""The targets of an indicator for a fiscal year, all communes in one form."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from communes.models import Commune
from core.access import requires
from core.forms import BAD_REQUEST, OK, attempt
from core.record_forms import unit_label
from monitoring.models import Indicator
from monitoring.services import indicators
from programs.models import FiscalYear


class TargetsForm(forms.Form):
    """A target for each commune; what is left empty stays as it is."""

    def __init__(self, *args: Any, communes: list[Commune], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for commune in communes:
            self.fields[name_of(commune)] = forms.DecimalField(
                label=unit_label(commune),
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=2,
            )


def name_of(commune: Commune) -> str:
    return f"commune_{commune.pk}"


@requires(*indicators.MAY_SET)
def targets(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Set the targets of a year in every commune the person has."""
    indicator = get_object_or_404(Indicator.objects.visible_to(request.user), pk=pk)
    year = get_object_or_404(FiscalYear, code=code)
    seen = Commune.objects.visible_to(request.user).in_area()
    communes = list(seen.valid_in(year.start, year.start))
    there = indicator.targets.filter(fiscal_year=year, commune__in=communes)
    now = {name_of(row.commune): _plain(row.value) for row in there.select_related("commune")}
    form = TargetsForm(request.POST or None, communes=communes, initial=now)
    status = OK
    if request.method == "POST":
        status = _save(request, form, indicator, year, communes)
        if status == OK:
            messages.success(request, _("Saved."))
            return redirect("indicator", pk=pk)
    context = {"form": form, "indicator": indicator, "year": year}
    context["back"] = reverse("indicator", args=[pk])
    return render(request, "monitoring/targets.html", context, status=status)


def _plain(value: Decimal) -> Decimal:
    """100.00 as 100."""
    return value.to_integral_value() if value == value.to_integral_value() else value


def _save(
    request: HttpRequest, form: Any, indicator: Indicator, year: FiscalYear, communes: list[Commune]
) -> int:
    """Set what was changed, all or nothing; a refusal stands beside its commune."""
    if not form.is_valid():
        return BAD_REQUEST

    @transaction.atomic
    def effect() -> bool:
        for commune in communes:
            name = name_of(commune)
            value: Decimal | None = form.cleaned_data[name]
            if value is not None and name in form.changed_data:
                _set(request.user, indicator, year, commune, value)
        return True

    return attempt(request, effect, form)[1]


def _set(actor: Any, indicator: Indicator, year: FiscalYear, commune: Commune, value: Any) -> None:
    try:
        indicators.set_target(
            actor=actor, indicator=indicator, year=year, commune=commune, value=value
        )
    except ValidationError as error:
        raise ValidationError({name_of(commune): error.messages}) from error
