"""The page where what somebody has in hand is handed over, when that person leaves."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_PEOPLE
from core.pages.forms import BAD_REQUEST, OK, run_service
from core.services.access import requires
from disbursements.models import Disbursement, PlanVersion
from monitoring.handover import services as handover
from monitoring.models import ActionPoint


class HandOverForm(forms.Form):
    receiver = forms.ModelChoiceField(
        label=gettext_lazy("Goes on with it"), queryset=User.objects.filter(is_active=True)
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


@requires(MANAGE_PEOPLE)
def hand_over(request: PersonRequest, pk: int) -> HttpResponse:
    """What a person has in hand, and who goes on with it."""
    person = get_object_or_404(User, pk=pk)
    form, status = HandOverForm(request.POST or None), OK
    form.fields["receiver"].queryset = User.objects.filter(is_active=True).exclude(pk=pk)  # type: ignore[attr-defined]
    if request.method == "POST":
        done, status = None, BAD_REQUEST
        if form.is_valid():
            call = {"actor": request.user, "person": person, **form.cleaned_data}
            done, status = run_service(request, lambda: handover.hand_over(**call), form)
        if done is not None:
            said = _("%(count)d things are handed over to %(name)s.")
            name = form.cleaned_data["receiver"].display_name
            messages.success(request, said % {"count": done.count, "name": name})
            return redirect("person", pk=pk)
    found = handover.open_of(person)
    context = {
        "person": person,
        "form": form,
        "count": found.count,
        "groups": _groups(found),
    }
    return render(request, "accounts/hand_over.html", context, status=status)


def _groups(found: handover.Open) -> list[dict[str, object]]:
    """The open things by kind: a title, and (address, name, state) of each."""
    kinds: tuple[tuple[str, Sequence[Disbursement | PlanVersion | ActionPoint], str], ...] = (
        (_("Disbursements"), found.rows, "disbursement"),
        (_("Plans"), found.plans, "plan-version"),
        (_("Action points"), found.points, "action-point"),
    )
    return [
        {
            "title": title,
            "lines": [
                {"href": reverse(name, args=[row.pk]), "name": _name(row), "state": _state(row)}
                for row in rows
            ],
        }
        for title, rows, name in kinds
        if rows
    ]


def _name(row: Disbursement | PlanVersion | ActionPoint) -> str:
    if isinstance(row, Disbursement):
        return f"{row.activity.code} · {row.commune.name} · {row.payee or row.voucher_no}"
    return str(row)


def _state(row: Disbursement | PlanVersion | ActionPoint) -> str:
    if isinstance(row, Disbursement):
        return row.get_status_display()
    return row.get_state_display()
