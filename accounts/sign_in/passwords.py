"""Pages of passwords: change one's own, ask for a link, set one with a link."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import forms, update_session_auth_hash, views
from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple, Field, MultipleChoiceField
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from rest_framework.request import Request

from accounts import letters, mail
from accounts.models import ApiToken, LetterKind, User
from accounts.services import change_password
from accounts.sign_in.lockout import address_of, count_wrong, remember_browser, unlock
from accounts.sign_in.proof import check_may_guess
from accounts.throttling import hit
from core.services.access import SIGNED_IN, public, requires

if TYPE_CHECKING:
    SetPasswordForm = forms.SetPasswordForm[User]
else:
    SetPasswordForm = forms.SetPasswordForm

REQUESTS_A_MINUTE = 10  # for a link, from one address
LETTERS_A_MINUTE = 2  # to one mailbox


class EndsTokens:
    """Offers to end the API tokens along with the old password: all are ticked."""

    user: User
    fields: dict[str, Field]
    cleaned_data: dict[str, Any]
    why: object

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_tokens()

    def _offer_tokens(self) -> None:
        rows = ApiToken.objects.filter(user=self.user)
        if self.user is None or not rows:
            return
        last_use = _("%(name)s · last used: %(when)s")
        self.fields["tokens"] = MultipleChoiceField(
            label=_("End these API tokens"),
            choices=[
                (row.digest, last_use % {"name": row.label, "when": row.last_use}) for row in rows
            ],
            initial=[row.digest for row in rows],
            required=False,
            widget=CheckboxSelectMultiple,
            help_text=_("Whoever knew the old password may have made one."),
        )

    def save(self, commit: bool = True) -> User:
        given = self.cleaned_data
        return change_password(
            user=self.user,
            password=given["new_password1"],
            why=str(self.why),
            tokens=given.get("tokens", ()),
        )


class ChangeForm(EndsTokens, forms.PasswordChangeForm):
    """A new password by who knows the old one; the service saves it and its trail."""

    why = _lazy("password changed")

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        check_may_guess(self.request)
        try:
            return super().clean_old_password()
        except ValidationError:
            count_wrong(self.request, self.user)
            raise


class SetForm(EndsTokens, SetPasswordForm):
    """A new password by who has the link."""

    why = _lazy("password set by a link")


class AskForm(forms.PasswordResetForm):
    """Django's own, with our letter; it looks the same for an address that nobody has."""

    def save(self, *args: object, **options: object) -> None:
        """The same work whoever has the address: the worker finds out whether anybody does."""
        letters.queue(LetterKind.RESET_ASKED, to=self.cleaned_data["email"])


class Change(views.PasswordChangeView):
    """A new password; every other session ends."""

    form_class = ChangeForm
    success_url = reverse_lazy("profile")

    def get_form_kwargs(self) -> dict[str, object]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        update_session_auth_hash(self.request, form.save())
        messages.success(self.request, _("The password is changed. Other devices are signed out."))
        return HttpResponseRedirect(str(self.success_url))


class Ask(views.PasswordResetView):
    """Ask for a link. Neither the answer nor its time says whether anybody has the address."""

    form_class = AskForm

    def form_valid(self, form: Any) -> HttpResponse:
        if not mail.reaches_people():
            form.add_error(None, _("This portal sends no letters: ask the administrator."))
            return self.render_to_response(self.get_context_data(form=form), status=400)
        address, mailbox = address_of(self.request), form.cleaned_data["email"].casefold()
        if hit("password-link-from", address, REQUESTS_A_MINUTE) > REQUESTS_A_MINUTE:
            form.add_error(None, _("Too many requests. Wait a minute and try again."))
            return self.render_to_response(self.get_context_data(form=form), status=429)
        if hit("password-link-to", mailbox, LETTERS_A_MINUTE) > LETTERS_A_MINUTE:
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


class Choose(views.PasswordResetConfirmView):
    """Set a password with the link of a letter (reset or invitation); then sign in with it."""

    form_class = SetForm

    def form_valid(self, form: Any) -> HttpResponse:
        assert self.user is not None
        unlock(self.user)  # who reads the mailbox is not the one who guessed
        response = super().form_valid(form)
        remember_browser(response, self.request, self.user)
        return response


change = requires(SIGNED_IN)(never_cache(sensitive_post_parameters()(Change.as_view())))
ask = public(Ask.as_view())
asked = public(views.PasswordResetDoneView.as_view())
choose = public(sensitive_post_parameters()(Choose.as_view()))
chosen = public(views.PasswordResetCompleteView.as_view())
