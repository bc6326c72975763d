"""Who may call the API: each view declares its permissions; a view that declares none is shut."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

Permission = str | tuple[str, ...]  # one, or several of which any one is enough


class RolePermission(BasePermission):
    """Holds a view's declared `permissions` against the user's role and the token's reach.

    A view declares `permission = "view"` for everything, or `permissions = {action: names}` where
    the names are one permission or a tuple of which any one is enough. A read-only token may only
    read. A view that declares nothing refuses everybody.
    """

    def has_permission(self, request: Request, view: object) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if getattr(request.auth, "read_only", False) and request.method not in SAFE_METHODS:
            return False
        wanted = declared_permissions(view)
        return any(request.user.can(permission) for permission in wanted)


def declared_permissions(view: object) -> tuple[str, ...]:
    """The permissions of which a view's present action wants one; empty: nothing declared."""
    table = getattr(view, "permissions", {})
    wanted = table.get(getattr(view, "action", None)) or getattr(view, "permission", ())
    return (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
