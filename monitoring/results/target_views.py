"""The targets of an indicator for a fiscal year, all communes in one form."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import PersonRequest
from communes.models import Commune
from core.pages.forms import BAD_REQUEST, OK, NumberField, run_service
from core.services.access import requires
from core.services.choices import unit_label
from core.values.said import coded
from monitoring.models import Indicator
from monitoring.results import services as indicators
from programs.models import FiscalYear


class TargetsForm(forms.Form):
    """A target for each commune; what is left empty stays as it is. What the person saw is sent
    along, so that nobody overwrites what somebody else has set since."""

    def __init__(self, *args: Any, communes: list[Commune], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for commune in communes:
            self.fields[name_of(commune)] = NumberField(
                label=unit_label(commune),
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=2,
                show_hidden_initial=True,
            )

    def seen(self, name: str) -> Decimal | None:
        """The target that stood in a field when the form was shown."""
        try:
            value: Decimal | None = self.fields[name].clean(
                self.data.get(self[name].html_initial_name)
            )
        except ValidationError:
            return None
        return value

    def show_again(self, name: str, value: Decimal | None) -> None:
        """The target that stands there now is what the person sees from here on."""
        data: Any = self.data
        data = data.copy()
        data[self[name].html_initial_name] = "" if value is None else str(value)
        self.data = data


def name_of(commune: Commune) -> str:
    return f"commune_{commune.pk}"


@requires(*indicators.MAY_SET)
def targets(request: PersonRequest, pk: int, code: str) -> HttpResponse:
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
    request: PersonRequest,
    form: TargetsForm,
    indicator: Indicator,
    year: FiscalYear,
    communes: list[Commune],
) -> int:
    """Set what was changed, all or nothing; a refusal stands beside its commune."""
    if not form.is_valid():
        return BAD_REQUEST

    @transaction.atomic
    def effect() -> bool:
        stands = _standing(indicator, year, communes)
        changed = [c for c in communes if name_of(c) in form.changed_data]
        _check_seen(form, changed, stands)
        for commune in changed:
            value: Decimal | None = form.cleaned_data[name_of(commune)]
            if value is not None:
                _set(request.user, indicator, year, commune, value)
        return True

    return run_service(request, effect, form)[1]


def _standing(
    indicator: Indicator, year: FiscalYear, communes: list[Commune]
) -> dict[int, Decimal]:
    """The targets that stand, by commune, locked until they are changed."""
    rows = indicator.targets.select_for_update().filter(fiscal_year=year, commune__in=communes)
    return {row.commune_id: row.value for row in rows}


def _check_seen(form: TargetsForm, communes: list[Commune], stands: dict[int, Decimal]) -> None:
    """Refuse to overwrite a target that is not the one the person saw."""
    errors = {}
    for commune in communes:
        name, now = name_of(commune), stands.get(commune.pk)
        if form.seen(name) != now:
            errors[name] = coded(
                "stale",
                _("Somebody else has set %(value)s here since. Save again to change it.")
                % {"value": "–" if now is None else _plain(now)},
            )
            form.show_again(name, now)
    if errors:
        raise ValidationError(errors)


def _set(
    actor: User, indicator: Indicator, year: FiscalYear, commune: Commune, value: Decimal
) -> None:
    try:
        indicators.set_target(
            actor=actor, indicator=indicator, year=year, commune=commune, value=value
        )
    except ValidationError as error:
        raise ValidationError({name_of(commune): [error]}) from error
