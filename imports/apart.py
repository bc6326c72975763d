"""Workbooks are read and marked in a process of their own, with a budget of time and memory.

Whoever asks (a page, a command) has one helper (`imports.reader`), started at the first workbook:
it has Django and the kinds loaded, and forks for each file, which takes a few milliseconds. Only
plain data come back. What uses up its budget is killed, and one sentence says so. See ADR 21.
"""

import atexit
import gc
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.services import progress, virus_scan
from imports.workbook import Correction, Issue, Reading, WorkbookError
from imports.workbook.guard import Source, load
from imports.workbook.layout import LAYOUTS

SECONDS = 60  # for one file
MEMORY = 768 * 2**20  # bytes of address space, of which the helper itself takes some 140 MB
MOST_IN_ANSWER = 256 * 2**20  # bytes: 250 or so for a row

BEGUN = b"+"  # the first byte of every answer
STEP = b"."  # and one for each so many rows that were read, before the answer itself
ROWS_IN_A_STEP = 500
DONE, REFUSED, FAILED = "done", "refused", "failed"


class Budget(NamedTuple):
    """What reading one file may take."""

    seconds: int
    memory: int


OF_A_TASK = Budget(600, 3 * 2**30)  # nobody waits for it, and one is read at a time


def read_workbook(
    source: Source,
    kind: str,
    filename: str = "",
    corrections: Iterable[Correction] = (),
    budget: Budget | None = None,
) -> Reading:
    """As `imports.workbook.read_workbook`, in a process of its own."""
    layout, said = LAYOUTS.get(kind), list(corrections)
    data = load(source)
    if refused := virus_scan.refusal(data, filename):
        raise WorkbookError("virus", refused)
    reading: Reading = _run_in_helper(
        "read_workbook", data, kind, filename, layout, said, budget=budget
    )
    return reading


def rows_in(source: Source) -> int:
    """As `imports.workbook.rows_in`, in a process of its own; 0 of what cannot be counted."""
    try:
        return int(_run_in_helper("rows_in", load(source)))
    except WorkbookError:
        return 0


def mark_errors(source: Source, issues: Iterable[Issue]) -> bytes:
    """As `imports.workbook.mark_errors`, in a process of its own."""
    marked: bytes = _run_in_helper("mark_errors", load(source), list(issues))
    return marked


def get_ready() -> None:
    """Start the helper now, so that who is about to send a workbook does not wait for it."""
    _helper.start()


def _run_in_helper(task: str, *given: object, budget: Budget | None = None) -> Any:
    """What the task comes to; `WorkbookError` where the file is refused or takes too much."""
    seconds, memory = budget or (SECONDS, MEMORY)
    request = pickle.dumps((task, given, get_language(), seconds, memory))
    answer = _send(request, seconds)
    if not answer:  # the helper was ended: the next one
        _helper.end()
        answer = _send(request, seconds)
    if not answer:
        raise RuntimeError("The process that reads workbooks does not start.")
    if len(answer) > MOST_IN_ANSWER:
        raise _too_heavy()
    try:
        outcome, result = _unpacked(answer)
    except (EOFError, pickle.UnpicklingError):
        raise _too_heavy() from None  # ended before it could answer
    if outcome == REFUSED:
        raise WorkbookError(*result) if result else _too_heavy()
    if outcome == FAILED:
        raise RuntimeError(f"A workbook could not be read.\n{result}")
    return result


def _unpacked(answer: bytes) -> tuple[str, Any]:
    """The answer as objects, its rows put together again."""
    stream = BytesIO(answer)
    stream.seek(len(BEGUN))
    with no_look_for_garbage():
        outcome, result, pieces = pickle.load(stream)  # noqa: S301 - from our own process
        for _piece in range(pieces):
            result.rows += pickle.load(stream)  # noqa: S301
    return outcome, result


@contextmanager
def no_look_for_garbage() -> Iterator[None]:
    """While very many objects are made, looking for garbage among them would take most of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _send(request: bytes, seconds: int) -> bytes:
    """The answer to a request, as far as it came; nothing where no process took it up. How many
    rows are read is told meanwhile."""
    ours, theirs = socket.socketpair()
    with ours, suppress(OSError):
        with theirs:
            _helper.hand_over(theirs)
        ours.settimeout(seconds + 10)
        ours.sendall(request)
        ours.shutdown(socket.SHUT_WR)
        with ours.makefile("rb") as stream:
            begun, read = stream.read(len(BEGUN)), 0
            while (first := stream.read(1)) == STEP:
                read += ROWS_IN_A_STEP
                progress.report(progress.READ, read)
            return begun + first + stream.read(MOST_IN_ANSWER)
    return b""


def _too_heavy() -> WorkbookError:
    text = _(
        "Reading this workbook takes too much time or memory. Copy its table alone to a new "
        "workbook, or split it into several."
    )
    return WorkbookError("too_heavy", text)


class _Helper:
    """The process that forks for each file: one for each process that asks, ended with it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.owner = 0
        self.control: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def hand_over(self, connection: socket.socket) -> None:
        """Give it one end of a connection on which a request comes."""
        with self.lock:
            self._start()
            assert self.control
            socket.send_fds(self.control, [b"+"], [connection.fileno()])

    def _is_there(self) -> bool:
        mine = self.owner == os.getpid()  # a fork of a process that has one starts its own
        return mine and self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it where it is not there."""
        with self.lock:
            self._start()

    def _start(self) -> None:
        if self._is_there():
            return
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", "imports.reader", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.owner = os.getpid()

    def end(self) -> None:
        """Let it end, as it does by itself when nobody holds the other end."""
        with self.lock:
            if self.owner != os.getpid() or not (self.control and self.process):
                return
            self.control.close()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
            self.process = None


_helper = _Helper()
atexit.register(_helper.end)
os.register_at_fork(after_in_child=_helper.__init__)  # type: ignore[misc]
