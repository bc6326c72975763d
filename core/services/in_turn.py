"""Who begins to write on SQLite waits in a queue: first come, first served (ADR 49).

SQLite lets one write at a time, and has the others look again after ever longer pauses: who has
just written is there first, and who came first waits for half a minute. Here only the first of the
queue looks; it leaves the queue as soon as it has begun, so nothing is held while it writes. A
process has a queue of its threads; their first one takes a lock on a file beside the database, and
before it the lock of who is next, so that processes take turns. The system lets both go when the
process ends. Whoever waits too long goes ahead and looks, too.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock
from typing import IO

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

try:
    import fcntl
except ImportError:  # a system without such locks: the threads of a process alone queue
    fcntl = None  # type: ignore[assignment]

FIRST, NEXT = 0, 1  # who is next keeps the threads of the first one's process from coming before
SECONDS = 20.0  # in the queue; SQLite's own patience (settings) comes after it
LOOKS_AGAIN = 0.002  # seconds
BEGINS = "BEGIN IMMEDIATE"


class Queue:
    """The threads of this process that want to write to a database."""

    def __init__(self, name: str) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._is_taken = False
        self._file = _opened(name)

    @contextmanager
    def turn(self) -> Iterator[None]:
        has_turn = self._enter()
        try:
            if has_turn:
                self._come_first(time.monotonic() + SECONDS)
            yield
        finally:
            if has_turn:
                self._let_go(FIRST)
                self._leave()

    def _enter(self) -> bool:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = Event()
            self._waiting.append(mine)
        if mine.wait(SECONDS):
            return True
        with self._lock:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False

    def _come_first(self, until: float) -> None:
        if self._take(NEXT, until):
            try:
                self._take(FIRST, until)
            finally:
                self._let_go(NEXT)

    def _take(self, place: int, until: float) -> bool:
        """Whether this process has that place, among all that write to the database."""
        while self._file is not None and time.monotonic() < until:
            with suppress(BlockingIOError, PermissionError):
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                return True
            time.sleep(LOOKS_AGAIN)
        return False

    def _let_go(self, place: int) -> None:
        if self._file is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)


def _opened(name: str) -> IO[str] | None:
    if fcntl is None or "memory" in name:
        return None
    try:
        return Path(f"{name}-queue").open("w")
    except OSError:  # a folder that nobody may write to
        return None


_queues: dict[str, Queue] = {}


def install() -> None:
    """Called once, when the apps are ready."""
    connection_created.connect(_queue, dispatch_uid="in turn")
    if hasattr(os, "register_at_fork"):  # its threads are none of the child's
        os.register_at_fork(after_in_child=_queues.clear)


def _queue(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    if connection.vendor == "sqlite" and _begin_in_turn not in connection.execute_wrappers:
        connection.execute_wrappers.append(_begin_in_turn)


def _begin_in_turn(
    execute: Callable[..., object],
    sql: str,
    params: object,
    many: bool,
    context: dict[str, BaseDatabaseWrapper],
) -> object:
    if sql != BEGINS:
        return execute(sql, params, many, context)
    name = str(context["connection"].settings_dict["NAME"])
    queue = _queues.get(name) or _queues.setdefault(name, Queue(name))
    with queue.turn():
        return execute(sql, params, many, context)
