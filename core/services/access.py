"""Who may open a page. Every view declares its permission; a test holds every URL against it.

`requires("post_disbursement")` asks for sign-in and the named permission of the user's role,
`requires(SIGNED_IN)` for sign-in alone, `public` for nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Protocol
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

PUBLIC = "public"
SIGNED_IN = "signed_in"

View = Callable[..., HttpResponseBase]


class Actor(Protocol):
    """Who does something: `accounts.models.User`, as far as core knows people."""

    pk: int

    def can(self, permission: str) -> bool:
        """Whether the role has this permission."""


class ActorRequest(HttpRequest):
    """A request of somebody signed in: what a view of core with `@requires(…)` gets."""

    user: Actor  # type: ignore[assignment]


def public(view: View) -> View:
    """Declare that anybody may open this view."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(*permissions: str) -> Callable[[View], View]:
    """Declare (and enforce) that a view needs sign-in and any one of `permissions`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(came_from(request))
            if SIGNED_IN not in permissions and not any(map(request.user.can, permissions)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = " | ".join(permissions)  # type: ignore[attr-defined]
        return guarded

    return decorate


def posts(*permissions: str) -> Callable[[View], View]:
    """Declare a view that takes what a form or a button sends, and who may send it (`requires`)."""
    return lambda view: require_POST(requires(*permissions)(view))


def came_from(request: HttpRequest) -> str:
    """Where to go after signing in: the page asked for, or the one whose form was sent (what a
    form is sent to may be no page to look at)."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host() or not page.path:
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path


def check(actor: Actor, *permissions: str) -> None:
    """Refuse (`PermissionDenied`) an actor whose role has none of `permissions`.

    Services call it, so that the rule stands behind every door.
    """
    if not any(actor.can(permission) for permission in permissions):
        raise PermissionDenied
