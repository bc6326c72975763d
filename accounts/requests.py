"""Requests of people who are signed in: what a view with `@requires(…)` gets."""

from typing import cast

from rest_framework.request import Request

from accounts.models import User
from core.services.access import ActorRequest


class PersonRequest(ActorRequest):
    """A request whose `user` is known; nobody else comes past `core.services.access.requires`."""

    user: User


def person(request: Request) -> User:
    """Who asks the API; permissions have let nobody else through."""
    return cast(User, request.user)
