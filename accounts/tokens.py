"""The page on which a user makes, sees and revokes tokens for the API."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import ApiToken
from accounts.roles import VIEW
from accounts.services import create_token, revoke_token
from core.access import requires

DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")))
REACH = (("read", _("Read only")), ("write", _("Read and write")))


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What it is for, for example: provincial report."),
    )
    reach = forms.ChoiceField(
        label=_("What it may do"),
        choices=REACH,
        initial="read",
        help_text=_("Never more than you may yourself."),
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=DAYS, coerce=int, initial=365)


@requires(VIEW)
@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and a form for a new one, which is shown this once."""
    form = TokenForm(request.POST or None)
    made = _make(request, form.cleaned_data) if form.is_bound and form.is_valid() else None
    if made:
        form = TokenForm()
    rows = ApiToken.objects.filter(user_id=request.user.pk)
    context = {"form": form, "made": made, "tokens": rows}
    wrong = form.is_bound
    return render(request, "accounts/tokens.html", context, status=400 if wrong else 200)


def _make(request: HttpRequest, given: dict[str, Any]) -> str:
    """The new token's text."""
    user: Any = request.user
    read_only = given["reach"] == "read"
    return create_token(user=user, name=given["name"], read_only=read_only, days=given["days"])[1]


@requires(VIEW)
@require_POST
def token_revoke(request: HttpRequest, digest: str) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken, digest=digest, user_id=request.user.pk)
    user: Any = request.user
    revoke_token(actor=user, token=token)
    messages.success(request, _now("The token “%(name)s” is revoked.") % {"name": token.label})
    return redirect("tokens")
