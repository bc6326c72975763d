"""The page where an administrator erases the personal data of somebody who has left."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_PEOPLE
from core.pages.forms import BAD_REQUEST, OK, run_service
from core.services.access import requires
from monitoring.handover.services import open_of
from plan_portal.privacy.erase import NAME, Erased, erase


class EraseForm(forms.Form):
    confirm = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("Type it to confirm. It cannot be undone."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


@requires(MANAGE_PEOPLE)
@never_cache
def erase_person(request: PersonRequest, pk: int) -> HttpResponse:
    """What goes, what stays, and the form that says so."""
    found = get_object_or_404(User, pk=pk)
    form, status = EraseForm(request.POST or None), OK
    if request.method == "POST":
        done, status = None, BAD_REQUEST
        if form.is_valid():
            call: dict[str, Any] = {"actor": request.user, "person": found, **form.cleaned_data}
            done, status = run_service(request, lambda: erase(**call), form)
        if done is not None:
            messages.success(request, _erased_sentence(done))
            return redirect("person", pk=pk)
    context = {
        "person": found,
        "form": form,
        "name": NAME.format(pk=found.pk),
        "in_hand": open_of(found).count,
    }
    return render(request, "accounts/erase.html", context, status=status)


def _erased_sentence(done: Erased) -> str:
    text = _("The personal data is erased: the trail now says %(name)s.") % {"name": done.name}
    if not done.named:
        return text
    left = ngettext(
        "%(n)d sentence of the ledger's trail still names the person: nothing may change it.",
        "%(n)d sentences of the ledger's trail still name the person: nothing may change them.",
        done.named,
    )
    return f"{text} {left % {'n': done.named}}"
