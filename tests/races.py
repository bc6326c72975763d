"""Sixteen people at once: threads that hold a database connection each and start together."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections

from core.services.errors import Conflict
from disbursements import guards

AT_ONCE = 16
ROUNDS = int(os.getenv("RACE_ROUNDS", "25" if os.getenv("CI") else "5"))  # `make drill`: 100
TOLD = (Conflict, PermissionDenied, ValidationError)  # the refusals that say what happened

Call = Callable[[int, Any], Any]


class Crowd:
    """Threads numbered from 0 that live through many rounds, as a server's do."""

    def __init__(self, size: int = AT_ONCE) -> None:
        self.size = size
        self.threads = ThreadPoolExecutor(size)

    def race(self, see: Callable[[], Any], act: Call, told: tuple[Any, ...] = TOLD) -> list[Any]:
        """What `act(n, what n saw)` gave for each n, or how it was refused.

        Everybody has seen the record before anybody acts. Any other error comes up here.
        """
        start = Barrier(self.size, timeout=60)

        def one(n: int) -> Any:
            seen = see()
            start.wait()
            try:
                return act(n, seen)
            except told as refusal:
                return refusal

        return list(self.threads.map(one, range(self.size)))

    def leave(self) -> None:
        """Close each thread's connections, then the threads."""
        everybody = Barrier(self.size, timeout=60)

        def close(_n: int) -> None:
            everybody.wait()
            connections.close_all()

        list(self.threads.map(close, range(self.size)))
        self.threads.shutdown()


def winners(results: list[Any]) -> list[Any]:
    return [result for result in results if not isinstance(result, Exception)]


def refusals(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]


def shows_fault(one_round: Callable[[], bool], rounds: int = ROUNDS) -> bool:
    """Whether a control goes wrong in any of the rounds; it is asked no further then."""
    return any(one_round() for _round in range(rounds))


@contextmanager
def without_guards() -> Iterator[None]:
    """The database without its triggers, as an application without them would have it."""
    guards.remove(connection)
    try:
        yield
    finally:
        guards.install(connection)
