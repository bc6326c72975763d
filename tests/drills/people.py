"""Who writes during a drill, each over HTTP with a token of their own; what they were told."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from accounts.models import User
from accounts.roles import Role
from accounts.services import create_token
from tests import factories as make
from tests.drills.server import Server

HANDS = 8
# An idle connection is let go before the server does (2 s), who else may close it under a request.
LETS_GO = httpx.Limits(keepalive_expiry=1)
_serial = count(1)


@dataclass
class Deed:
    """One write, with its key: sent again it is still the same one."""

    path: str
    body: dict[str, Any] = field(default_factory=dict)
    who: int = 0
    is_clerks: bool = False
    key: str = field(default_factory=lambda: f"deed-{next(_serial)}")
    answers: list[httpx.Response | None] = field(default_factory=list)
    took: float = 0

    @property
    def answer(self) -> httpx.Response | None:
        """The last; None: the connection broke, so nobody knows."""
        return self.answers[-1] if self.answers else None

    @property
    def is_acknowledged(self) -> bool:
        return any(answer is not None and answer.is_success for answer in self.answers)

    @property
    def is_open(self) -> bool:
        """Neither done nor refused, as far as the sender was told."""
        answer = self.answer
        return answer is None or answer.status_code >= 500


class Crew:
    def __init__(self, server: Server, hands: int = HANDS, clerk: User | None = None) -> None:
        self.server, self.hands = server, hands
        self.clerk_user = clerk or make.somebody()
        self.manager_user = make.somebody(Role.MANAGER)
        self.clerks = [self._client(self.clerk_user) for _n in range(hands)]
        self.managers = [self._client(self.manager_user) for _n in range(hands)]

    def _client(self, person: User) -> httpx.Client:
        text = create_token(user=person)[1]
        headers = {"Authorization": f"Token {text}", "Accept-Language": "en"}
        return httpx.Client(  # without certificates, whose reading takes longer than the drill
            base_url=self.server.address,
            headers=headers,
            timeout=120,
            limits=LETS_GO,
            verify=False,  # noqa: S501
        )

    def send(self, deed: Deed) -> None:
        who = (self.clerks if deed.is_clerks else self.managers)[deed.who % self.hands]
        began = time.monotonic()
        try:
            headers = {"Idempotency-Key": deed.key}
            deed.answers.append(who.post(deed.path, json=deed.body, headers=headers))
        except httpx.TransportError:
            deed.answers.append(None)
        deed.took = time.monotonic() - began

    def send_again(self, deeds: Iterable[Deed]) -> None:
        """As a client does that was not told: the same request, until it knows."""
        for deed in deeds:
            for _try in range(60):
                if not deed.is_open:
                    break
                self.send(deed)
                if deed.is_open:
                    time.sleep(0.5)
            assert not deed.is_open, (deed, self.server.said())


def at_once(acts: Iterable[Callable[[], Any]]) -> list[threading.Thread]:
    """Threads that have begun; an error in one is raised by `all_done`."""
    threads = [Act(target=act) for act in acts]
    for thread in threads:
        thread.start()
    return [*threads]


def all_done(threads: Iterable[threading.Thread], patience: float = 300) -> None:
    for thread in threads:
        thread.join(patience)
        assert not thread.is_alive(), "a client waits still"
        if error := getattr(thread, "error", None):
            raise error


class Act(threading.Thread):
    error: BaseException | None = None

    def run(self) -> None:
        try:
            super().run()
        except BaseException as error:
            self.error = error
