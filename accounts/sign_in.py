"""Signing in: password, then a second factor where there is one; setting it up."""

import base64
import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import second_factor
from accounts.lockout import address_is_locked, locked_page
from accounts.models import User
from core.access import SIGNED_IN, public, requires
from core.forms import attempt

HALFWAY = "halfway"  # session key: who gave the right password and still owes a code
PATIENCE = 300  # seconds to give the code
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


class SignIn(LoginView):
    """The form of user name and password."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if address_is_locked(request):
            return locked_page(request)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if not second_factor.is_on(user):
            return super().form_valid(form)
        self.request.session[HALFWAY] = {
            "user": user.pk,
            "at": time.time(),
            "next": self.get_success_url(),
        }
        return redirect("second-factor-check")


sign_in = public(sensitive_post_parameters("password")(SignIn.as_view()))


@public
def check(request: HttpRequest) -> HttpResponse:
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
        credentials = {"username": user.username}
        if address_is_locked(request) or not AxesProxyHandler.is_allowed(request, credentials):
            return locked_page(request)
        if second_factor.check_code(user, form.cleaned_data["code"]):
            del request.session[HALFWAY]
            login(request, user, backend=BACKEND)
            return HttpResponseRedirect(halfway["next"])
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        form.add_error("code", _now("This code is not right, or was used already."))
    status = 400 if form.errors else 200
    return render(request, "accounts/code.html", {"form": form}, status=status)


@requires(SIGNED_IN)
def setup(request: HttpRequest) -> HttpResponse:
    """Switch the second factor on: scan, give a code, keep the recovery codes."""
    user: Any = request.user
    if second_factor.is_on(user):
        return render(request, "accounts/second_factor_on.html", {})
    secret = request.session.get(SECRET) or generate_totp_secret()
    request.session[SECRET] = secret
    form = CodeForm(request.POST or None)
    status = 200
    if form.is_valid():
        codes, status = attempt(
            request,
            lambda: second_factor.switch_on(user, secret, form.cleaned_data["code"]),
            form,
        )
        if codes is not None:
            del request.session[SECRET]
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    context = {
        "form": form,
        "secret": secret,
        "picture": _data_uri(picture),
        "required": second_factor.is_required(user),
    }
    return render(request, "accounts/second_factor.html", context, status=status)


def _data_uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@require_POST
@requires(SIGNED_IN)
def switch_off(request: HttpRequest) -> HttpResponse:
    """Switch the second factor off, with a code to prove it is one's own."""
    user: Any = request.user
    if second_factor.check_code(user, request.POST.get("code", "")):
        second_factor.switch_off(user, actor=user)
        messages.success(request, _now("The second factor is off."))
        return redirect("profile")
    messages.error(request, _now("This code is not right, or was used already."))
    return redirect("second-factor")
