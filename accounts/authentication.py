"""`Authorization: Token …` for the API."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.sign_in.failed import tell_of_token
from accounts.throttling import count_refused, seconds_left

SCHEMES = (b"token", b"bearer")


class ApiTokenAuthentication(TokenAuthentication):
    """knox's token (only a digest is stored), noting its last use. It comes as `Token …`; with
    `Bearer`, as most clients send one, or bare, as it is pasted, it is the same token."""

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Whether the token has ended; then it is deleted. knox reads all of its owner's tokens
        here, at each request, to delete the ended ones: `touch` does that."""
        if auth_token.is_expired:
            auth_token.delete()
        return bool(auth_token.is_expired)

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        try:
            found = self._found(request)
        except AuthenticationFailed:
            count_refused(request)
            tell_of_token(request._request)
            raise
        if found is not None:
            found[1].touch()
            # For `TokenHeaders`, whatever becomes of the request.
            request._request.token_expiry = found[1].expiry  # type: ignore[attr-defined]
        return found

    def _found(self, request: Request) -> tuple[Any, Any] | None:
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
        response = self.get_response(request)
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
