"""What a page asks more than once is read once: only inside `read_once()`, by pages that only read.

@read_once()
def page(request): ...

def approved_version(year): return once(("approved", year.pk), lambda: …)

Inside `lasting(stamp)` what is asked with `lasts` is kept by the process, and given again to later
requests under the same stamp: what it gives is nobody's to change.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from core.services.kept_answers import KeptAnswers

T = TypeVar("T")
ROWS = 20_000  # that are kept by a process, of all questions together
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)
_stamp: ContextVar[Hashable | None] = ContextVar("stamp", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it (or a function decorated with it) the same question gets the same answer."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


@contextmanager
def lasting(stamp: Hashable | None) -> Iterator[None]:
    """Within it answers that last are kept under a stamp that was read before all of them; None:
    none are."""
    token = _stamp.set(stamp)
    try:
        yield
    finally:
        _stamp.reset(token)


def one(_answer: Any) -> int:
    return 1


def once(
    question: Hashable, read: Callable[[], T], *, lasts: Callable[[T], int] | None = None
) -> T:
    """The answer to `question`, read by `read()`; outside `read_once()` it is read each time.
    `lasts`: it depends on nothing that its stamp does not name; how many rows it is."""
    kept = _kept.get()
    if kept is None:
        return read()
    if question not in kept:
        kept[question] = _lasting(question, read, lasts) if lasts else read()
    found: T = kept[question]
    return found


@dataclass(frozen=True)
class _Lasting:
    answer: Any
    rows: int

    def __len__(self) -> int:
        return self.rows


LASTING: KeptAnswers[_Lasting] = KeptAnswers(ROWS)


def _lasting(question: Hashable, read: Callable[[], T], rows: Callable[[T], int]) -> T:
    stamp = _stamp.get()
    if stamp is None:
        return read()
    found = LASTING.get((stamp, question))
    if found is None:
        answer = read()
        found = _Lasting(answer, rows(answer) + 1)
        LASTING.put((stamp, question), found)
    answer = found.answer
    return answer
