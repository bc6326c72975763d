"""The page on which a user makes, sees and revokes tokens for the API."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import ApiToken, User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from accounts.services import create_token, revoke_token
from core.lists import Column, Empty, Listing, answer, filters
from core.services.access import requires
from core.values.sql_text import Alphabetical

DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")))
MADE, MADE_FOR = "made-token", 60  # the cookie of a new token, and how many seconds it lives
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


class TokenFilters(filters.Filters):
    search = filters.Search("name", hint=_("Name"))
    reach = filters.Choices("read_only", REACH, method="reaching", label=_("What it may do"))

    def reaching(self, rows: Any, _name: str, reaches: list[str]) -> Any:
        return rows.filter(read_only__in=[reach == "read" for reach in reaches])


listing = Listing(
    name="tokens",
    title=_("API tokens"),
    columns=(
        Column("name", _("name"), lambda row: row.label, (Alphabetical("name"),)),
        Column(
            "reach",
            _("what it may do"),
            lambda row: dict(REACH)["read" if row.read_only else "write"],
            "read_only",
        ),
        Column("made", _("made"), lambda row: localdate(row.created), "created"),
        Column("used", _("last used"), lambda row: row.last_used or _now("never"), "last_used"),
        Column("until", _("valid until"), lambda row: localdate(row.expiry), "expiry"),
        Column(
            "state",
            _("state"),
            lambda row: _now("expired") if row.is_expired else _now("valid"),
            "expiry",
            template="accounts/token_state.html",
        ),
    ),
    rows=lambda user: ApiToken.objects.filter(user_id=user.pk),
    filters=TokenFilters,
    order="-made",
    tie="digest",
    empty=Empty(title=_("No tokens yet")),
)


@requires(VIEW)
@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: PersonRequest) -> HttpResponseBase:
    """One's own tokens, and a form for a new one, which is shown this once."""
    form = TokenForm(request.POST or None, auto_id="id_new_%s")
    if form.is_bound and form.is_valid():
        return _shown_next(_make(request, form.cleaned_data))
    lead = _now(
        "A program that reads the portal's figures signs in with a token instead of a password."
    )
    made = request.get_signed_cookie(MADE, "", max_age=MADE_FOR)
    context = {"form": form, "made": made, "lead": lead}
    status = 400 if form.is_bound else 200
    page = answer(request, listing, "accounts/tokens.html", context, status)
    if made:
        page.delete_cookie(MADE, path=reverse("tokens"))
    return page


def _shown_next(text: str) -> HttpResponse:
    """Lead to the page, which shows the new token once: loading it again makes no second one. The
    portal keeps only the token's hash, so its text goes by way of its owner's browser."""
    page = redirect("tokens")
    page.set_signed_cookie(
        MADE,
        text,
        max_age=MADE_FOR,
        path=reverse("tokens"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return page


def _make(request: PersonRequest, given: dict[str, Any]) -> str:
    """The new token's text."""
    user: User = request.user
    read_only = given["reach"] == "read"
    return create_token(user=user, name=given["name"], read_only=read_only, days=given["days"])[1]


@requires(VIEW)
@require_POST
def token_revoke(request: PersonRequest, digest: str) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken, digest=digest, user_id=request.user.pk)
    user: User = request.user
    revoke_token(actor=user, token=token)
    messages.success(request, _now("The token “%(name)s” is revoked.") % {"name": token.label})
    return redirect("tokens")
