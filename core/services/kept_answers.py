"""Finished answers of this process, kept under a key that says all they depend on (ADR 44).

Nothing is ever taken back here: a key of which something has changed is simply not asked again,
and what nobody asks falls out when there is no more room.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sized
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T", bound=Sized)
ROOM = 16 * 2**20  # bytes, or signs of a text


class KeptAnswers(Generic[T]):
    """The answers asked last, together not longer than `room`."""

    def __init__(self, room: int = ROOM) -> None:
        self.room = room
        self._lock = Lock()
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: Hashable, answer: T) -> None:
        if len(answer) > self.room // 4:
            return
        with self._lock:
            self._size += len(answer) - len(self._found.pop(key, ()))
            self._found[key] = answer
            while self._size > self.room:
                self._size -= len(self._found.popitem(last=False)[1])

    def clear(self) -> None:
        with self._lock:
            self._found.clear()
            self._size = 0
