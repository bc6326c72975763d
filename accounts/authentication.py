"""`Authorization: Token …` for the API."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.request import Request


class ApiTokenAuthentication(TokenAuthentication):
    """knox's token (only a digest is stored), noting its last use."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is not None:
            found[1].touch()
        return found
