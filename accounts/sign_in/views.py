"""Signing in: password, then a second factor where there is one; setting it up."""

import base64
import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.services import sign_out_everywhere
from accounts.sign_in import own_sessions, second_factor
from accounts.sign_in.lockout import count_wrong, locked_page, may_guess, remember_browser
from accounts.sign_in.proof import ProofForm, prove
from core.pages.forms import BAD_REQUEST, OK, run_service
from core.services.access import SIGNED_IN, posts, public, requires
from core.web.preferences import remember_language

HALFWAY = "halfway"  # session key: who gave the right password and still owes a code
PATIENCE = 300  # seconds to give the code
FEW = 4  # recovery codes left, from which on it is said
SECRET = "second_factor_secret"  # noqa: S105 - a session key
BACKEND = "django.contrib.auth.backends.ModelBackend"


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("From your authenticator app, or a recovery code."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class SetUpForm(CodeForm):
    """The first code, and the password: who finds a session open adds no factor of their own."""

    password = ProofForm.base_fields["password"]


class SignIn(LoginView):
    """The form of user name and password."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if not second_factor.is_on(user):
            return _signed_in(super().form_valid(form), self.request, user)
        self.request.session[HALFWAY] = {
            "user": user.pk,
            "at": time.time(),
            "next": self.get_success_url(),
        }
        return redirect("second-factor-check")


def _signed_in(response: HttpResponse, request: HttpRequest, user: User) -> HttpResponse:
    """The browser is known from now on; the profile's language, where none was chosen on it."""
    remember_browser(response, request, user)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember_language(response, request, user.language)
    return response


sign_in = public(sensitive_post_parameters("password")(SignIn.as_view()))


@public
@never_cache
def check(request: PersonRequest) -> HttpResponse:
    """The code, after the right password; wrong codes count like wrong passwords."""
    halfway = request.session.get(HALFWAY)
    if not halfway or time.time() - halfway["at"] > PATIENCE:
        request.session.pop(HALFWAY, None)
        return redirect("login")
    user = User.objects.filter(pk=halfway["user"], is_active=True).first()
    if user is None:
        return redirect("login")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not may_guess(request, user):
            return locked_page(request)
        if second_factor.check_code(user, form.cleaned_data["code"]):
            del request.session[HALFWAY]
            login(request, user, backend=BACKEND)
            if (left := second_factor.codes_left(user)) < FEW:
                text = _now("Recovery codes left: %(left)d. Make new ones on your profile.")
                messages.warning(request, text % {"left": left})
            return _signed_in(HttpResponseRedirect(halfway["next"]), request, user)
        count_wrong(request, user)
        form.add_error("code", _now("This code is not right, or was used already."))
    status = 400 if form.errors else 200
    return render(request, "accounts/code.html", {"form": form}, status=status)


@requires(SIGNED_IN)
@never_cache
def setup(request: PersonRequest) -> HttpResponse:
    """Switch the second factor on: scan, give a code, keep the recovery codes."""
    user: User = request.user
    if second_factor.is_on(user):
        return _switched_on(request, user)
    secret = request.session.get(SECRET) or generate_totp_secret()
    request.session[SECRET] = secret
    form = SetUpForm(request.POST or None)
    status = BAD_REQUEST if form.is_bound else OK
    if form.is_valid():
        codes, status = run_service(
            request, lambda: _switch_on(request, secret, **form.cleaned_data), form
        )
        if codes is not None:
            del request.session[SECRET]
            update_session_auth_hash(request, User.objects.get(pk=user.pk))
            return _show_codes(request, codes)
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    context = {
        "form": form,
        "secret": secret,
        "picture": _data_uri(picture),
        "required": second_factor.is_required(user),
    }
    return render(request, "accounts/second_factor.html", context, status=status)


def _switch_on(request: PersonRequest, secret: str, code: str, password: str) -> list[str]:
    prove(request, password)
    return second_factor.switch_on(request.user, secret, code)


def _data_uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _show_codes(request: PersonRequest, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


def _switched_on(request: PersonRequest, user: User, form: ProofForm | None = None) -> HttpResponse:
    context = {
        "form": form or ProofForm(user=user),
        "left": second_factor.codes_left(user),
        "required": second_factor.is_required(user),
    }
    status = BAD_REQUEST if form else 200
    return render(request, "accounts/second_factor_on.html", context, status=status)


@posts(SIGNED_IN)
@never_cache
def switch_off(request: PersonRequest) -> HttpResponse:
    """With password and code to prove it is one's own: none any more, or new recovery codes."""
    user: User = request.user
    form = ProofForm(request.POST, user=user)
    if not form.is_valid() or not second_factor.is_on(user):
        return _switched_on(request, user, form)
    if not may_guess(request, user):
        return locked_page(request)
    _none, status = run_service(request, lambda: prove(request, **form.cleaned_data), form)
    if status != OK:
        return _switched_on(request, user, form)
    if request.POST.get("do") == "codes":
        return _show_codes(request, second_factor.new_codes(user))
    _done, status = run_service(request, lambda: second_factor.switch_off(user, actor=user), form)
    if status != OK:
        return _switched_on(request, user, form)
    update_session_auth_hash(request, User.objects.get(pk=user.pk))
    messages.success(request, _now("The second factor is off."))
    return redirect("profile")


@requires(SIGNED_IN)
@never_cache
@sensitive_post_parameters("password", "code")
def sessions(request: PersonRequest) -> HttpResponse:
    """Where one is signed in; with the password, sign out everywhere else: API tokens end, too."""
    form = ProofForm(request.POST or None, user=request.user)
    status = BAD_REQUEST if form.is_bound else OK
    if form.is_valid():
        user, status = run_service(request, lambda: _end_others(request, form.cleaned_data), form)
        if user is not None:
            update_session_auth_hash(request, user)
            said = _now("Every other device is signed out, and no API token is left.")
            messages.success(request, said)
            return redirect("profile")
    tokens = request.user.auth_token_set.exists()
    context = {"form": form, "rows": own_sessions.open_now(request), "tokens": tokens}
    return render(request, "accounts/sessions.html", context, status=status)


def _end_others(request: PersonRequest, given: dict[str, str]) -> User:
    prove(request, **given)
    return sign_out_everywhere(user=request.user)
