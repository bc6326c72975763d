"""Guesses at a password are counted by account; a call without a request (shell) is not one."""

from axes.backends import AxesStandaloneBackend
from django.http import HttpRequest


class LockoutBackend(AxesStandaloneBackend):
    """Stands before Django's own backend and refuses a name that is locked."""

    def authenticate(self, request: HttpRequest | None, *args: object, **kwargs: object) -> object:
        if request is None:
            return None
        return super().authenticate(request, *args, **kwargs)
