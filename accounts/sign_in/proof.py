"""Asking again who is there: a session left open makes nothing that outlives it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.sign_in import second_factor
from accounts.sign_in.lockout import count_wrong, may_guess
from core.values.said import coded, refused


class ProofForm(forms.Form):
    """The fields that ask for the password and, of who has a second factor, a code."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("From your authenticator app, or a recovery code."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not second_factor.is_on(user):
            del self.fields["code"]


def prove(request: PersonRequest, password: str, code: str = "") -> None:
    """Refuse (`ValidationError` by field) who does not know the password, or has no code.

    Wrong ones are counted like those at sign-in; a code that is taken is used up.
    """
    user: User = request.user
    check_may_guess(request)
    if not user.check_password(password):
        count_wrong(request, user)
        raise refused("password", "wrong_password", _now("This is not your password."))
    if second_factor.is_on(user) and not second_factor.check_code(user, code):
        count_wrong(request, user)
        raise refused("code", "wrong_code", _now("This code is not right, or was used already."))


def check_may_guess(request: Any) -> None:
    """Refuse who has guessed too often; the answer is then the page of a locked name."""
    if not may_guess(request, request.user):
        request.axes_locked_out = True
        raise ValidationError(coded("too_many_tries", _now("Too many wrong passwords.")))
