"""The process that reads workbooks: `python -m imports.reader FD`, started by `imports.apart`.

It gets connections over the socket FD, and forks for each; it opens no database and holds no
thread. A fork reads one request, works within its limits, answers and ends.
"""

import errno
import gc
import os
import pickle
import resource
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils.translation import override, trans_real  # noqa: E402

import imports.kinds  # noqa: E402, F401 - registers how each kind is written
from core.services.progress import reporting_to  # noqa: E402
from imports.apart import BEGUN, DONE, FAILED, REFUSED, ROWS_IN_A_STEP, STEP  # noqa: E402
from imports.workbook import (  # noqa: E402
    Correction,
    Reading,
    Row,
    WorkbookError,
    mark_errors,
    read_workbook,
    rows_in,
)
from imports.workbook.layout import Layout, register  # noqa: E402


def _read(
    content: bytes, kind: str, filename: str, layout: Layout | None, said: list[Correction]
) -> Reading:
    """Read a workbook, also of a kind that was registered after this process began."""
    if layout is not None:
        register([layout])
    return read_workbook(content, kind, filename, said)


PIECE = 2000  # rows in one piece of an answer

TASKS: dict[str, Callable[..., object]] = {
    "read_workbook": _read,
    "mark_errors": mark_errors,
    "rows_in": rows_in,
}


def serve(control: socket.socket) -> None:
    """Fork for each connection that is handed over, until nobody holds the other end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets forks that have ended
    for language, _name in settings.LANGUAGES:  # loaded once, before the first fork
        trans_real.translation(language)
    gc.freeze()
    with tempfile.TemporaryDirectory() as tempfile.tempdir:  # what a killed fork leaves goes, too
        while handed := socket.recv_fds(control, 1, 1)[1]:
            with socket.socket(fileno=handed[0]) as connection:
                if os.fork() == 0:
                    control.close()
                    _answer(connection)


def _answer(connection: socket.socket) -> None:
    """Do what is asked, and end."""
    try:
        connection.sendall(BEGUN)
        with connection.makefile("rb") as stream:
            task, given, language, seconds, memory = pickle.load(stream)  # noqa: S301 - our own
        _limit(seconds, memory)
        gc.disable()  # it ends soon, and its memory is bounded
        with override(language), reporting_to(_Steps(connection)):
            outcome, result = _outcome(task, given)
            for part in _parts(outcome, result):
                connection.sendall(part)
        os._exit(0)
    finally:
        os._exit(1)


class _Steps:
    """Tells whoever asked each time that so many rows more are read."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.rows = connection, 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.rows += 1
        if self.rows % ROWS_IN_A_STEP == 0:
            self.connection.sendall(STEP)


def _parts(outcome: str, result: object) -> Iterator[bytes]:
    """The answer, its rows in pieces that are let go of one by one: together they would take twice
    the memory."""
    rows: list[Row] = []
    if isinstance(result, Reading):
        rows, result = result.rows, replace(result, rows=[])
    yield pickle.dumps((outcome, result, -(-len(rows) // PIECE)), pickle.HIGHEST_PROTOCOL)
    rows.reverse()
    while rows:
        yield pickle.dumps(rows[: -PIECE - 1 : -1], pickle.HIGHEST_PROTOCOL)
        del rows[-PIECE:]


def _outcome(task: str, given: tuple[object, ...]) -> tuple[str, object]:
    """(done, what came of it), (refused, what the refusal says) or (failed, where)."""
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            tempfile.tempdir = folder
            return DONE, TASKS[task](*given)
    except WorkbookError as error:
        return REFUSED, error.args
    except Exception as error:
        if isinstance(error, MemoryError) or getattr(error, "errno", 0) == errno.ENOMEM:
            return REFUSED, None
        return FAILED, traceback.format_exc()


def _limit(seconds: int, memory: int) -> None:
    """The kernel ends this process when its time is over, and gives it no more than its memory."""
    signal.alarm(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
