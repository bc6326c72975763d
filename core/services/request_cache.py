"""What a page asks more than once is read once: only inside `read_once()`, by pages that only read.

@read_once()
def page(request): ...

def approved_version(year): return once(("approved", year.pk), lambda: …)
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it (or a function decorated with it) the same question gets the same answer."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(question: Hashable, read: Callable[[], T]) -> T:
    """The answer to `question`, read by `read()`; outside `read_once()` it is read each time."""
    kept = _kept.get()
    if kept is None:
        return read()
    if question not in kept:
        kept[question] = read()
    return kept[question]
