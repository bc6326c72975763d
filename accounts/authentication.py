"""`Authorization: Token …` for the API."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.throttling import count_refused


class ApiTokenAuthentication(TokenAuthentication):
    """knox's token (only a digest is stored), noting its last use."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        try:
            found = super().authenticate(request)
        except AuthenticationFailed:
            count_refused(request)
            raise
        if found is not None:
            found[1].touch()
        return found


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
