"""How long calls take: processor time, the calls interleaved, medians.

What counts is the processor's time of this process, of those it has ended (the reader of
workbooks) and of its PostgreSQL backend where the system tells (Linux): other work on the machine
is not in it.
"""

import gc
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

ROUNDS, SECONDS = 7, 60.0  # of one case: fewer rounds where they take longer, but three
ENDS = ("BEGIN", "COMMIT", "ROLLBACK")
RIGHT = (200, 201, 302, 304)
Call = Callable[[int], Any]  # given the number of the round


def processor() -> float:
    """Seconds of the processor that were used so far."""
    used, backend = os.times(), 0
    if connection.vendor == "postgresql":
        pid = connection.connection.info.backend_pid
        with suppress(OSError):  # another system, or a server elsewhere
            backend = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    ended = used.children_user + used.children_system
    return time.process_time() + ended + backend / 1e9


def timed(call: Callable[[], Any]) -> float:
    """Milliseconds of the processor that a call takes; its answer is read to the end."""
    connection.ensure_connection()
    gc.collect()
    begun = processor()
    read(call())
    return 1000 * (processor() - begun)


def read(answer: Any) -> Any:
    """An answer, read to its end. Raises `AssertionError` for a refusal."""
    if hasattr(answer, "status_code"):
        said = getattr(answer, "content", b"") if not getattr(answer, "streaming", 0) else b""
        assert answer.status_code in RIGHT, f"{answer.status_code}: {said[:300]!r}"
        if getattr(answer, "streaming", False):
            for _part in answer.streaming_content:
                pass
    return answer


def interleaved(
    calls: Mapping[str, Call], rounds: int = ROUNDS, seconds: float = SECONDS
) -> dict[str, float]:
    """The median of each call in milliseconds; round 0 warms up and does not count."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    begun = time.monotonic()
    for number in range(rounds + 1):
        for name, call in calls.items():
            took = timed(lambda call=call, number=number: call(number))  # type: ignore[misc]
            if number:
                times[name].append(took)
        if number >= 3 and time.monotonic() - begun > seconds:
            break
    return {name: round(median(found), 3) for name, found in times.items()}


def queries(call: Callable[[], Any]) -> int:
    """How many statements a call sends to the database; the ends of a transaction are none."""
    with CaptureQueriesContext(connection) as seen:
        read(call())
    return len([each for each in seen.captured_queries if each["sql"].split()[0] not in ENDS])


def grown(call: Callable[[], Any]) -> float:
    """By how many megabytes this process grows at most while it does something (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _memory("VmRSS")
    call()
    return round((_memory("VmHWM") - before) / 1024, 1)


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
