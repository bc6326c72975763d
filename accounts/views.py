"""Pages of people: one's own profile, and their administration."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts import delegation, people, second_factor
from accounts.models import Assignment, Delegation, User
from accounts.roles import APPROVE_PLAN, MANAGE_PEOPLE, POST_DISBURSEMENT, Role
from core.access import SIGNED_IN, requires
from core.forms import BAD_REQUEST, DayField, attempt
from core.history import trail_of
from core.transition import save_with_history

PER_PAGE = 50


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("last_name", "first_name", "email", "office", "digest")


class DelegationForm(forms.Form):
    receiver: Any = forms.ModelChoiceField(label=_("Delegate"), queryset=User.objects.none())
    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class InviteForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    email = forms.EmailField(label=_("Email"), required=False)
    office = forms.CharField(label=_("Office"), max_length=200, required=False)
    everywhere = forms.BooleanField(
        label=_("Every programme in every commune"), required=False, initial=True
    )


class PersonForm(InviteForm):
    """A person's role and details; the user name stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["username"], self.fields["everywhere"]


@requires(SIGNED_IN)
def profile(request: HttpRequest) -> HttpResponse:
    """One's own details, password, second factor, and who approves while one is away."""
    user: Any = request.user
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        save_with_history(form.save(commit=False), user, _now("own profile"))
        messages.success(request, _now("Saved."))
        return redirect("profile")
    return _profile(request, form)


def _profile(
    request: HttpRequest, form: Any, giving: Any = None, status: int = 200
) -> HttpResponse:
    user: Any = request.user
    may = user.can(POST_DISBURSEMENT) or user.can(APPROVE_PLAN)
    if may and giving is None:
        giving = _delegation_form(user)
    context = {
        "form": form,
        "giving": giving if may else None,
        "delegations": delegation.of_person(user)[:PER_PAGE],
        "second_factor": second_factor.is_on(user),
        "assignments": user.assignments.select_related("program", "commune"),
    }
    return render(request, "accounts/profile.html", context, status=status)


def _delegation_form(user: Any, data: Any = None) -> DelegationForm:
    form = DelegationForm(data, prefix="d")
    form.fields["receiver"].queryset = delegation.receivers_for(user)  # type: ignore[attr-defined]
    return form


@require_POST
@requires(POST_DISBURSEMENT, APPROVE_PLAN)
def delegate(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = _delegation_form(user, request.POST)
    row, status = None, BAD_REQUEST
    if form.is_valid():
        row, status = attempt(
            request, lambda: delegation.delegate(actor=user, **form.cleaned_data), form
        )
    if row is None:
        return _profile(request, ProfileForm(instance=user), form, status)
    messages.success(request, _now("Delegated."))
    return redirect("profile")


@require_POST
@requires(SIGNED_IN)
def delegation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Delegation.objects.filter(giver=request.user.pk)
    delegation.revoke(actor=request.user, delegation=get_object_or_404(rows, pk=pk))
    messages.success(request, _now("The delegation has ended."))
    return redirect("profile")


@requires(MANAGE_PEOPLE)
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody, with role and state."""
    rows = User.objects.order_by("-is_active", "username").prefetch_related(
        "assignments__program", "assignments__commune"
    )
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(username__icontains=words) | rows.filter(last_name__icontains=words)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page, "words": words})


@requires(MANAGE_PEOPLE)
def invite(request: HttpRequest) -> HttpResponse:
    """A new person; the invitation is mailed, or shown once to be handed over."""
    form = InviteForm(request.POST or None)
    status = 200
    if request.method == "POST":
        user, status = None, BAD_REQUEST
        if form.is_valid():
            user, status = attempt(
                request, lambda: people.invite(actor=request.user, **form.cleaned_data), form
            )
        if user is not None:
            return _invited(request, user)
    return render(request, "accounts/invite.html", {"form": form}, status=status)


def _invited(request: HttpRequest, user: User) -> HttpResponse:
    address = people.send_invitation(
        actor=request.user, user=user, base=request.build_absolute_uri("/")
    )
    return render(request, "accounts/invited.html", {"person": user, "address": address})


@requires(MANAGE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's role, details, assignments and trail."""
    found = get_object_or_404(User, pk=pk)
    names = ("role", *people.DETAILS)
    form = PersonForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    status = 200
    if request.method == "POST":
        saved, status = None, BAD_REQUEST
        if form.is_valid():
            saved, status = attempt(
                request,
                lambda: people.change(actor=request.user, user=found, **form.cleaned_data),
                form,
            )
        if saved is not None:
            messages.success(request, _now("Saved."))
            return redirect("person", pk=pk)
    context = {
        "person": found,
        "form": form,
        "assignments": found.assignments.select_related("program", "commune"),
        "grant_form": _grant_form(),
        "second_factor": second_factor.is_on(found),
        "trail": trail_of(found),
    }
    return render(request, "accounts/person.html", context, status=status)


def _grant_form(data: Any = None) -> Any:
    form = modelform_factory(Assignment, fields=["program", "commune"])(data)
    commune: Any = form.fields["commune"]
    commune.queryset = commune.queryset.filter(in_programme_area=True)
    for field in form.fields.values():
        field.empty_label = _("All")  # type: ignore[attr-defined]
        field.help_text = ""
    return form


@require_POST
@requires(MANAGE_PEOPLE)
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(User, pk=pk), _grant_form(request.POST)
    if form.is_valid():
        attempt(
            request,
            lambda: people.grant(
                actor=request.user,
                user=found,
                program=form.cleaned_data["program"],
                commune=form.cleaned_data["commune"],
            ),
        )
    return redirect("person", pk=pk)


@require_POST
@requires(MANAGE_PEOPLE)
def revoke(request: HttpRequest, pk: int, assignment: int) -> HttpResponse:
    row = get_object_or_404(Assignment, pk=assignment, user=pk)
    people.revoke(actor=request.user, assignment=row)
    return redirect("person", pk=pk)


@require_POST
@requires(MANAGE_PEOPLE)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    attempt(
        request,
        lambda: people.set_active(
            actor=request.user,
            user=found,
            active=not found.is_active,
            reason=request.POST.get("reason", ""),
        ),
    )
    return redirect("person", pk=pk)


@require_POST
@requires(MANAGE_PEOPLE)
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new invitation (it also helps who forgot the password)."""
    return _invited(request, get_object_or_404(User, pk=pk, is_active=True))


@require_POST
@requires(MANAGE_PEOPLE)
def forget_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """For somebody who lost the phone and the recovery codes."""
    second_factor.switch_off(get_object_or_404(User, pk=pk), actor=request.user)  # type: ignore[arg-type]
    messages.success(request, _now("The second factor is off."))
    return redirect("person", pk=pk)
