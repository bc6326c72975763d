"""The page of the go-live day: fixed at set-up, moved with a reason, a later day by two people."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import PersonRequest
from accounts.roles import LOAD_HISTORY, MANAGE_SETTINGS
from core.pages.forms import OK, DayField, run_service, seen_version, submit_form
from core.pages.history import trail_of
from core.services.access import posts, requires
from core.values import display
from programs.models import GoLive
from programs.years import go_live


class FixForm(forms.Form):
    day = DayField(label=gettext_lazy("Go-live day"))


class MoveForm(FixForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


@requires(LOAD_HISTORY, MANAGE_SETTINGS)
def page(request: PersonRequest) -> HttpResponse:
    """Where loading history ends; POST fixes the day, or moves it."""
    fixed = go_live.current()
    form = FixForm(request.POST or None)
    call: Callable[..., GoLive] = go_live.fix
    if fixed is not None:
        form = MoveForm(request.POST or None, initial={"version": fixed.version})
        call = go_live.move
    status = OK
    if request.method == "POST":
        done, status = submit_form(request, form, call)
        if done is not None:
            messages.success(request, _saved_or_proposed(done))
            return redirect("go-live")
    context = {
        "fixed": fixed,
        "day": display.day(fixed.day) if fixed else "",
        "proposed": display.day(fixed.proposed_day) if fixed and fixed.proposed_day else "",
        "may_agree": fixed is not None and fixed.proposed_by_id != request.user.pk,
        "may_write": fixed is not None or request.user.can(MANAGE_SETTINGS),
        "form": form,
        "trail": trail_of(fixed) if fixed else [],
    }
    return render(request, "programs/go_live.html", context, status=status)


def _saved_or_proposed(row: GoLive) -> str:
    if row.proposed_day is None:
        return _("Saved.")
    return _("Proposed: somebody else has to agree.")


@posts(LOAD_HISTORY, MANAGE_SETTINGS)
def decide(request: PersonRequest, what: str) -> HttpResponse:
    """Agree to the proposed day, or drop it."""
    calls: dict[str, Callable[..., object]] = {"agree": go_live.agree, "drop": go_live.drop}
    if what not in calls:
        raise Http404
    call, seen = calls[what], seen_version(request)
    done, _status = run_service(request, lambda: call(actor=request.user, version=seen))
    if done is not None:
        messages.success(request, _("Done. It is on the trail."))
    return redirect("go-live")
