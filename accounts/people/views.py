"""Pages of whoever manages people: invite, change, assign, deactivate."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import UsernameField
from django.db.models import QuerySet
from django.forms import modelform_factory
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts import delegation, letters, mail
from accounts.models import Assignment, Delegation, LetterKind, User
from accounts.people import directory
from accounts.people import services as people
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_PEOPLE, Role
from accounts.sign_in import lockout, second_factor
from core.pages.forms import BAD_REQUEST, OK, DayField, run_service, submit_form
from core.services.access import posts, requires
from core.values.dates import today
from core.values.text import nfc


class NameField(forms.CharField):
    """Text as people type it, in one Unicode form."""

    def to_python(self, value: object) -> str:
        return nfc(super().to_python(value) or "").strip()


class PersonForm(forms.Form):
    """A person's role and details; `version` is what the edit is based on."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    last_name = NameField(label=_("Last name"), max_length=150, required=False)
    first_name = NameField(label=_("First name"), max_length=150, required=False)
    email = forms.EmailField(label=_("Email"), required=False)
    office = NameField(label=_("Office"), max_length=200, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class InviteForm(PersonForm):
    username = UsernameField(
        label=_("User name"),
        max_length=150,
        help_text=_("Small letters without accents, for example: dieuphoi_gbv."),
    )
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        help_text=_("The link to choose a password is sent there."),
    )
    everywhere = forms.BooleanField(label=_("Every programme in every commune"), required=False)
    version = None  # type: ignore[assignment]
    field_order = ("username", "role", "last_name", "first_name", "email", "office", "everywhere")


class ReasonForm(forms.Form):
    """Why something is done to an account."""

    reason = NameField(label=_("Reason"), max_length=500)


class ApproverForm(forms.Form):
    """From when to when somebody from outside approves, and why."""

    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    reason = NameField(label=_("Reason"), max_length=500)


def name_places(form: forms.BaseForm) -> tuple[Any, Any]:
    """The fields of programme and commune, whose offers are called with their codes."""
    program: Any = form.fields["program"]
    commune: Any = form.fields["commune"]
    program.label_from_instance = lambda row: f"{row.code} · {row}"
    commune.label_from_instance = directory.unit_name
    return program, commune


def _grant_form(data: QueryDict | None = None) -> Any:
    form: Any = modelform_factory(Assignment, fields=["program", "commune"])(data)
    program, commune = name_places(form)
    commune.queryset = commune.queryset.filter(in_programme_area=True)
    program.empty_label, commune.empty_label = _("Every programme"), _("Every commune")
    program.help_text = commune.help_text = ""
    form._post_clean = lambda: None  # the service checks the row; here are only the choices
    return form


@requires(MANAGE_PEOPLE)
@never_cache
def invite(request: PersonRequest) -> HttpResponse:
    """A new person; the invitation is mailed or, without an address, shown to be handed over."""
    form = InviteForm(request.POST or None)
    status = OK
    if request.method == "POST":
        user, status = submit_form(request, form, people.invite)
        if user is not None:
            return _invited(request, user)
    return render(request, "accounts/invite.html", {"form": form}, status=status)


def _invited(request: PersonRequest, user: User) -> HttpResponse:
    """Send the link; only where no letter carries it is it shown, once."""
    address = hand_over(request, user)
    if not address:
        return redirect("person", pk=user.pk)
    return render(request, "accounts/invited.html", {"person": user, "address": address})


def hand_over(request: PersonRequest, user: User) -> str:
    """Send the invitation's link; the link itself where no letter carries it, or the last did not
    go, else nothing."""
    actor: User = request.user
    if user.email and mail.reaches_people():
        if not letters.has_failed(LetterKind.INVITATION, user):
            letters.queue(LetterKind.INVITATION, user, about=str(actor.pk))
            text = _now("The invitation is on its way to %(email)s.")
            messages.success(request, text % {"email": user.email})
            return ""
        # A warning: the person is there, and the form must not be taken a second time.
        text = _now("The invitation could not be sent to %(email)s: hand over the link below.")
        messages.warning(request, text % {"email": user.email})
    elif user.email:
        text = _now("This portal sends no letters (no EMAIL_URL): hand over the link below.")
        messages.warning(request, text)
    return mail.link_for(user)


@requires(MANAGE_PEOPLE)
@never_cache
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """A person's role, details, assignments and trail; POST changes role and details."""
    found = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return _page(request, found)
    seen = {"version": people.version_of(found)}
    form = PersonForm(request.POST, initial=seen)
    saved, status = submit_form(request, form, people.change, user=found)
    if saved is None:
        return _page(request, found, form=form, status=status)
    letters.tell_old_address(saved, found.email)
    messages.success(request, _now("Saved."))
    return redirect("person", pk=pk)


