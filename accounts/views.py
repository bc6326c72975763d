"""The page of one's own profile, and of who approves while one is away."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts import delegation, letters
from accounts.models import Delegation, User
from accounts.requests import PersonRequest
from accounts.roles import APPROVE_PLAN, POST_DISBURSEMENT
from accounts.services import update_profile
from accounts.sign_in import second_factor
from accounts.sign_in.proof import ProofForm, prove
from core.pages.forms import BAD_REQUEST, DayField, run_service, submit_form
from core.services.access import SIGNED_IN, posts, requires
from core.values.dates import today
from core.web.preferences import remember_language

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[User]
else:
    ModelForm = forms.ModelForm

PER_PAGE = 50


class ProfileForm(ProofForm, ModelForm):
    """One's own details; another email address asks who is there: links to a new password go to
    it."""

    field_order = ("last_name", "first_name", "email", *ProofForm.base_fields)

    class Meta:
        model = User
        fields = ("last_name", "first_name", "email", "office", "digest", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PROOF & self.fields.keys():
            self.fields[name].required = False
        self.fields["password"].help_text = _("Only for another email address.")


PROOF = set(ProofForm.base_fields)


class DelegationForm(forms.Form):
    receiver = forms.ModelChoiceField(label=_("Delegate"), queryset=User.objects.none())
    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=500)


@requires(SIGNED_IN)
def profile(request: PersonRequest) -> HttpResponse:
    """One's own details, password, second factor, and who approves while one is away."""
    user: User = request.user
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk), user=user)
    if request.method != "POST":
        return _profile(request, form)
    before, saved, status = user.email, None, BAD_REQUEST
    if form.is_valid():
        saved, status = run_service(request, lambda: _save(request, form.cleaned_data), form)
    if saved is None:
        return _profile(request, form, status=status)
    letters.tell_old_address(saved, before)
    with override(saved.language):
        messages.success(request, _now("Saved."))
    response = redirect("profile")
    remember_language(response, request, saved.language)
    return response


def _save(request: PersonRequest, given: dict[str, Any]) -> User:
    proof = {name: given.pop(name) for name in PROOF & given.keys()}
    if given["email"] != request.user.email:
        prove(request, **proof)
    return update_profile(actor=request.user, **given)


def _profile(
    request: PersonRequest, form: object, giving: object = None, status: int = 200
) -> HttpResponse:
    user: User = request.user
    may = user.can(POST_DISBURSEMENT) or user.can(APPROVE_PLAN)
    if may and giving is None:
        giving = _delegation_form(user)
    context = {
        "form": form,
        "giving": giving if may else None,
        "delegations": _delegations(user),
        "second_factor": second_factor.is_on(user),
        "assignments": user.assignments.select_related("program", "commune"),
    }
    return render(request, "accounts/profile.html", context, status=status)


def _delegations(user: User) -> list[Delegation]:
    """What one gave or received; of what one gave and is not over: what the delegate may not do."""
    rows = list(delegation.of_person(user)[:PER_PAGE])
    for row in rows:
        is_on = row.revoked_at is None and row.end >= today()
        row.undecided = (  # type: ignore[attr-defined]
            delegation.undecided(user, row.receiver) if is_on and row.giver_id == user.pk else ""
        )
    return rows


def _delegation_form(user: User, data: QueryDict | None = None) -> DelegationForm:
    form = DelegationForm(data, prefix="d")
    form.fields["receiver"].queryset = delegation.receivers_for(user)  # type: ignore[attr-defined]
    return form


@posts(POST_DISBURSEMENT, APPROVE_PLAN)
def delegate(request: PersonRequest) -> HttpResponse:
    user: User = request.user
    form = _delegation_form(user, request.POST)
    row, status = submit_form(request, form, delegation.delegate)
    if row is None:
        return _profile(request, ProfileForm(instance=user, user=user), form, status)
    messages.success(request, _now("Delegated."))
    if said := delegation.undecided(user, row.receiver):
        messages.warning(request, said)
    return redirect("profile")


@posts(SIGNED_IN)
def delegation_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    rows = Delegation.objects.filter(giver=request.user.pk)
    delegation.revoke(actor=request.user, delegation=get_object_or_404(rows, pk=pk))
    messages.success(request, _now("The delegation has ended."))
    return redirect("profile")
