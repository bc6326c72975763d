"""`Authorization: Token …` for the API."""

from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.sign_in.failed import tell_of_token
from accounts.throttling import count_refused, seconds_left
from core.services.prepared import Prepared

SCHEMES = (b"token", b"bearer")
_beginning: Prepared[str, ApiToken] = Prepared(
    "the beginning of a token",
    lambda texts: ApiToken.objects.filter(token_key__in=texts).select_related("user"),
)


class ApiTokenAuthentication(TokenAuthentication):
    """knox's token (only a digest is stored), noting its last use. It comes as `Token …`; with
    `Bearer`, as most clients send one, or bare, as it is pasted, it is the same token."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """The token and its owner, read anew each time: one that was taken back or is over, and
        an account that was closed, are refused at once. (knox reads all of its owner's tokens at
        each request, to delete the ended ones: `touch` does that.)"""
        text = token.decode()
        for found in _beginning(text[: CONSTANTS.TOKEN_KEY_LENGTH]):
            if found.is_expired:
                found.delete()
            elif compare_digest(hash_token(text), found.digest):
                user, known = self.validate_user(found)
                return user, known
        raise AuthenticationFailed(_("Invalid token."))

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        try:
            found = self.credentials(request)
        except AuthenticationFailed:
            count_refused(request)
            tell_of_token(request._request)
            raise
        if found is not None:
            found[1].touch()
            # For `TokenHeaders`, whatever becomes of the request.
            request._request.token_expiry = found[1].expiry  # type: ignore[attr-defined]
        return found

    def credentials(self, request: Any) -> tuple[User, ApiToken] | None:
        """Who asks, with the token; None where no token came. Raises `AuthenticationFailed`."""
        words = get_authorization_header(request).split()
        if len(words) == 1 and words[0].lower() not in SCHEMES:
            words = [b"token", *words]
        if not words or words[0].lower() not in SCHEMES:
            return None  # for another backend
        if len(words) == 1:
            raise AuthenticationFailed(_("Invalid token header. No credentials provided."))
        if len(words) > 2:
            said = _("Invalid token header. Token string should not contain spaces.")
            raise AuthenticationFailed(said)
        if not words[1].isascii():
            raise AuthenticationFailed(_("Invalid token."))
        return self.authenticate_credentials(words[1])


class TokenHeaders:
    """Middleware: every answer to a token says when it ends, and every answer of the API how many
    requests are left, so that a program can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return tell_what_is_left(request, self.get_response(request))


def tell_what_is_left(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with the end of its token and the limits, as far as they are known."""
    if expiry := getattr(request, "token_expiry", None):
        response["Token-Expires"] = localtime(expiry).isoformat(timespec="seconds")
    if rate := getattr(request, "rate", None):
        limit, left = rate
        response["RateLimit-Limit"] = str(limit)
        response["RateLimit-Remaining"] = str(max(left, 0))
        response["RateLimit-Reset"] = str(seconds_left())
    return response


class ApiTokenScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = "accounts.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, object]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "A token made on the page API tokens: `Token …`, or the token alone.",
        }
