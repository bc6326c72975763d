"""What a page asks more than once is read once: only inside `read_once()`, by pages that only read.

@read_once()
def page(request): ...

def approved_version(year): return once(("approved", year.pk), lambda: …)

Within `resumed(answers)` the answers are those that an earlier request of the same person left
there, as far as what they were read from has not changed since (ADR 44); what holds for one request
alone is not among them.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class Answers:
    """What was found, by question, and from which of the watched tables it was read."""

    def __init__(self) -> None:
        self.found: dict[Hashable, Any] = {}
        self.tables: dict[Hashable, set[str]] = {}

    def but(self, changed: Collection[str]) -> "Answers":
        """Those that were read from none of these tables, apart from what others still find."""
        left = Answers()
        for question, found in list(self.found.items()):
            same = list(found) if isinstance(found, list) else found  # before its tables: `gather`
            if self.tables[question].isdisjoint(changed):
                left.tables[question] = set(self.tables[question])
                left.found[question] = same
        return left


_kept: ContextVar[Answers | None] = ContextVar("kept", default=None)
_lasting: ContextVar[Answers | None] = ContextVar("lasting", default=None)
_reading: ContextVar[set[str] | None] = ContextVar("reading", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it (or a function decorated with it) the same question gets the same answer."""
    token = _kept.set(Answers())
    try:
        yield
    finally:
        _kept.reset(token)


@contextmanager
def resumed(answers: Answers, watched: Collection[str]) -> Iterator[None]:
    """Inside `read_once()`: it goes on from `answers`, which has the new ones afterwards, each with
    those of the watched tables from which it was read."""

    def note(
        execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        if (tables := _reading.get()) is not None:
            tables.update(table for table in watched if table in sql)
        return execute(sql, params, many, context)

    token = _lasting.set(answers)
    try:
        with ExitStack() as stack:
            for each in connections.all():
                stack.enter_context(each.execute_wrapper(note))
            yield
    finally:
        _lasting.reset(token)


def once(question: Hashable, read: Callable[[], T], *, lasting: bool = True) -> T:
    """The answer to `question`, read by `read()`; outside `read_once()` it is read each time.
    Not `lasting`: for this request alone."""
    kept = (_lasting.get() if lasting else None) or _kept.get()
    if kept is None:
        return read()
    if question in kept.found:
        _note(kept.tables[question])
    else:
        found, tables = _noted(read)
        kept.tables[question] = tables
        kept.found[question] = found
    answer: T = kept.found[question]
    return answer


def gathered(question: Hashable) -> list[Any]:
    """All that was found so far by `gather`."""
    kept = _lasting.get() or _kept.get()
    if kept is None or question not in kept.found:
        return []
    _note(kept.tables[question])
    return list(kept.found[question])


def gather(question: Hashable, read: Callable[[], T]) -> T:
    """What `read()` finds, beside what was found before to the same question."""
    kept = _lasting.get() or _kept.get()
    if kept is None:
        return read()
    found, tables = _noted(read)
    kept.tables.setdefault(question, set()).update(tables)
    kept.found.setdefault(question, []).append(found)
    return found


def _noted(read: Callable[[], T]) -> tuple[T, set[str]]:
    """What is read, and from which tables; also whoever reads it within another question."""
    tables: set[str] = set()
    token = _reading.set(tables)
    try:
        return read(), tables
    finally:
        _reading.reset(token)
        _note(tables)


def _note(tables: set[str]) -> None:
    outer = _reading.get()
    if outer is not None:
        outer |= tables


def by_key(model: type[M], keys: Iterable[object]) -> dict[Any, M]:
    """Records by primary key in the order of their lists; those that were read already are not
    asked for again."""
    wanted = frozenset(keys) - {None}
    records = ("records", model)
    for there in gathered(records):
        if wanted <= there.keys():
            return {pk: record for pk, record in there.items() if pk in wanted}
    return gather(records, lambda: _by_key(model._default_manager.filter(pk__in=wanted)))


def all_of(model: type[M]) -> list[M]:
    """All records of a model of which there are few, in the order of its lists."""

    def read() -> list[M]:
        rows = model._default_manager.all()
        return list(gather(("records", model), lambda: _by_key(rows)).values())

    return once(("all", model), read)


def _by_key(rows: QuerySet[M]) -> dict[Any, M]:
    return {record.pk: record for record in rows}
