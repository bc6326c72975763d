"""What the cases ask with: people, their clients, rows that wait, bare views beside."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import get_resolver

from accounts.models import User
from accounts.services import create_token
from disbursements.models import Disbursement

HOST = "localhost"
SESSIONS = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)


class Bare(ClientHandler):
    """Django with no more middleware than said, and the views of `bench.bare`."""

    def __init__(self, middleware: tuple[str, ...] = ()) -> None:
        super().__init__(enforce_csrf_checks=False)
        with override_settings(MIDDLEWARE=middleware):
            self.load_middleware()

    def resolve_request(self, request: Any) -> Any:
        request.resolver_match = get_resolver("bench.bare").resolve(request.path_info)
        return request.resolver_match


@dataclass
class Scene:
    """A ledger that is measured. `said`: what could not be, in sentences."""

    database: str
    size: int
    folder: Path
    smallest: bool = True
    said: list[str] = field(default_factory=list)

    def user(self, name: str) -> User:
        return User.objects.get(username=name)

    def token(self, name: str) -> str:
        return create_token(user=self.user(name))[1]

    def api(self, name: str) -> Client:
        """A program with a token of that person."""
        found = Client(SERVER_NAME=HOST, headers={"authorization": f"Token {self.token(name)}"})
        return found

    def browser(self, name: str) -> Client:
        found = Client(SERVER_NAME=HOST)
        found.force_login(self.user(name))
        return found

    @cached_property
    def reader(self) -> Client:
        return self.api("dieuphoi")

    @cached_property
    def manager(self) -> Client:
        return self.api("quanly")

    @cached_property
    def coordinator(self) -> Client:
        return self.browser("dieuphoi")

    @cached_property
    def bare(self) -> Client:
        """Who is not even asked who it is."""
        found = Client(SERVER_NAME=HOST)
        found.handler = Bare()
        return found

    @cached_property
    def signed_in(self) -> Client:
        """The same signed in, and nothing else."""
        found = self.browser("dieuphoi")
        found.handler = Bare(SESSIONS)
        return found

    @cached_property
    def waiting(self) -> Iterator[int]:
        """Rows that wait, each given once (ids); those of the last month come last."""
        rows = Disbursement.objects.filter(status="submitted").order_by("period__start", "pk")
        return iter(list(rows.values_list("pk", flat=True)))

    def some_waiting(self, count: int) -> list[Disbursement]:
        keys = [next(self.waiting) for _ in range(count)]
        there = Disbursement.objects.select_related("fiscal_year").in_bulk(keys)
        return [there[pk] for pk in keys]
