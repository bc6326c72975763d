"""The page on which a user makes, sees and revokes tokens for the API."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import ApiToken, User
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_PEOPLE, VIEW, Role
from accounts.services import OWN_DAYS, check_token, give_token, revoke_token
from accounts.sign_in.proof import ProofForm, prove
from core.lists import Column, Empty, Listing, filters, list_response
from core.pages.forms import BAD_REQUEST, OK, run_service
from core.services.access import posts, requires
from core.values.sql_text import Alphabetical

DAYS = ((30, _("30 days")), (90, _("90 days")))
MACHINE = ((365, _("One year")), (730, _("Two years")))
MADE, MADE_FOR = "made-token", 60  # the cookie of a new token, and how many seconds it lives
REACH = (("read", _("Read only")), ("write", _("Read and write")))


class TokenForm(ProofForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What it is for, for example: provincial report."),
    )
    user = forms.ModelChoiceField(
        label=_("Account"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("My own"),
        help_text=_("A machine has a viewer's account of its own; its token only reads."),
    )
    reach = forms.ChoiceField(
        label=_("What it may do"),
        choices=REACH,
        initial="read",
        help_text=_("Never more than you may yourself."),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=DAYS,
        coerce=int,
        initial=OWN_DAYS,
        required=False,
        empty_value=OWN_DAYS,  # type: ignore[arg-type]  # any value
    )
    field_order = ("name", "user", "reach", "days", "password", "code")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        fields: Any = self.fields
        if not user.can(MANAGE_PEOPLE):
            del fields["user"]
            return
        fields["user"].queryset = User.objects.filter(role=Role.VIEWER, is_active=True)
        fields["days"].choices = DAYS + MACHINE
        fields["days"].help_text = _("More than 90 days: only to read, for a machine.")


class TokenFilters(filters.Filters):
    search = filters.Search("name", hint=_("Name"))
    reach = filters.Choices("read_only", REACH, method="reaching", label=_("What it may do"))

    def reaching(self, rows: QuerySet[Model], _name: str, reaches: list[str]) -> QuerySet[Model]:
        return rows.filter(read_only__in=[reach == "read" for reach in reaches])


listing = Listing(
    name="tokens",
    title=_("API tokens"),
    columns=(
        Column(
            "name",
            _("name"),
            lambda row: row.label,
            (Alphabetical("name"),),
            note=lambda row: row.owner,
            note_label=_("account"),
        ),
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
            lambda row: row.state,
            "expiry",
            tone=lambda row: "bad" if row.is_expired else "warn" if row.ends_soon else "good",
        ),
        Column("do", _("do"), lambda row: "", template="accounts/token_revoke.html", buttons=True),
    ),
    rows=lambda user: visible_tokens(user).select_related("user"),
    prepare=lambda rows, user: _with_owners(rows, user),
    filters=TokenFilters,
    order="-made",
    tie="digest",
    empty=Empty(title=_("No tokens yet")),
)


def visible_tokens(user: User) -> QuerySet[ApiToken]:
    """One's own tokens; of an administrator, who is told before any ends, everybody's."""
    rows: QuerySet[ApiToken] = ApiToken.objects.all()
    mine: QuerySet[ApiToken] = rows if user.can(MANAGE_PEOPLE) else rows.filter(user_id=user.pk)
    return mine


def _with_owners(rows: Sequence[Any], user: User) -> Sequence[Any]:
    for row in rows:
        row.owner = "" if row.user_id == user.pk else row.user.display_name
    return rows


@requires(VIEW)
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def tokens(request: PersonRequest) -> HttpResponseBase:
    """One's own tokens, and a form for a new one, which is shown this once."""
    form = TokenForm(request.POST or None, user=request.user, auto_id="id_new_%s")
    status = BAD_REQUEST if form.is_bound else OK
    if form.is_bound and form.is_valid():
        text, status = run_service(request, lambda: _make(request, form.cleaned_data), form)
        if text is not None:
            return _shown_next(text)
    lead = _now(
        "A program that reads the portal's figures signs in with a token instead of a password."
    )
    made = request.get_signed_cookie(MADE, "", max_age=MADE_FOR)
    context = {"form": form, "made": made, "lead": lead}
    page = list_response(request, listing, "accounts/tokens.html", context, status)
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
    """The new token's text. Who asks has to prove it last: a code works once."""
    actor: User = request.user
    wanted = {
        "actor": actor,
        "user": given.get("user") or actor,
        "read_only": given["reach"] == "read",
        "days": given["days"],
    }
    check_token(**wanted)
    prove(request, given["password"], given.get("code", ""))
    return give_token(**wanted, name=given["name"])[1]


@posts(VIEW)
def token_revoke(request: PersonRequest, digest: str) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(visible_tokens(request.user), digest=digest)
    revoke_token(actor=request.user, token=token)
    messages.success(request, _now("The token “%(name)s” is revoked.") % {"name": token.label})
    return redirect("tokens")
