"""`Authorization: Token …` for the API."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.throttling import count_refused


class ApiTokenAuthentication(TokenAuthentication):
    """knox's token (only a digest is stored), noting its last use."""

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Whether the token has ended; then it is deleted. knox reads all of its owner's tokens
        here, at each request, to delete the ended ones: `touch` does that."""
        if auth_token.is_expired:
            auth_token.delete()
        return bool(auth_token.is_expired)

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        try:
            found = super().authenticate(request)
        except AuthenticationFailed:
            count_refused(request)
            raise
        if found is not None:
            found[1].touch()
            # For `TokenExpiry`, whatever becomes of the request.
            request._request.token_expiry = found[1].expiry  # type: ignore[attr-defined]
        return found


class TokenExpiry:
    """Middleware: every answer to a token says when it ends, so that its owner's program can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if expiry := getattr(request, "token_expiry", None):
            response["Token-Expires"] = localtime(expiry).isoformat(timespec="seconds")
        return response


class ApiTokenScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = "accounts.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Authorization: Token …`, a token made on the page API tokens.",
        }
