"""How far long work is: said where the work is done, heard by whoever runs it.

Where nobody listens (a page, a command) nothing happens. Numbers are of rows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Hear = Callable[[str, int, int], None]  # stage, done, total (0: not known)
Row = TypeVar("Row")
READ, CHECKED, WRITTEN = "read", "checked", "written"
TAKEN_BACK, SUBMITTED, REVERSED = "taken_back", "submitted", "reversed"
PART = 500  # rows at a time

_hear: ContextVar[Hear | None] = ContextVar("hear", default=None)


@contextmanager
def reporting_to(hear: Hear) -> Iterator[None]:
    """Let somebody hear how far the work within is."""
    token = _hear.set(hear)
    try:
        yield
    finally:
        _hear.reset(token)


def report(stage: str, done: int, total: int = 0) -> None:
    """So many are behind us."""
    if hear := _hear.get():
        hear(stage, done, total)


def counted(stage: str, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, one after another, each told once it is behind us."""
    report(stage, 0, len(rows))
    for done, row in enumerate(rows, start=1):
        yield row
        report(stage, done, len(rows))


def in_parts(stage: str, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows, some hundred at a time, each part told once it is behind us."""
    report(stage, 0, len(rows))
    for start in range(0, len(rows), PART):
        yield rows[start : start + PART]
        report(stage, min(start + PART, len(rows)), len(rows))
