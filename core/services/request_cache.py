"""What a page asks more than once is read once: only inside `read_once()`, by pages that only read.

@read_once()
def page(request): ...

def approved_version(year): return once(("approved", year.pk), lambda: …)

Within `resumed(answers)` the answers are those that an earlier request of the same person left
there, while nothing has changed since (ADR 44); what holds for one request alone is not among them.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
Answers = dict[Hashable, Any]
_kept: ContextVar[Answers | None] = ContextVar("kept", default=None)
_lasting: ContextVar[Answers | None] = ContextVar("lasting", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it (or a function decorated with it) the same question gets the same answer."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


@contextmanager
def resumed(answers: Answers | None) -> Iterator[None]:
    """Inside `read_once()`: it goes on from `answers`, which has the new ones afterwards."""
    token = _lasting.set(answers)
    try:
        yield
    finally:
        _lasting.reset(token)


def once(question: Hashable, read: Callable[[], T], *, lasting: bool = True) -> T:
    """The answer to `question`, read by `read()`; outside `read_once()` it is read each time.
    Not `lasting`: for this request alone."""
    kept = _lasting.get() if lasting else None
    kept = _kept.get() if kept is None else kept
    if kept is None:
        return read()
    if question not in kept:
        kept[question] = read()
    return kept[question]


def by_key(model: Any, keys: Iterable[object]) -> dict[Any, Any]:
    """Records by primary key in the order of their lists; those that were read already are not
    asked for again."""
    wanted = frozenset(keys) - {None}
    known: list[dict[Any, Any]] = once(("records", model), list)
    for there in known:
        if wanted <= there.keys():
            return {pk: record for pk, record in there.items() if pk in wanted}
    found = {record.pk: record for record in model.objects.filter(pk__in=wanted)}
    known.append(found)
    return found


def all_of(model: Any) -> list[Any]:
    """All records of a model of which there are few, in the order of its lists."""

    def read() -> list[Any]:
        found = {record.pk: record for record in model.objects.all()}
        known: list[dict[Any, Any]] = once(("records", model), list)
        known.insert(0, found)
        return list(found.values())

    return once(("all", model), read)