def _page(request: PersonRequest, found: User, status: int = OK, **forms: object) -> HttpResponse:
    names = ("role", *people.DETAILS)
    initial = {name: getattr(found, name) for name in names}
    context = {
        "person": found,
        "form": PersonForm(initial={**initial, "version": people.version_of(found)}),
        "state": directory.state_of(found),
        "is_self": found.pk == request.user.pk,
        "invitable": people.may_be_invited(found),
        "assignments": [
            {
                "pk": row.pk,
                "where": directory.assignment_label(row),
                "unit": directory.succession(row),
            }
            for row in found.assignments.select_related("program", "commune__successor")
        ],
        "grant_form": _grant_form(),
        "why": ReasonForm(),
        "approver_form": ApproverForm(prefix="a"),
        "may_be_named": delegation.nameable(request.user).filter(pk=found.pk).exists(),
        "named": _named_delegations(found),
        "second_factor": second_factor.is_on(found),
        "trail": directory.trail(found),
        **forms,
    }
    return render(request, "accounts/person.html", context, status=status)


@posts(MANAGE_PEOPLE)
def grant(request: PersonRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(User, pk=pk), _grant_form(request.POST)
    row, status = submit_form(request, form, people.grant, user=found)
    if row is None:
        return _page(request, found, grant_form=form, status=status)
    messages.success(
        request, _now("Assigned: %(where)s.") % {"where": directory.assignment_label(row)}
    )
    return redirect("person", pk=pk)


@posts(MANAGE_PEOPLE)
def follow(request: PersonRequest, pk: int, assignment: int) -> HttpResponse:
    """Confirm that an assignment follows its commune into the unit that this one became."""
    row = get_object_or_404(Assignment, pk=assignment, user=pk)
    row, _status = run_service(request, lambda: people.follow(actor=request.user, assignment=row))
    if row is not None:
        messages.success(request, _now("Confirmed. It is on the trail."))
    return redirect("person", pk=pk)


@posts(MANAGE_PEOPLE)
def revoke(request: PersonRequest, pk: int, assignment: int) -> HttpResponse:
    row = get_object_or_404(Assignment, pk=assignment, user=pk)
    people.revoke(actor=request.user, assignment=row)
    messages.success(request, _now("The assignment is taken away."))
    return redirect("person", pk=pk)


def _with_reason(request: PersonRequest, found: User, call: Callable[..., object]) -> HttpResponse:
    """Run `call(reason)`; what is refused is said beside the reason."""
    form, status = ReasonForm(request.POST), BAD_REQUEST
    if form.is_valid():
        _done, status = run_service(request, lambda: call(form.cleaned_data["reason"]), form)
    if status != OK:
        return _page(request, found, why=form, status=status)
    messages.success(request, _now("Done. It is on the trail."))
    return redirect("person", pk=found.pk)


def _named_delegations(found: User) -> QuerySet[Delegation]:
    """When the person is an approver named from outside."""
    rows = Delegation.objects.filter(receiver=found, is_named=True, revoked_at=None)
    return rows.filter(end__gte=today())


@posts(MANAGE_PEOPLE)
def name_approver(request: PersonRequest, pk: int) -> HttpResponse:
    """Name an approver from outside for a span."""
    found, form = get_object_or_404(User, pk=pk), ApproverForm(request.POST, prefix="a")
    row, status = submit_form(request, form, delegation.name_approver, receiver=found)
    if row is None:
        return _page(request, found, approver_form=form, status=status)
    messages.success(request, _now("Named an approver for these days."))
    return redirect("person", pk=pk)


@posts(MANAGE_PEOPLE)
def end_approver(request: PersonRequest, pk: int, named: int) -> HttpResponse:
    rows = Delegation.objects.filter(receiver=pk, is_named=True)
    delegation.revoke(actor=request.user, delegation=get_object_or_404(rows, pk=named))
    messages.success(request, _now("The delegation has ended."))
    return redirect("person", pk=pk)


@posts(MANAGE_PEOPLE)
def activate(request: PersonRequest, pk: int) -> HttpResponse:
    """Deactivate, or bring back."""
    found = get_object_or_404(User, pk=pk)
    wanted = request.POST.get("active", "") == "1"
    return _with_reason(
        request,
        found,
        lambda reason: people.set_active(
            actor=request.user, user=found, active=wanted, reason=reason
        ),
    )


@posts(MANAGE_PEOPLE)
def forget_second_factor(request: PersonRequest, pk: int) -> HttpResponse:
    """For somebody who lost the phone and the recovery codes."""
    found = get_object_or_404(User, pk=pk)
    actor: User = request.user
    return _with_reason(
        request, found, lambda why: second_factor.switch_off(found, actor=actor, reason=why)
    )


@posts(MANAGE_PEOPLE)
@never_cache
def invite_again(request: PersonRequest, pk: int) -> HttpResponse:
    """A new invitation, for who has not chosen a password yet."""
    found = get_object_or_404(User, pk=pk)
    if people.may_be_invited(found):
        return _invited(request, found)
    messages.error(request, _now("This person has a password: “Forgotten password” sends a link."))
    return redirect("person", pk=pk)


@posts(MANAGE_PEOPLE)
def unlock(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a name try again at once after too many wrong passwords."""
    lockout.unlock(get_object_or_404(User, pk=pk))
    messages.success(request, _now("Wrong passwords tried for this name are forgotten."))
    return redirect("person", pk=pk)
