"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """The user's permissions by name, for showing what the page offers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    from accounts.roles import permissions_of

    return {"may": dict.fromkeys(permissions_of(user.role), True)}
