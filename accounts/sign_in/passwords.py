"""Pages of passwords: change one's own, ask for a link, set one with a link."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import forms, update_session_auth_hash, views
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import mail
from accounts.services import change_password
from accounts.sign_in.lockout import address_of, unlock
from accounts.throttling import hit
from core.services.access import SIGNED_IN, public, requires

REQUESTS_A_MINUTE = 10  # for a link, from one address
LETTERS_A_MINUTE = 2  # to one mailbox


class ChangeForm(forms.PasswordChangeForm):
    """A new password by who knows the old one; the service saves it and its trail."""

    def save(self, commit: bool = True) -> Any:
        password = self.cleaned_data["new_password1"]
        return change_password(user=self.user, password=password, why=_("password changed"))


class SetForm(forms.SetPasswordForm):
    """A new password by who has the link."""

    def save(self, commit: bool = True) -> Any:
        password = self.cleaned_data["new_password1"]
        return change_password(user=self.user, password=password, why=_("password set by a link"))


class AskForm(forms.PasswordResetForm):
    """Django's own, with our letter; it looks the same for an address that nobody has."""

    request: Any = None

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        context = args[2]  # after subject and body
        mail.send_later(mail.reset(self.request, context["user"]))


class Change(views.PasswordChangeView):
    """A new password; every other session ends."""

    form_class = ChangeForm
    success_url = reverse_lazy("profile")

    def form_valid(self, form: Any) -> HttpResponse:
        update_session_auth_hash(self.request, form.save())
        messages.success(self.request, _("The password is changed. Other devices are signed out."))
        return HttpResponseRedirect(str(self.success_url))


class Ask(views.PasswordResetView):
    """Ask for a link. Neither the answer nor its time says whether anybody has the address."""

    form_class = AskForm

    def get_form(self, form_class: Any = None) -> Any:
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        if not mail.reaches_people():
            form.add_error(None, _("This portal sends no letters: ask the administrator."))
            return self.render_to_response(self.get_context_data(form=form), status=400)
        if hit("password-link-from", address_of(self.request)) > REQUESTS_A_MINUTE:
            form.add_error(None, _("Too many requests. Wait a minute and try again."))
            return self.render_to_response(self.get_context_data(form=form), status=429)
        if hit("password-link-to", form.cleaned_data["email"].casefold()) > LETTERS_A_MINUTE:
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


class Choose(views.PasswordResetConfirmView):
    """Set a password with the link of a letter (reset or invitation); then sign in with it."""

    form_class = SetForm

    def form_valid(self, form: Any) -> HttpResponse:
        assert self.user is not None
        unlock(self.user)  # who reads the mailbox is not the one who guessed
        return super().form_valid(form)


change = requires(SIGNED_IN)(sensitive_post_parameters()(Change.as_view()))
ask = public(Ask.as_view())
asked = public(views.PasswordResetDoneView.as_view())
choose = public(sensitive_post_parameters()(Choose.as_view()))
chosen = public(views.PasswordResetCompleteView.as_view())
